"""What curves can be drawn along: which of it some runs have, and what is suggested for them.

No Streamlit: the report of a comparison is written by the command line too. Left out: the choice on a page
(`axis_choice`), and drawing along it (`js`, `drawings`).
"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from app.translations import N_
from engine.spec import key_metrics, metric_keys, readable
from engine.spec.blocks import Budget
from storage.records import ACTIVE, Run

NAME = "x"  # in an address


class AxisKind(NamedTuple):
    """A metric of the run itself, or its steps where `key` is empty; `at` has {value}, for what a crosshair says."""

    key: str
    word: str
    title: str
    at: str
    scattered: bool = False


AXES = {
    "steps": AxisKind("", N_("Steps"), N_("step"), N_("step {value}")),
    "samples": AxisKind(key_metrics.TRAINED_SAMPLES, N_("Samples"), N_("samples"), N_("{value} samples")),
    "tokens": AxisKind(key_metrics.TRAINED_TOKENS, N_("Tokens"), N_("tokens"), N_("{value} tokens")),
    "seconds": AxisKind(key_metrics.TRAINING_SECONDS, N_("Seconds"), N_("seconds of training"), N_("{value} s")),
    "kl_divergence": AxisKind(key_metrics.HELD_OUT_KL, N_("KL"), N_("KL to the reference"), "", scattered=True),
}


def offered(runs: Sequence[Run], present: Mapping[str, Collection[str]]) -> list[str]:
    """The axes that every run has; `present`: the metrics that each has reported."""
    return [name for name, axis in AXES.items() if _all_have(axis.key, runs, present)]


def suggested(runs: Sequence[Run], names: Collection[str]) -> str:
    """What the runs' budgets count in, where that is one of the names; else the steps."""
    units = {_budget_unit(run) for run in runs}
    unit = units.pop() if len(units) == 1 else "steps"
    return unit if unit in names else "steps"


def _all_have(key: str, runs: Sequence[Run], present: Mapping[str, Collection[str]]) -> bool:
    return not key or all(key in present.get(run.id, ()) or _may_come(key, run) for run in runs)


def _may_come(key: str, run: Run) -> bool:
    """Whether a run that goes on will report the metric."""
    spec = readable(run.spec) if run.state in ACTIVE else None
    return spec is not None and key in metric_keys(spec)


def _budget_unit(run: Run) -> str:
    spec = readable(run.spec)
    return spec.budget.unit if spec is not None and isinstance(spec.budget, Budget) else "steps"
