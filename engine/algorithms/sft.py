r"""Supervised fine-tuning: the mean cross-entropy of the tokens of the answers.

$$ L = -\frac{1}{N} \sum_{r} \sum_{t} \log \pi(y_{r,t} \mid x_r, y_{r,<t}) $$

with N the response tokens of the whole update (`totals["tokens"]`), so every token weighs the same, in whatever answer
or micro-batch it stands. Shapes: R responses, T tokens; log-probs (R, T). Prompts and padding carry no loss.

Worked example: two answers, their tokens given 1/2 and 1/4, and 1/8. The loss is (ln 2 + 2 ln 2 + 3 ln 2) / 3 = 2 ln 2
= 1.386294, and one token of three was the model's first choice.

>>> import torch
>>> batch = Batch(
...     logps=torch.tensor([[0.5, 0.25], [0.125, 1.0]]).log(),
...     mask=torch.tensor([[True, True], [True, False]]),
...     hits=torch.tensor([[True, False], [False, False]]),
...     entropy=torch.tensor([[0.3, 0.6], [0.9, 0.0]]),
...     group=torch.tensor([0, 1]),
...     totals={"tokens": 3.0},
... )
>>> result = loss(batch, None)
>>> print(f"{result.loss:.6f} {result.metrics['mean_token_accuracy'].total:.0f} of {totals(batch, None)['tokens']:.0f}")
1.386294 1 of 3

Left out: which answers are imitated (`engine.data`).
"""

from typing import Any

from torch import Tensor

from engine.batch import Batch, LossResult, Mean
from engine.maths.logprobs import sequence_sum


def totals(batch: Batch, spec: Any) -> dict[str, float]:
    """Response tokens: what the loss is divided by."""
    return {"tokens": float(batch.mask.sum())}


def loss(batch: Batch, spec: Any) -> LossResult:
    """This micro-batch's share of the mean token cross-entropy."""
    tokens = batch.mask.sum()
    return LossResult(
        loss=-sequence_sum(batch.logps, batch.mask).sum() / batch.totals["tokens"],
        metrics={
            "mean_token_accuracy": Mean(_total(batch.hits, batch.mask), tokens),
            "entropy": Mean(_total(batch.entropy, batch.mask), tokens),
        },
    )


def _total(values: Tensor, mask: Tensor) -> Tensor:
    return sequence_sum(values, mask).sum()
