"""The settings, data and references in which the compared groups differ, as a table.

Left out: finding them (`engine.analysis.comparison`).
"""

from collections.abc import Mapping, Sequence

import streamlit as st
from markupsafe import Markup

from app.bridge import live
from app.charts import drawings
from app.compare.compared_groups import Comparison, RunGroup
from app.compare.differing_rows import differing_rows, row_names
from app.compare.group_words import counted
from app.markup import tables
from app.markup.texts import section
from app.translations import _


def differing_settings(comparison: Comparison) -> None:
    """What is not the same in all groups, with the value of each; what is equal is left out."""
    st.html(section(_("Settings that differ"), _("all others are the same")))
    rows = differing_rows(comparison)
    if not rows:
        st.html(Markup('<p class="al-soft">{}</p>').format(_("None: they had the same settings, up to the seed.")))
        return
    groups = comparison.groups
    names = row_names([path for path, _values in rows])
    heads = ["", *map(_head, groups)]
    shared = [[names[path], *map(str, values)] for path, values in rows if None not in values]
    own = [_own_settings(rows, names, column) for column in range(len(groups))]
    last = [[_("of its method alone"), *own]] if any(own) else []
    live.static(tables.table(heads, [*shared, *last], ["al-soft"], name="al-differing"), key="differing")


def _head(group: RunGroup) -> Markup:
    """The group's line and name, which leads to its first run."""
    return Markup('{}<a class="al-name" data-go="run" href="run?id={}">{}</a>').format(
        drawings.stroke(group.style), group.runs[0].id, counted(group)
    )


def _own_settings(rows: Sequence[tuple[str, list[str | None]]], names: Mapping[str, Markup], column: int) -> Markup:
    """The settings that a run has and others lack, with its values."""
    pairs = [(path, values[column]) for path, values in rows if None in values and values[column] is not None]
    return Markup("<br>").join(
        Markup('<span class="al-soft">{}</span> {}').format(names[path], value) for path, value in pairs
    )
