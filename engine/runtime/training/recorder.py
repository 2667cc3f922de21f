"""Turns what micro-batches report into one value a metric and step, and hands it to storage.

A metric that the run file's algorithm did not declare is an error, so no chart is silently missing. Left out: how
points are stored, and when (`storage.metrics.Writer`, whose failures never reach training).
"""

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor

from engine.batch import Mean
from engine.spec import Train, general, metric, metric_keys
from storage.metrics import Writer

_REDUCE: dict[str, Callable[[Tensor], Tensor]] = {"sum": torch.sum, "min": torch.min, "max": torch.max}


class Undeclared(KeyError):
    """A metric that the run's spec does not declare."""


class Recorder:
    """Writes the points of one attempt. `record` takes plain numbers; `reduce` makes them from the shares."""

    def __init__(self, writer: Writer, spec: Train) -> None:
        self._writer = writer
        self._declared = frozenset(metric_keys(spec))

    def record(self, step: int, values: Mapping[str, float], at: float) -> None:
        """Queue the values of a step, logged at `at` (epoch seconds)."""
        unknown = {key for key in values.keys() - self._declared if general(key) not in self._declared}
        if unknown:
            raise Undeclared(f"not declared in engine.spec: {', '.join(sorted(unknown))}")
        self._writer.add(step, dict(values), at)

    def flush(self) -> None:
        """Commit all points queued so far: what a checkpoint rests on."""
        self._writer.flush()


def reduce(shares: Sequence[Mapping[str, Mean | Tensor]]) -> dict[str, float]:
    """The value of each metric over all micro-batches of an update, as its declaration says.

    Means add up their totals and their weights; one of weight 0 has no value and is left out. One transfer from the
    device for all metrics together.
    """
    keys = list(dict.fromkeys(key for share in shares for key in share))
    if not keys:
        return {}
    fractions = torch.stack([_fraction(key, [share[key] for share in shares if key in share]) for key in keys])
    return {key: total / weight for key, (total, weight) in zip(keys, fractions.tolist(), strict=True) if weight}


def _fraction(key: str, parts: Sequence[Mean | Tensor]) -> Tensor:
    """(2,) total and weight of one metric; weight 1 for what is no mean."""
    means = [part for part in parts if isinstance(part, Mean)]
    if means:
        return torch.stack([_sum([mean.total for mean in means]), _sum([mean.weight for mean in means])])
    value = _REDUCE[metric(key).reduce](torch.stack([part.float() for part in parts if isinstance(part, Tensor)]))
    return torch.stack([value, torch.ones_like(value)])


def _sum(parts: Sequence[Tensor]) -> Tensor:
    return torch.stack([part.float() for part in parts]).sum()
