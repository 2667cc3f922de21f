"""The settings, data and references in which the compared groups differ, as a table.

Left out: finding them (`engine.analysis.comparison`).
"""

from collections.abc import Sequence

import streamlit as st
from markupsafe import Markup

from app.bridge import live
from app.charts import drawings
from app.compare.compared_groups import Comparison
from app.compare.group_words import counted
from app.markup import tables
from app.markup.texts import section
from app.translations import N_, _
from engine.analysis import comparison as analysis

CONDITIONS = {
    "data": N_("data, with its version"),
    "evaluation": N_("held-out prompts"),
    "reward": N_("reward of the evaluation"),
    "reference": N_("reference, with its hash"),
}


def differing_settings(comparison: Comparison) -> None:
    """What is not the same in all groups, with the value of each; what is equal is left out."""
    st.html(section(_("Settings that differ"), _("all others are the same")))
    rows = differing_rows(comparison)
    if not rows:
        st.html(Markup('<p class="al-soft">{}</p>').format(_("None: they had the same settings, up to the seed.")))
        return
    groups = comparison.groups
    heads = ["", *(Markup("{}{}").format(drawings.stroke(group.style), counted(group)) for group in groups)]
    shared = [[_named(path), *map(str, values)] for path, values in rows if None not in values]
    own = [_own_settings(rows, column) for column in range(len(groups))]
    last = [[_("of its method alone"), *own]] if any(own) else []
    live.static(tables.table(heads, [*shared, *last], ["al-path"], name="al-differing"), key="differing")


def differing_rows(comparison: Comparison) -> list[tuple[str, list[str | None]]]:
    """The settings that differ between any two runs, with the values of each group; several are joined."""
    rows = analysis.differing_settings(comparison.compared)
    position = {run.id: index for index, run in enumerate(comparison.runs)}
    return [
        (path, [_joined([values[position[run.id]] for run in group.runs]) for group in comparison.groups])
        for path, values in [*_conditions(comparison), *rows]
    ]


def _conditions(comparison: Comparison) -> list[tuple[str, list[str | None]]]:
    """Versions of data, held-out prompts, rewards and references, where they differ: figures depend on them most."""
    rows = []
    for name in CONDITIONS:
        values = [None if run.conditions is None else str(getattr(run.conditions, name)) for run in comparison.compared]
        if len(set(values)) > 1:
            rows.append((name, values))
    return rows


def _joined(values: Sequence[str | None]) -> str | None:
    """The values of a group's runs, each once; None where no run has the setting."""
    unique = dict.fromkeys("–" if value is None else value for value in values)
    return None if set(unique) == {"–"} else " | ".join(unique)


def _named(path: str) -> str:
    return _(CONDITIONS[path]) if path in CONDITIONS else path


def _own_settings(rows: Sequence[tuple[str, list[str | None]]], column: int) -> Markup:
    """The settings that a run has and others lack, with its values."""
    pairs = [(path, values[column]) for path, values in rows if None in values and values[column] is not None]
    return Markup("<br>").join(
        Markup('<span class="al-path">{}</span> {}').format(_named(pair[0]), pair[1]) for pair in pairs
    )
