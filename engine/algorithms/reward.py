r"""A reward model: Bradley-Terry on pairs (arXiv:2203.02155, eq. 1), with an optional margin (arXiv:2307.09288, eq. 2).

$$ L = -\log \sigma(r(x, y_w) - r(x, y_l) - m) $$

with r the scalar head at the last token of a response and m = `margin` times the strength of the preference (0 where
none is stored). The loss of an update is the mean over its groups that have a pair of the mean over their pairs.
Shapes: R responses, P pairs; outputs, scores and margins (R,).

The head starts at zero, so without a margin the loss starts at ln 2 = 0.693147; with one it starts at
log(1 + exp(m)), on the mean of the pairs' margins. A tie counts one half of an accuracy.

Worked example: outputs 2 and 1 make -log sigmoid(1) = log(1 + exp(-1)) = 0.313262, one pair of one in order.

>>> import torch
>>> from types import SimpleNamespace
>>> batch = Batch(
...     logps=torch.zeros(2, 1),
...     mask=torch.ones(2, 1, dtype=torch.bool),
...     outputs=torch.tensor([2.0, 1.0]),
...     group=torch.tensor([0, 0]),
...     scores=torch.tensor([1.0, 0.0], dtype=torch.float64),
...     margins=torch.zeros(2),
...     totals={"groups": 1.0},
... )
>>> result = loss(batch, SimpleNamespace(margin=0.0))
>>> print(f"{result.loss:.6f} {result.metrics['accuracy'].total:.0f}")
0.313262 1

Left out: the scalar head itself (`engine.models.heads`).
"""

from typing import TYPE_CHECKING

from torch.nn.functional import logsigmoid

from engine.batch import Batch, LossResult, Mean
from engine.maths import pairs

if TYPE_CHECKING:
    from engine.spec.algorithms import Reward


def totals(batch: Batch, spec: "Reward") -> dict[str, float]:
    """Groups that have a pair: what the loss is divided by."""
    return {"groups": float(pairs.from_batch(batch).groups)}


def loss(batch: Batch, spec: "Reward") -> LossResult:
    """This micro-batch's share of the mean over groups of the loss of their pairs."""
    pair = pairs.from_batch(batch)
    gap = batch.outputs[pair.better] - batch.outputs[pair.worse]  # (P,)
    margin = spec.margin * batch.margins[pair.better]  # (P,)
    outputs, lead = batch.outputs.detach(), gap.detach()
    return LossResult(
        loss=-(pair.weight * logsigmoid(gap - margin)).sum() / batch.totals["groups"],
        metrics={
            "accuracy": pair.mean(pairs.in_order(lead)),  # the head starts at zero: exact ties
            "margin": pair.mean(lead),
            "min_reward": outputs.min(),
            "mean_reward": Mean(outputs.sum(), outputs.new_tensor(float(len(outputs)))),
            "max_reward": outputs.max(),
        },
    )
