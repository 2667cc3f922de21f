"""Compare: several runs on the same live charts, their final figures, and the settings in which they differ.

The address names them: ?runs=ID,ID or ?study=ID. Left out: choosing them in a table (`views.runs`), and the sections
(`app.compare`).
"""

import streamlit as st

from app.bridge import live
from app.charts import axis_choice
from app.compare import chosen_runs, compared_curves, figures, side_by_side
from app.compare.differing_settings import differing_settings
from app.markup import notices
from app.markup.texts import heading, section
from app.translations import _


def show() -> None:
    """The page of the runs in its address."""
    linked, missing = chosen_runs.linked_runs()
    st.html(heading(_("Compare"), figures.counted(linked) if linked else ""))
    if missing:
        st.html(notices.sentences(missing, "warning"))
    with st.container(key="compare_bar", horizontal=True, vertical_alignment="center"):
        selected = chosen_runs.pick(linked)
        present = compared_curves.present(selected)
        axis = axis_choice.choose(selected, present)
    if not selected:
        chosen_runs.nothing()
        return
    ids = ",".join(run.id for run in selected)
    live.show(figures.summary, key="summary_fragment", runs=ids)
    compared_curves.curves(selected, present, axis)
    st.html(section(_("Final figures"), _("from the start to the end; held-out where it says so")))
    live.show(figures.figures, key="figures_fragment", runs=ids)
    if len(selected) > 1:
        differing_settings(selected)
        side_by_side.same_prompts(selected)


show()
