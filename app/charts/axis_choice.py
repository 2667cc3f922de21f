"""What the curves of a page are drawn along: a choice that stands in the address.

Left out: drawing them along it (`js`).
"""

from collections.abc import Collection, Mapping, Sequence

from app.bridge import address
from app.charts.live_panels import Axis
from app.translations import N_, _
from engine.spec import key_metrics, metric_keys, readable
from engine.spec.blocks import Budget
from storage.records import ACTIVE, Run

AXES = {
    "steps": (N_("Steps"), Axis("", N_("step"), N_("step {value}"))),
    "samples": (N_("Samples"), Axis(key_metrics.TRAINED_SAMPLES, N_("samples"), N_("{value} samples"))),
    "tokens": (N_("Tokens"), Axis(key_metrics.TRAINED_TOKENS, N_("tokens"), N_("{value} tokens"))),
    "seconds": (N_("Seconds"), Axis(key_metrics.TRAINING_SECONDS, N_("seconds of training"), N_("{value} s"))),
    "kl_divergence": (N_("KL"), Axis(key_metrics.HELD_OUT_KL, N_("KL to the reference"), "", scattered=True)),
}


def choose(runs: Sequence[Run], present: Mapping[str, Collection[str]]) -> Axis:
    """The axis that the reader has chosen. What the runs' budgets count in is suggested.

    `present`: the metrics that each run has reported. An axis that one of the runs cannot have is not offered.
    """
    offered = {name: _(word) for name, (word, axis) in AXES.items() if _all_have(axis.key, runs, present)}
    units = {_budget_unit(run) for run in runs}
    suggested = units.pop() if len(units) == 1 else "steps"
    default = suggested if suggested in offered else "steps"
    axis = AXES[str(address.choice(_("Along"), offered, name="x", default=default))][1]
    return Axis(axis.key, _(axis.title), _(axis.at) if axis.at else "", axis.scattered)


def _all_have(key: str, runs: Sequence[Run], present: Mapping[str, Collection[str]]) -> bool:
    return not key or all(key in present.get(run.id, ()) or _may_come(key, run) for run in runs)


def _may_come(key: str, run: Run) -> bool:
    """Whether a run that goes on will report the metric."""
    spec = readable(run.spec) if run.state in ACTIVE else None
    return spec is not None and key in metric_keys(spec)


def _budget_unit(run: Run) -> str:
    spec = readable(run.spec)
    return spec.budget.unit if spec is not None and isinstance(spec.budget, Budget) else "steps"
