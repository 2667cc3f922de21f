"""The clipped objectives of policy-gradient methods. Elementwise: reductions belong to the algorithms."""

import torch
from torch import Tensor


def clipped_surrogate(ratio: Tensor, advantages: Tensor, low: float, high: float) -> Tensor:
    """-min(r A, clip(r, 1 - low, 1 + high) A), elementwise (arXiv:1707.06347, eq. 7; two widths: arXiv:2503.14476).

    >>> clipped_surrogate(torch.tensor([1.5, 1.5]), torch.tensor([1.0, -1.0]), 0.2, 0.2).tolist()
    [-1.2000000476837158, 1.5]
    """
    return torch.maximum(-ratio * advantages, -ratio.clamp(1 - low, 1 + high) * advantages)


def clipped_low(ratio: Tensor, advantages: Tensor, low: float) -> Tensor:
    """Where the clip stops a bad answer from being made less likely still: bool, elementwise."""
    return (ratio < 1 - low) & (advantages < 0)


def clipped_high(ratio: Tensor, advantages: Tensor, high: float) -> Tensor:
    """Where the clip stops a good answer from being made more likely still: bool, elementwise."""
    return (ratio > 1 + high) & (advantages > 0)


def clipped_value_loss(values: Tensor, old: Tensor, returns: Tensor, width: float) -> Tensor:
    """0.5 max((v - R)^2, (clip(v, old - width, old + width) - R)^2), elementwise (arXiv:1811.02553, sec. 3)."""
    bounded = torch.maximum(torch.minimum(values, old + width), old - width)
    return 0.5 * torch.maximum((values - returns) ** 2, (bounded - returns) ** 2)


def kl_k3(log_ratio: Tensor) -> Tensor:
    """exp(-x) - 1 + x, x = log pi - log ref: an unbiased, never negative estimate of KL(pi || ref) on samples of pi.

    Schulman's k3 (http://joschu.net/blog/kl-approx.html), as arXiv:2402.03300, eq. 4. Elementwise.
    """
    return torch.expm1(-log_ratio) + log_ratio
