"""Runs beside each other: what keeps their figures from being compared, and which settings differ.

Functions on plain values; callers convert what they store (`app.compare.compared_runs`). Left out: runs in groups
(`grouping`), and the verdict on which is better (`verdict`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from words import N_, Text

MOST_NAMES = 4


@dataclass(frozen=True)
class Conditions:
    """What has to be the same for figures to lie on one scale, each in the words in which a person knows it."""

    data: str
    evaluation: str
    reward: str
    reference: str
    budget: str


@dataclass(frozen=True)
class ComparedRun:
    """What a comparison needs to know of a run.

    `settings` maps the path of each setting to its value, the seed apart. `conditions` is None where they are not
    known, as for a run of another trainer.
    """

    name: str
    progress: Literal["active", "completed", "cut short"]
    settings: Mapping[str, str]
    conditions: Conditions | None
    seed: str = ""


_CONDITIONS: tuple[tuple[Callable[[Conditions], str], str], ...] = (
    (
        lambda conditions: conditions.data,
        N_(
            "They were trained on different data ({groups}): what the data does and what the method does cannot be "
            "told apart."
        ),
    ),
    (
        lambda conditions: conditions.evaluation,
        N_("They were measured on different held-out prompts ({groups}): their figures do not lie on one scale."),
    ),
    (
        lambda conditions: conditions.reward,
        N_("Their held-out answers were scored by different rewards ({groups}): held-out rewards cannot be compared."),
    ),
    (
        lambda conditions: conditions.reference,
        N_("They started from different models ({groups}): KL is measured from each one's own start."),
    ),
    (
        lambda conditions: conditions.budget,
        N_("They had different budgets ({groups}): the one with more may win for that alone."),
    ),
)


_SCALE: tuple[Callable[[Conditions], str], ...] = (
    lambda conditions: conditions.evaluation,
    lambda conditions: conditions.reward,
    lambda conditions: conditions.reference,
)
"""Where one of these differs, figures do not lie on one scale."""


def comparability_warnings(runs: Sequence[ComparedRun]) -> list[Text]:
    """What keeps the figures of these runs from being compared as they stand, one sentence each."""
    warnings: list[Text] = []
    for condition, sentence in _CONDITIONS:
        groups = _names_by_value(runs, condition)
        if len(groups) > 1:
            warnings.append((sentence, {"groups": "; ".join(f"{value}: {names}" for value, names in groups.items())}))
    foreign = [run for run in runs if run.conditions is None]
    if foreign and len(runs) > 1:
        sentence = N_(
            "{names} came without a run file: whether it had the same data, evaluation and budget is not known."
        )
        warnings.append((sentence, {"names": _names(foreign)}))
    cut_short = [run for run in runs if run.progress == "cut short"]
    if cut_short:
        warnings.append((N_("Ended before its budget was spent: {names}."), {"names": _names(cut_short)}))
    active = [run for run in runs if run.progress == "active"]
    if active:
        warnings.append((N_("Not done yet: {names}. These figures will still change."), {"names": _names(active)}))
    return warnings


def _names_by_value(runs: Sequence[ComparedRun], condition: Callable[[Conditions], str]) -> dict[str, str]:
    """Who has which value of a condition, in the order of the runs; runs without conditions are left out."""
    groups: dict[str, list[ComparedRun]] = {}
    for run in runs:
        if run.conditions is not None:
            groups.setdefault(condition(run.conditions), []).append(run)
    return {value: _names(members) for value, members in groups.items()}


def _names(runs: Sequence[ComparedRun]) -> str:
    """The first few by name."""
    rest = f" … ({len(runs)})" if len(runs) > MOST_NAMES else ""
    return ", ".join(run.name for run in runs[:MOST_NAMES]) + rest


def differing_settings(runs: Sequence[ComparedRun]) -> list[tuple[str, list[str | None]]]:
    """The settings that are not the same in all runs, with each run's value; None where it has no such setting."""
    paths = dict.fromkeys(path for run in runs for path in run.settings)
    rows = [(path, [run.settings.get(path) for run in runs]) for path in paths]
    return [(path, values) for path, values in rows if len(set(values)) > 1]


def on_one_scale(runs: Sequence[ComparedRun]) -> bool:
    """Whether figures of held-out answers mean the same in all of these runs, as far as is known."""
    known = [run.conditions for run in runs if run.conditions is not None]
    return len(known) == len(runs) and all(len(set(map(condition, known))) == 1 for condition in _SCALE)


_REFUSALS: tuple[tuple[Callable[[Conditions], str], str], ...] = (
    (
        lambda conditions: conditions.evaluation,
        N_("No verdict: these runs were measured on different held-out prompts."),
    ),
    (lambda conditions: conditions.reward, N_("No verdict: their held-out answers were scored by different rewards.")),
    (lambda conditions: conditions.reference, N_("No verdict: these runs started from different models.")),
    (lambda conditions: conditions.data, N_("No verdict: these runs were trained on different data.")),
    (lambda conditions: conditions.budget, N_("No verdict: these runs had different budgets.")),
)


def refusal(runs: Sequence[ComparedRun]) -> Text | None:
    """Why nothing is said of which of these runs is better, in one sentence; None where it can be asked."""
    known = [run.conditions for run in runs if run.conditions is not None]
    for condition, sentence in _REFUSALS:
        if len(set(map(condition, known))) > 1:
            return sentence, {}
    if len(known) < len(runs):
        return N_("No verdict: it is not known whether all of these runs can be compared."), {}
    if any(run.progress == "active" for run in runs):
        return N_("No verdict yet: not all of these runs are done."), {}
    if any(run.progress == "cut short" for run in runs):
        return N_("No verdict: not all of these runs spent their budget."), {}
    return None
