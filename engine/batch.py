"""What an algorithm sees: per-response tensors, and what it gives back.

Axes: R responses of one micro-batch, T tokens of the longest of them. Padding, packing and shared prompts are the
business of `engine.models.scoring`; no algorithm ever sees a token id, a prompt or a pad. Left out: how these tensors
are made, and every reduction over micro-batches (`engine.runtime.training.recorder`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from torch import Tensor


@dataclass(frozen=True)
class Batch:
    """One micro-batch. Groups are never split over micro-batches; a pair is a group scored 1 and 0.

    `totals` are the counts of the whole update (all micro-batches and workers), as the algorithm's own
    `totals(batch, spec)` counts them, so that the shares of the micro-batches add up to the loss of the update exactly.
    """

    logps: Tensor  # (R, T) log pi of each response token, with grad; 0 off the mask
    mask: Tensor  # (R, T) bool, true where a response token counts
    group: Tensor  # (R,) int64, index of the item a response belongs to, ascending from 0
    totals: Mapping[str, float]
    reference: Tensor | None = None  # (R, T) log ref of the same tokens; 0 off the mask
    scores: Tensor | None = None  # (R,) float64, the reward or label each response carries
    entropy: Tensor | None = None  # (R, T) detached, nats a token
    hits: Tensor | None = None  # (R, T) bool, the token was the most likely one
    old: Tensor | None = None  # (R, T) log-probs recorded while sampling: the old policy
    advantages: Tensor | None = None  # (R, T), one value repeated where a response has one advantage
    values: Tensor | None = None  # (R, T) the value head's estimates, with grad
    old_values: Tensor | None = None  # (R, T) the same when the answers were sampled
    returns: Tensor | None = None  # (R, T) what the values should have been
    outputs: Tensor | None = None  # (R,) the scalar head at the last token, with grad
    margins: Tensor | None = None  # (R,) strength of the preference of the response's group, 0 where it has none
    drift: Tensor | None = None  # 0-d, how far the policy of the whole update is from the reference: nats an answer


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
