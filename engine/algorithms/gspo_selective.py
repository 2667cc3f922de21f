r"""The article's GSPO: its pairwise GRPO over pairs whose rewards differ clearly. Not the paper of that name (`gspo`).

Over the pairs of a group with |r_i - r_j| > tau, i the better one,

$$ L = -\log \sigma(\beta (\rho_i - \rho_j)) $$

as the mean over groups that have such a pair of the mean over their pairs; with tau 0 it is `grpo_pairwise`. Rewards
are compared in float64: 0.5 - 0.3 is a hair under 0.2 there, and above it in float32.

Worked example, the article's: rewards 0.8, 0.3, 0.5, 0.52 and tau 0.2 select exactly the pairs {1, 2}, {1, 3}, {1, 4}
and {2, 4}. At policy = reference the loss is ln 2 = 0.693147.

>>> import torch
>>> from types import SimpleNamespace
>>> scores = torch.tensor([0.8, 0.3, 0.5, 0.52], dtype=torch.float64)
>>> group = torch.zeros(4, dtype=torch.int64)
>>> chosen = pairs.from_scores(scores, group, 0.2)
>>> [(better + 1, worse + 1) for better, worse in zip(chosen.better.tolist(), chosen.worse.tolist())]
[(1, 2), (1, 3), (1, 4), (4, 2)]
>>> same = torch.zeros(4, 1)
>>> batch = Batch(
...     same, torch.ones(4, 1, dtype=torch.bool), group, {"groups": 1.0, "pairs": 4.0}, reference=same, scores=scores
... )
>>> print(f"{loss(batch, SimpleNamespace(beta=0.1, tau=0.2)).loss:.6f}")
0.693147

Left out: where groups come from, the dataset or the policy (`engine.runtime.training.sources`).
"""

from typing import TYPE_CHECKING

from engine.algorithms.pairwise import pair_totals, pairwise_loss
from engine.batch import Batch, LossResult
from engine.maths import pairs

if TYPE_CHECKING:
    from engine.spec.algorithms import GSPOSelective


def totals(batch: Batch, spec: "GSPOSelective") -> dict[str, float]:
    """Groups that have a pair: what the loss is divided by."""
    return pair_totals(pairs.from_batch(batch, spec.tau))


def loss(batch: Batch, spec: "GSPOSelective") -> LossResult:
    """This micro-batch's share of the mean over groups of the loss of their pairs."""
    return pairwise_loss(batch, pairs.from_batch(batch, spec.tau), spec.beta)
