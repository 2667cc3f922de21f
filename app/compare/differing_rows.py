"""The settings, data and references in which the groups of a comparison differ, as rows. No Streamlit.

Left out: the table on the page (`differing_settings`).
"""

from collections.abc import Sequence

from markupsafe import Markup, escape

from app.compare.compared_groups import Comparison
from app.markup import setting_names
from app.translations import N_, _
from engine.analysis import comparison as analysis

CONDITIONS = {
    "conditions.data": N_("data, with its version"),
    "conditions.evaluation": N_("held-out prompts"),
    "conditions.reward": N_("reward of the evaluation"),
    "conditions.reference": N_("reference, with its hash"),
}
"""What their rows are called. No setting has such a path; `reward` is one, and says what the run learned from."""


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
    for path in CONDITIONS:
        name = path.rpartition(".")[2]
        values = [None if run.conditions is None else str(getattr(run.conditions, name)) for run in comparison.compared]
        if len(set(values)) > 1:
            rows.append((path, values))
    return rows


def _joined(values: Sequence[str | None]) -> str | None:
    """The values of a group's runs, each once; None where no run has the setting."""
    unique = dict.fromkeys("–" if value is None else value for value in values)
    return None if set(unique) == {"–"} else " | ".join(unique)


def row_names(paths: Sequence[str]) -> dict[str, Markup]:
    """What the rows are called, by path: settings as the form calls them, with the path where two have one title."""
    titles = [setting_names.called(path) for path in paths]
    return {path: _row_name(path, shared=titles.count(title) > 1) for path, title in zip(paths, titles, strict=True)}


def _row_name(path: str, shared: bool) -> Markup:
    if path in CONDITIONS:
        return escape(_(CONDITIONS[path]))
    name = setting_names.shown(path)
    return name + f" · {path}" if shared else name
