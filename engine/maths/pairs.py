"""Which responses of a group are compared, what each comparison weighs, and whether a model puts it in order.

Axes: R responses, P pairs. Scores are compared in float64 as they were stored, and NaN is "not scored": it is in no
pair. Left out: what a pair costs (`engine.algorithms`), and which responses stand in a group (`engine.data.items`).
"""

from typing import NamedTuple

from torch import Tensor

from engine.batch import Batch, Mean

# Two models with the same weights give log-ratios that are off 0 by rounding: up to about 1e-5 nats an answer in fp32,
# since packing and padding change the order of sums. A thousandth of a nat is a ratio of probabilities of 1.001.
TIE_NATS = 1e-3


class Pairs(NamedTuple):
    """Ordered pairs of responses of one group. The weights of a group's pairs sum to 1, so that groups count alike."""

    better: Tensor  # (P,) int64, index of the response with the higher score
    worse: Tensor  # (P,) int64
    weight: Tensor  # (P,) float32, one over the number of pairs of the group

    @property
    def groups(self) -> Tensor:
        """How many groups have a pair (0-d, float32)."""
        return self.weight.sum().round()

    def mean(self, values: Tensor) -> Mean:
        """The mean over groups of the mean over their pairs: (P,) -> 0-d."""
        return Mean((self.weight * values).sum(), self.weight.sum())


def in_order(leads: Tensor, tie: float = 0.0) -> Tensor:
    """1 where the better response leads, 0 where the worse one does, a half where they tie: (P,) -> (P,).

    A tie is a lead of at most `tie` either way. That it counts one half makes the mean the probability of the right
    order, the area under the ROC curve (Bamber 1975), and 0.5 where a model tells nothing apart.

    >>> import torch
    >>> in_order(torch.tensor([0.3, -0.3, 2e-7, 0.0]), tie=1e-3).tolist()
    [1.0, 0.0, 0.5, 0.5]
    """
    return (leads > tie).to(leads.dtype) + (leads.abs() <= tie).to(leads.dtype) / 2


def from_batch(batch: Batch, tau: float = 0.0) -> Pairs:
    """Each pair of a group of the batch whose scores differ by more than `tau`."""
    return from_scores(batch.scores, batch.group, tau)


def from_scores(scores: Tensor, group: Tensor, tau: float = 0.0) -> Pairs:
    """Each pair of a group whose scores differ by more than `tau`: (R,), (R,) -> (P,) x3, by the better one.

    >>> import torch
    >>> pairs = from_scores(torch.tensor([2., 1., 1., 5.]), torch.tensor([0, 0, 0, 1]))
    >>> pairs.better.tolist(), pairs.worse.tolist(), pairs.weight.tolist()
    ([0, 0], [1, 2], [0.5, 0.5])
    """
    higher = (group[:, None] == group[None, :]) & (scores[:, None] - scores[None, :] > tau)  # (R, R): row over column
    better, worse = higher.nonzero(as_tuple=True)
    size = group[better].bincount()
    return Pairs(better, worse, 1.0 / size[group[better]])
