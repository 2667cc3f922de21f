r"""The article's GRPO: a preference loss over all pairs of a scored group. Not the paper of that name (`grpo`).

With rho(y) = log pi(y|x) - log ref(y|x) summed over the answer, over the pairs of a group with r_i > r_j

$$ L = -\log \sigma(\beta (\rho_i - \rho_j)) $$

as the mean over groups that have a pair of the mean over their pairs. Ties are skipped, not trained as losses. At
policy = reference the loss is ln 2 = 0.693147. Shapes: R answers, T tokens, P pairs.

Worked example, beta 0.5, three answers with rewards 1, 0, 0 and rho 2, 0, -2: the tie is skipped, the pairs have
margins 0.5 (2 - 0) = 1 and 0.5 (2 + 2) = 2, and the loss is (0.313262 + 0.126928) / 2 = 0.220095.

>>> import torch
>>> from types import SimpleNamespace
>>> batch = Batch(
...     logps=torch.tensor([[2.0], [0.0], [-2.0]]),
...     reference=torch.zeros(3, 1),
...     mask=torch.ones(3, 1, dtype=torch.bool),
...     group=torch.tensor([0, 0, 0]),
...     scores=torch.tensor([1.0, 0.0, 0.0], dtype=torch.float64),
...     totals={"groups": 1.0},
... )
>>> result = loss(batch, SimpleNamespace(beta=0.5))
>>> print(f"{result.loss:.6f} {result.metrics['pairs/used']:.0f} {result.metrics['pairs/skipped']:.0f}")
0.220095 2 1

Left out: where groups come from, the dataset or the policy (`engine.runtime.training.sources`).
"""

from typing import TYPE_CHECKING

from engine.algorithms.pairwise import pair_totals, pairwise_loss
from engine.batch import Batch, LossResult
from engine.maths import pairs

if TYPE_CHECKING:
    from engine.spec.algorithms import GRPOPairwise


def totals(batch: Batch, spec: "GRPOPairwise") -> dict[str, float]:
    """Groups that have a pair: what the loss is divided by."""
    return pair_totals(pairs.from_batch(batch))


def loss(batch: Batch, spec: "GRPOPairwise") -> LossResult:
    """This micro-batch's share of the mean over groups of the loss of their pairs."""
    return pairwise_loss(batch, pairs.from_batch(batch), spec.beta)
