"""The settings in which the compared runs differ, as a table.

Left out: finding them (`engine.analysis.comparison`).
"""

from collections.abc import Sequence

import streamlit as st
from markupsafe import Markup

from app.bridge import live
from app.charts.line_styles import line_styles
from app.compare import figures
from app.compare.compared_runs import compared_run
from app.markup import tables
from app.markup.texts import section
from app.translations import _
from engine.analysis import comparison
from storage.records import Run


def differing_settings(compared: Sequence[Run]) -> None:
    """The settings in which they differ; what is equal is left out."""
    rows = comparison.differing_settings([compared_run(run) for run in compared])
    st.html(section(_("Settings that differ"), _("all others are the same")))
    if not rows:
        st.html(Markup('<p class="al-soft">{}</p>').format(_("None: they had the same settings, up to the seed.")))
        return
    styles = line_styles(compared)
    heads = ["", *(Markup("{}{}").format(figures.stroke(styles[run.id]), run.name) for run in compared)]
    shared = [[path, *map(str, values)] for path, values in rows if None not in values]
    own = [_own_settings(rows, column) for column in range(len(compared))]
    last = [[_("of its method alone"), *own]] if any(own) else []
    live.static(tables.table(heads, [*shared, *last], ["al-path"], name="al-differing"), key="differing")


def _own_settings(rows: Sequence[tuple[str, list[str | None]]], column: int) -> Markup:
    """The settings that a run has and others lack, with its values."""
    pairs = [(path, values[column]) for path, values in rows if None in values and values[column] is not None]
    return Markup("<br>").join(Markup('<span class="al-path">{}</span> {}').format(*pair) for pair in pairs)
