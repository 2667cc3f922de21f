r"""Kahneman-Tversky optimization (arXiv:2402.01306, eq. 8): answers that are good or bad, each by itself.

With rho(y) = log pi(y|x) - log ref(y|x) summed over the tokens of an answer, and z how far the policy is from the
reference as a whole (the mean of rho over answers put to other prompts of the update, at least 0, without a gradient),

$$ L = \lambda_D \, (1 - \sigma(\beta (\rho - z))) \;\text{for a good answer}, \qquad
   L = \lambda_U \, (1 - \sigma(\beta (z - \rho))) \;\text{for a bad one} $$

as the mean over the answers of the update. A good answer gains little once it is far likelier than z alone
explains, a bad one once it is far unlikelier; no answer needs another to be compared with. At policy = reference the
loss is half of the mean weight: 0.5. Shapes: R answers, T tokens; scores (R,), 1 for good and 0 for bad.

Worked example, beta 0.1, z 1, both weights 1: a good answer with rho 3 costs 1 - sigmoid(0.2) = 0.450166, a bad one
with rho 2 costs 1 - sigmoid(-0.1) = 0.524979; the loss is their mean, 0.487573.

>>> import torch
>>> from types import SimpleNamespace
>>> batch = Batch(
...     logps=torch.tensor([[3.0], [2.0]]),
...     reference=torch.zeros(2, 1),
...     mask=torch.ones(2, 1, dtype=torch.bool),
...     group=torch.tensor([0, 1]),
...     scores=torch.tensor([1.0, 0.0], dtype=torch.float64),
...     kto_baseline=torch.tensor(1.0),
...     totals={"responses": 2.0},
... )
>>> result = loss(batch, SimpleNamespace(beta=0.1, desirable_weight=1.0, undesirable_weight=1.0))
>>> print(f"{result.loss:.6f}")
0.487573

Left out: which answers are good (`engine.data.items`), and z itself, the `kto_baseline` of `engine.models.batches`.
"""

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from engine.batch import Batch, LossResult, Mean
from engine.maths.logprobs import log_ratio, sequence_sum

if TYPE_CHECKING:
    from engine.spec.algorithms import KTO


def totals(batch: Batch, spec: "KTO") -> dict[str, float]:
    """Answers: what the loss is divided by."""
    return {"responses": float(len(batch.mask))}


def loss(batch: Batch, spec: "KTO") -> LossResult:
    """This micro-batch's share of the mean over answers."""
    rho = sequence_sum(log_ratio(batch.logps, batch.reference, batch.mask), batch.mask)  # (R,)
    good = batch.scores > 0.5
    lead = torch.where(good, rho - batch.kto_baseline, batch.kto_baseline - rho)  # (R,)
    cost = 1 - (spec.beta * lead).sigmoid()
    weighed = torch.where(good, spec.desirable_weight * cost, spec.undesirable_weight * cost)
    return LossResult(weighed.sum() / batch.totals["responses"], _metrics(batch, rho.detach(), good, spec.beta))


def _metrics(batch: Batch, rho: Tensor, good: Tensor, beta: float) -> dict[str, Mean | Tensor]:
    """Implicit rewards and log-probs of either kind; the baseline is that of the whole update."""
    logps = sequence_sum(batch.logps.detach(), batch.mask)
    return {
        "rewards/chosen": _mean(beta * rho, good),
        "rewards/rejected": _mean(beta * rho, ~good),
        "logps/chosen": _mean(logps, good),
        "logps/rejected": _mean(logps, ~good),
        "objective/kl": Mean(batch.kto_baseline, torch.ones_like(batch.kto_baseline)),
    }


def _mean(values: Tensor, chosen: Tensor) -> Mean:
    return Mean(torch.where(chosen, values, 0.0).sum(), chosen.sum())
