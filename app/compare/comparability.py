"""Several runs beside each other: what they were told differently, what makes them unlike, which figures matter first,
and how each run is drawn.

No Streamlit here: a report may use it too. Left out: the figures themselves (`storage.metrics`) and showing any of it.
"""

import json
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any

from engine.spec import flat
from storage.records import ENDED, Run
from words import N_, Text

SHORT = 6  # letters of a hash that people know it by
NAMED = 4
# Not the run's doing: its name, and what stands for itself in the table of figures.
IGNORED = ("name", "version", "kind", "seed")
WARNINGS = (
    (
        "data",
        N_(
            "They were trained on different data ({groups}): what the data does and what the method does cannot be "
            "told apart."
        ),
    ),
    (
        "evaluation",
        N_("They were measured on different held-out prompts ({groups}): their figures do not lie on one scale."),
    ),
    (
        "reward",
        N_("Their held-out answers were scored by different rewards ({groups}): held-out rewards cannot be compared."),
    ),
    (
        "reference",
        N_("They started from different models ({groups}): KL is measured from each one's own start."),
    ),
    ("budget", N_("They had different budgets ({groups}): the one with more may win for that alone.")),
)


def differing(runs: Sequence[Run]) -> list[tuple[str, list[str | None]]]:
    """The settings that are not the same in all runs, with each run's value; None where it has no such setting."""
    told = [{path: value for path, value in flat(with_resolved(run)) if value != "null"} for run in runs]
    paths = dict.fromkeys(path for one in told for path in one if path not in IGNORED)
    rows = [(path, [one.get(path) for one in told]) for path in paths]
    return [(path, values) for path, values in rows if len(set(values)) > 1]


def with_resolved(run: Run) -> dict[str, Any]:
    """The run's settings, with what `auto` came to where that makes a difference to what it learns."""
    came_to = run.resolved or {}
    spec = dict(run.spec)
    if "learning_rate" in came_to:
        spec["optimizer"] = {**spec.get("optimizer", {}), "learning_rate": came_to["learning_rate"]}
    if "budget" in came_to:
        spec["budget"] = came_to["budget"]
    return spec


def comparability_warnings(runs: Sequence[Run]) -> list[Text]:
    """What keeps the figures of these runs from being compared as they stand, one sentence each."""
    known = [run for run in runs if "data" in run.spec]
    found: list[Text] = []
    for name, sentence in WARNINGS:
        groups = _grouped(known, FACTS[name])
        if len(groups) > 1:
            found.append((sentence, {"groups": "; ".join(f"{value}: {names}" for value, names in groups.items())}))
    foreign = [run for run in runs if run not in known]
    if foreign and len(runs) > 1:
        sentence = N_(
            "{names} came without a run file: whether it had the same data, evaluation and budget is not known."
        )
        found.append((sentence, {"names": _names(foreign)}))
    short = [run for run in runs if run.state in ENDED and run.state != "succeeded"]
    if short:
        found.append((N_("Ended before its budget was spent: {names}."), {"names": _names(short)}))
    going = [run for run in runs if run.state not in ENDED]
    if going:
        found.append((N_("Not done yet: {names}. These figures will still change."), {"names": _names(going)}))
    return found


def _grouped(runs: Iterable[Run], fact: Callable[[Run], Hashable]) -> dict[Hashable, str]:
    groups: dict[Hashable, list[Run]] = {}
    for run in runs:
        groups.setdefault(fact(run), []).append(run)
    return {value: _names(members) for value, members in groups.items()}


def _names(runs: Sequence[Run]) -> str:
    """The first few by name."""
    rest = f" … ({len(runs)})" if len(runs) > NAMED else ""
    return ", ".join(run.name for run in runs[:NAMED]) + rest


def _data(run: Run) -> str:
    data = run.spec["data"]
    return _version(data) + (f" ({data['filter']})" if data.get("filter") else "")


def _evaluation(run: Run) -> str:
    asked = run.spec.get("evaluation", {})
    own = asked if asked.get("dataset") else run.spec["data"]
    return f"{_version(own)} x {asked.get('prompts')}"


def _version(block: Mapping[str, Any]) -> str:
    return f"{block.get('dataset')}@{str(block.get('version'))[:SHORT]}"


def _reward(run: Run) -> str:
    parts = run.spec.get("evaluation", {}).get("reward") or run.spec.get("reward") or [{"kind": "polite"}]
    return " + ".join(_component(part) for part in parts)


def _component(part: Mapping[str, Any]) -> str:
    rest = {key: value for key, value in part.items() if key != "kind" and value is not None}
    told = ", ".join(f"{key} {json.dumps(value, ensure_ascii=False)}" for key, value in sorted(rest.items()))
    return f"{part['kind']} ({told})" if rest and rest != {"weight": 1.0} else str(part["kind"])


def _reference(run: Run) -> str:
    """The weights at its start where the run knows them, else the model it names."""
    model = run.spec.get("model", {})
    name = str(model.get("from") or model.get("name"))
    weights = (run.resolved or {}).get("reference_hash")
    return f"{name} ({weights[:SHORT]})" if weights else name


def _budget(run: Run) -> str:
    budget = with_resolved(run).get("budget")
    if not isinstance(budget, Mapping):
        return str(budget)
    return ", ".join(f"{value:,} {unit}" for unit, value in budget.items() if value is not None)


FACTS: dict[str, Callable[[Run], Hashable]] = {
    "data": _data,
    "evaluation": _evaluation,
    "reward": _reward,
    "reference": _reference,
    "budget": _budget,
}
