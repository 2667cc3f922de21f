"""The settings, data and references in which the groups of a comparison differ, as rows. No Streamlit.

Left out: the table on the page (`differing_settings`).
"""

from collections.abc import Sequence

from app.compare.compared_groups import Comparison
from app.translations import N_, _
from engine.analysis import comparison as analysis

CONDITIONS = {
    "data": N_("data, with its version"),
    "evaluation": N_("held-out prompts"),
    "reward": N_("reward of the evaluation"),
    "reference": N_("reference, with its hash"),
}


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


def named(path: str) -> str:
    """What a row is called."""
    return _(CONDITIONS[path]) if path in CONDITIONS else path
