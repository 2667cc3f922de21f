"""One module per algorithm: the maths in its docstring, `totals(batch, spec)` and `loss(batch, spec)`.

`clipped` and `pairwise` are no algorithms: they hold what several of them share.

`totals` counts what the loss of an update is divided by; the loop adds the counts up over micro-batches and workers
and puts them into `batch.totals`, so that the shares which `loss` returns add up to the loss of the whole update.
An update without anything to count (no group has a pair, say) has no loss: the loop skips it.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Protocol

from engine.algorithms.clipped import Clipping
from engine.batch import Batch, LossResult, Targets


class Algorithm(Protocol):
    """What every module of this folder offers."""

    def totals(self, batch: Batch, spec: Any) -> Mapping[str, float]:
        """What this micro-batch adds to the counts of the update."""

    def loss(self, batch: Batch, spec: Any) -> LossResult:
        """This micro-batch's share of the update's loss, and its metrics."""


class PolicyGradient(Algorithm, Protocol):
    """What a module of trajectories offers beside it."""

    def targets(self, rollout: Batch, spec: Any, carry: Mapping[str, Any]) -> Targets:
        """What a whole rollout teaches, fixed before its first update.

        `carry` is that of the targets of the rollout before, empty for the first. It is plain JSON, and in checkpoints.
        """

    def clipping(self, batch: Batch, spec: Any) -> Clipping:
        """How likely each token has become since it was sampled, and the clip around it, as the loss has them."""


def load(key: str) -> Algorithm:
    """The module of an algorithm of `engine.spec.ALGORITHMS`."""
    module: Any = import_module(f"engine.algorithms.{key}")
    return module
