"""What the clipped policy gradients share: their counts, advantages within a group, and metrics of the ratio.

Left out: the losses themselves, one file each (`ppo`, `grpo`, `gspo`, `rloo`); the clip (`engine.maths.surrogates`).
"""

from typing import NamedTuple

import torch
from torch import Tensor

from engine.batch import Batch, Mean, Targets
from engine.maths.advantages import group_relative
from engine.maths.surrogates import clipped_high, clipped_low


class Clipping(NamedTuple):
    """What a clipped surrogate sees of each token: how likely it has become, and the widths of the clip around 1."""

    ratio: Tensor  # (R, T) to the policy that sampled; of the whole answer on each token where a method clips answers
    low: float
    high: float


def response_totals(batch: Batch) -> dict[str, float]:
    """The responses of the batch that have a token, and their tokens."""
    return {"tokens": float(batch.mask.sum()), "responses": float(batch.mask.any(-1).sum())}


def group_targets(rollout: Batch, scale: bool) -> Targets:
    """The advantage of each response within its group, on each of its tokens: (R,) -> (R, T)."""
    return response_targets(group_relative(rollout.scores, rollout.group, scale), rollout)


def response_targets(advantages: Tensor, rollout: Batch) -> Targets:
    """One advantage for each response, repeated on each of its tokens: (R,) -> (R, T)."""
    return Targets({"advantages": advantages[:, None].expand(rollout.mask.shape).float()})


def clip_sides(clipping: Clipping, advantages: Tensor) -> tuple[Tensor, Tensor]:
    """Where the clip is active, from below and from above: (R, T) -> (R, T) bool x2."""
    ratio = clipping.ratio.detach()
    return clipped_low(ratio, advantages, clipping.low), clipped_high(ratio, advantages, clipping.high)


def ratio_metrics(clipping: Clipping, advantages: Tensor, mask: Tensor) -> dict[str, Mean | Tensor]:
    """How far the policy is from the one that sampled, and how often the clip is active: (R, T) x2 -> 0-d each."""
    ratio = clipping.ratio.detach()
    under, over = clip_sides(clipping, advantages)
    return {
        "clip_ratio/low_mean": token_mean(under, mask),
        "clip_ratio/high_mean": token_mean(over, mask),
        "clip_ratio/region_mean": token_mean(under | over, mask),
        "ratio/mean": token_mean(ratio, mask),
        "ratio/max": torch.where(mask, ratio, 0.0).max(),
    }


def token_mean(values: Tensor, mask: Tensor) -> Mean:
    """The mean over the tokens of the mask, as it adds up over micro-batches: (R, T) x2 -> 0-d."""
    return Mean(torch.where(mask, values.detach().float(), 0.0).sum(), mask.sum())
