"""How much better than expected an answer was: generalised advantage estimation, and advantages relative to a group.

Axes: R responses, T tokens. Nothing here carries a gradient. Left out: where scores and values come from.
"""

import torch
from torch import Tensor

# The published implementations add this to the standard deviation: a group of equal scores gets advantage 0, not 0/0.
STD_FLOOR = 1e-4


def gae(rewards: Tensor, values: Tensor, mask: Tensor, gamma: float, gae_lambda: float) -> Tensor:
    """A_t = sum_l (gamma lambda)^l delta_{t+l}, delta_t = r_t + gamma V_{t+1} - V_t (arXiv:1506.02438, eq. 16).

    Responses stand left-aligned under their mask; the value after the last token is 0. (R, T) x3 -> (R, T).

    >>> rewards, values = torch.tensor([[0.0, 1.0]]), torch.tensor([[0.5, 0.25]])
    >>> gae(rewards, values, torch.ones(1, 2, dtype=torch.bool), gamma=1.0, gae_lambda=0.5).tolist()
    [[0.125, 0.75]]
    """
    advantages = torch.zeros_like(values)
    following = torch.zeros_like(values[:, 0])
    next_value = torch.zeros_like(values[:, 0])
    for t in reversed(range(values.shape[1])):
        here = mask[:, t]
        delta = rewards[:, t] + gamma * next_value - values[:, t]
        following = torch.where(here, delta + gamma * gae_lambda * following, 0.0)
        next_value = torch.where(here, values[:, t], 0.0)
        advantages[:, t] = following
    return advantages


def group_relative(scores: Tensor, group: Tensor, scale: bool) -> Tensor:
    """(r - mean) / (std + 1e-4) within a group (arXiv:2402.03300, sec. 4.1.2), or r - mean alone: (R,), (R,) -> (R,).

    The standard deviation is the sample's (n - 1); a group of one gets 0.

    >>> group_relative(torch.tensor([1.0, 3.0, 5.0]), torch.tensor([0, 0, 1]), scale=False).tolist()
    [-1.0, 1.0, 0.0]
    """
    size = group.bincount().to(scores.dtype)  # (G,)
    mean = torch.zeros_like(size).index_add_(0, group, scores) / size
    centred = scores - mean[group]
    if not scale:
        return centred
    variance = torch.zeros_like(size).index_add_(0, group, centred**2) / (size - 1).clamp(min=1)
    return centred / (variance.sqrt()[group] + STD_FLOOR)


def whiten(values: Tensor, mask: Tensor) -> Tensor:
    """Shift and scale to mean 0 and variance 1 over all tokens of the mask; 0 off it: (R, T), (R, T) -> (R, T)."""
    count = mask.sum().clamp(min=1)
    mean = torch.where(mask, values, 0.0).sum() / count
    centred = torch.where(mask, values - mean, 0.0)
    variance = (centred**2).sum() / (count - 1).clamp(min=1)
    return centred * torch.rsqrt(variance + 1e-8)
