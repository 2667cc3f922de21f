"""What an algorithm sees: per-response tensors, and what it gives back.

Axes: R responses of one micro-batch, T tokens of the longest of them. Padding, packing and shared prompts are the
business of `engine.models.scoring`; no algorithm ever sees a token id, a prompt or a pad. Left out: how these tensors
are made, and every reduction over micro-batches (`engine.runtime.training.recorder`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self

from torch import Tensor


class MissingTensor(LookupError):
    """An algorithm read a tensor that its batch does not hold."""


class OptionalTensor:
    """A tensor that only some batches hold. Reading it from a batch without it raises `MissingTensor`."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, batch: "Batch | None", owner: type) -> Tensor:
        value: Tensor | None = None if batch is None else batch.__dict__[self._name]
        if batch is not None and value is None:
            raise MissingTensor(f"this batch holds no {self._name}: the spec's `needs` and its source decide on that")
        return value  # None is the default: the dataclass reads it off the class

    def __set__(self, batch: "Batch", value: Tensor | None) -> None:
        batch.__dict__[self._name] = value


@dataclass(frozen=True, eq=False, repr=False)
class Batch:
    """One micro-batch. Groups are never split over micro-batches; a pair is a group scored 1 and 0.

    `totals` are the counts of the whole update (all micro-batches and workers), as the algorithm's own
    `totals(batch, spec)` counts them, so that the shares of the micro-batches add up to the loss of the update exactly.
    An `OptionalTensor` may be left out; `name in batch` says whether the batch holds it.
    """

    logps: Tensor  # (R, T) log pi of each response token, with grad; 0 off the mask
    mask: Tensor  # (R, T) bool, true where a response token counts
    group: Tensor  # (R,) int64, index of the item a response belongs to, ascending from 0
    totals: Mapping[str, float]
    reference: OptionalTensor = OptionalTensor()  # (R, T) log ref of the same tokens; 0 off the mask
    scores: OptionalTensor = OptionalTensor()  # (R,) float64, the reward or label each response carries
    entropy: OptionalTensor = OptionalTensor()  # (R, T) detached, nats a token
    hits: OptionalTensor = OptionalTensor()  # (R, T) bool, the token was the most likely one
    old: OptionalTensor = OptionalTensor()  # (R, T) log-probs recorded while sampling: the old policy
    advantages: OptionalTensor = OptionalTensor()  # (R, T), one value repeated where a response has one advantage
    values: OptionalTensor = OptionalTensor()  # (R, T) the value head's estimates, with grad
    old_values: OptionalTensor = OptionalTensor()  # (R, T) the same when the answers were sampled
    returns: OptionalTensor = OptionalTensor()  # (R, T) what the values should have been
    outputs: OptionalTensor = OptionalTensor()  # (R,) the scalar head at the last token, with grad
    margins: OptionalTensor = OptionalTensor()  # (R,) strength of the group's preference, 0 where it has none
    kto_baseline: OptionalTensor = OptionalTensor()  # 0-d, nats: mean log pi - log ref of answers put to other prompts

    def __contains__(self, name: str) -> bool:
        return self.__dict__[name] is not None

    def replace(self, **tensors: Any) -> Self:
        """The batch with other tensors in place of these, or beside them."""
        return type(self)(**{**self.__dict__, **tensors})


class Mean(NamedTuple):
    """A mean that can be added up over micro-batches: both 0-d and detached."""

    total: Tensor
    weight: Tensor


@dataclass(frozen=True)
class LossResult:
    """The micro-batch's share of the update's loss, and what is worth a curve.

    `metrics` holds a `Mean` for each key that `engine.spec` declares as a mean, else a detached 0-d tensor.
    """

    loss: Tensor  # 0-d, with grad
    metrics: Mapping[str, Mean | Tensor]


@dataclass(frozen=True)
class Targets:
    """What a whole rollout teaches, fixed before its first update."""

    values: Mapping[str, Tensor]  # (R, T) each, recorded with the answers; `advantages` among them
    metrics: Mapping[str, float] = field(default_factory=dict)  # of the rollout, beside those that all rollouts report
    carry: Mapping[str, Any] = field(default_factory=dict)  # plain JSON, handed back with the next rollout
