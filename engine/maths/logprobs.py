"""Log-probabilities of response tokens: read off logits, compared, summed and averaged under a mask.

Axes: N positions, V vocabulary, R responses, T tokens. Everything is in nats. Whatever stands off the mask (padding)
is replaced before any arithmetic, so no value there, however large, reaches a result or a gradient.
Left out: how the logits come about (`engine.models.scoring`).
"""

import torch
from torch import Tensor
from torch.nn import functional


def token_logps(logits: Tensor, tokens: Tensor) -> Tensor:
    """log softmax(logits)[token]: (N, V), (N,) -> (N,)."""
    return -functional.cross_entropy(logits, tokens, reduction="none")


def entropy(logits: Tensor) -> Tensor:
    """-sum_v p_v log p_v of softmax(logits): (N, V) -> (N,)."""
    logps = logits.log_softmax(-1)
    return -(logps.exp() * logps).sum(-1)


def log_ratio(logps: Tensor, reference: Tensor, mask: Tensor) -> Tensor:
    """log pi - log ref of each token, 0 off the mask: (R, T) x3 -> (R, T)."""
    return torch.where(mask, logps - reference, 0.0)


def sequence_sum(values: Tensor, mask: Tensor) -> Tensor:
    """Sum over the tokens of each response: (R, T), (R, T) -> (R,)."""
    return torch.where(mask, values, 0.0).sum(-1)


def sequence_mean(values: Tensor, mask: Tensor) -> Tensor:
    """Mean over the tokens of each response, 0 for a response without tokens: (R, T), (R, T) -> (R,)."""
    return sequence_sum(values, mask) / mask.sum(-1).clamp(min=1)
