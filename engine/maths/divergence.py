"""Divergence of two next-token distributions, exactly: a sum over the vocabulary, where a sampled log-ratio is noisy.

Axes: N positions, V vocabulary. Everything is in nats. Left out: estimates from sampled tokens (`surrogates.kl_k3`),
and how the logits come about (`engine.models.against_reference`).
"""

import torch
from torch import Tensor


def kl(logits: Tensor, reference: Tensor) -> Tensor:
    """KL(pi || ref) = sum_v pi_v (log pi_v - log ref_v) at each position: (N, V) x2 -> (N,), exactly 0 of equal logits.

    Summed along an answer that pi sampled, it has the mean of the answer's log-ratio and less spread: at each position
    the token's log-ratio is replaced by its expectation given the tokens before it (Rao-Blackwell; arXiv:2504.10637).

    >>> both = torch.tensor([[0.5, 0.25, 0.25], [0.5, 0.25, 0.25]]).log()
    >>> [round(nats, 5) for nats in kl(both, torch.tensor([[0.25, 0.5, 0.25], [0.5, 0.25, 0.25]]).log()).tolist()]
    [0.17329, 0.0]
    """
    logps, others = logits.log_softmax(-1), reference.log_softmax(-1)
    shares = logps.exp()
    # a token that pi never says counts 0, also where ref never says it either: -inf - -inf is no number
    terms = torch.where(shares > 0, shares * (logps - others), 0.0)
    return terms.sum(-1).clamp(min=0.0)  # rounding alone can lead below
