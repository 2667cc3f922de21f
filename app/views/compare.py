"""Compare: up to 50 runs on the same live charts, in groups; their figures, settings, relations and answers.

The address names them, ?runs=ID,ID or ?study=ID, and holds the whole view. Left out: choosing them in a table
(`views.runs`), and the sections (`app.compare`).
"""

from collections.abc import Callable, Mapping

import streamlit as st

from app.bridge import address
from app.compare import chosen_runs, compared_tabs, group_words, view_controls
from app.compare.compared_groups import Comparison
from app.markup import notices
from app.markup.texts import heading
from app.translations import N_, _

Draw = Callable[[Comparison, list[str]], object]
TABS: Mapping[str, tuple[str, Draw]] = {
    "verdict": (N_("Verdict"), compared_tabs.verdict),
    "curves": (N_("Curves"), compared_tabs.curves),
    "figures": (N_("Figures"), compared_tabs.figures),
    "settings": (N_("Settings and data"), compared_tabs.settings),
    "relations": (N_("Relations"), compared_tabs.relations),
    "samples": (N_("Samples"), compared_tabs.samples),
}


def show() -> None:
    """The page of the runs in its address."""
    linked, missing = chosen_runs.linked_places()
    title = st.empty()
    if missing:
        st.html(notices.sentences(missing, "warning"))
    with st.container(key="compare_bar"):
        places = chosen_runs.pick(linked)
    title.html(heading(_("Compare")))
    if not any(not place.startswith("-") for place in places):
        chosen_runs.keep_view()
        chosen_runs.nothing()
        return
    with st.container(key="compare_view", horizontal=True, vertical_alignment="center"):
        names = {name: _(words) for name, (words, _draw) in TABS.items()}
        tab = address.choice(_("View"), names, name="tab", default="curves")
        comparison = view_controls.chosen_comparison(places)
    title.html(heading(_("Compare"), group_words.counted_runs(comparison.runs)))
    compared_tabs.summary(comparison, places)
    TABS[str(tab)][1](comparison, places)
    chosen_runs.keep_view()


show()
