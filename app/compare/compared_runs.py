"""Runs of the database as `engine.analysis.comparison` takes them: settings and conditions in words, final values.

No Streamlit: a report uses it too. Left out: the comparison itself, and showing any of it.
"""

import json
from collections.abc import Mapping
from typing import Any

from app.translations import _
from engine.analysis.comparison import ComparedRun, Conditions
from engine.spec import ResolvedTrain, flat, key_metrics, readable
from storage.records import ENDED, Run, Series

HASH_LETTERS = 6  # of a hash; people know it by these
# A name is no setting; the seed has a column of its own in the table of figures.
IGNORED = ("name", "version", "kind", "seed")
SeriesByRun = Mapping[str, Mapping[str, Series]]
"""run id -> metric key -> series"""


def compared_run(run: Run) -> ComparedRun:
    """What a comparison needs to know of a stored run."""
    pairs = flat(_with_resolved(run))
    return ComparedRun(
        name=run.name,
        progress="active" if run.state not in ENDED else "completed" if run.state == "succeeded" else "cut short",
        settings={path: value for path, value in pairs if value != "null" and path not in IGNORED},
        conditions=_conditions(run) if "data" in run.spec else None,
        seed=seed(run),
    )


def seed(run: Run) -> str:
    """The run's seed; a dash where this version cannot read its settings."""
    spec = readable(run.spec)
    return "–" if spec is None else str(spec.seed)


def _with_resolved(run: Run) -> dict[str, Any]:
    """The run's settings, with what `auto` came to where that makes a difference to what it learns."""
    resolved = ResolvedTrain.read(run.resolved)
    if resolved is None:
        return run.spec
    optimizer = {**run.spec.get("optimizer", {}), "learning_rate": resolved.learning_rate}
    return {**run.spec, "optimizer": optimizer, "budget": resolved.state()["budget"]}


def figure_keys(series: SeriesByRun) -> list[str]:
    """The held-out metrics that at least one of the runs has, in the order of what a person asks for first."""
    return [key for key in key_metrics.RANKED_HELD_OUT if any(key in of_run for of_run in series.values())]


def _conditions(run: Run) -> Conditions:
    return Conditions(_data(run), _evaluation(run), _reward(run), _reference(run), _budget(run))


def _data(run: Run) -> str:
    return _filtered(run.spec["data"])


def _evaluation(run: Run) -> str:
    """The held-out prompts on the way, and behind a stroke the prompts and answers of the end evaluation."""
    evaluation = run.spec.get("evaluation", {})
    prompts = _version(evaluation) if evaluation.get("dataset") else _filtered(run.spec["data"])
    at_end = evaluation.get("final_prompts")
    end = f" / {at_end} x {evaluation.get('answers')}" if at_end else ""
    return f"{prompts} x {evaluation.get('prompts')}{end}"


def _filtered(data: Mapping[str, Any]) -> str:
    return _version(data) + (f" ({data['filter']})" if data.get("filter") else "")


def _version(block: Mapping[str, Any]) -> str:
    return f"{block.get('dataset')}@{str(block.get('version'))[:HASH_LETTERS]}"


def _reward(run: Run) -> str:
    components = run.spec.get("evaluation", {}).get("reward") or run.spec.get("reward") or [{"kind": "polite"}]
    return " + ".join(_component(component) for component in components)


def _component(component: Mapping[str, Any]) -> str:
    """Its kind, and its settings where they say more than that it has the usual weight."""
    settings = {key: value for key, value in component.items() if key != "kind" and value is not None}
    values = ", ".join(f"{key} {json.dumps(value, ensure_ascii=False)}" for key, value in sorted(settings.items()))
    return f"{component['kind']} ({values})" if settings and settings != {"weight": 1.0} else str(component["kind"])


def _reference(run: Run) -> str:
    """The weights at its start where the run knows them, else the model it names."""
    model = run.spec.get("model", {})
    name = str(model.get("from") or model.get("name"))
    resolved = ResolvedTrain.read(run.resolved)
    weights = None if resolved is None else resolved.reference_hash
    return f"{name} ({weights[:HASH_LETTERS]})" if weights else name


def _budget(run: Run) -> str:
    budget = _with_resolved(run).get("budget")
    if not isinstance(budget, Mapping):
        return str(budget)
    return ", ".join(f"{value:,} {_(unit)}" for unit, value in budget.items() if value is not None)
