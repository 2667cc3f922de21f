r"""Group sequence policy optimization (arXiv:2507.18071, eq. 5 to 7): GRPO with one ratio for a whole answer.

$$ s_i = \exp\Big(\frac{1}{|y_i|} \sum_t \log \frac{\pi(y_{i,t})}{\pi_{old}(y_{i,t})}\Big) \qquad
   L = -\frac{1}{R} \sum_i \min(s_i \hat A_i, \mathrm{clip}(s_i, 1 - \epsilon, 1 + \epsilon_{high}) \hat A_i) $$

Widths are a thousandth of GRPO's, since s is a mean over tokens. With one update a rollout s is 1 and GSPO is GRPO with
`mean: sequence`: several minibatches make it move. `ratio: token` is GSPO-token (eq. 13): the value of s on each token,
its gradient through that token alone. Shapes: R answers, T tokens; advantages (R, T), one value an answer.

Worked example: one answer of two tokens, advantage 1, token ratios 1.0 and 1.21: s = sqrt(1.21) = 1.1, clipped at 1.05,
so the loss is -1.05.

>>> import torch
>>> from types import SimpleNamespace
>>> batch = Batch(
...     logps=torch.tensor([[1.0, 1.21]]).log(),
...     old=torch.zeros(1, 2),
...     mask=torch.ones(1, 2, dtype=torch.bool),
...     group=torch.tensor([0]),
...     advantages=torch.ones(1, 2),
...     totals={"tokens": 2.0, "responses": 1.0},
... )
>>> result = loss(batch, SimpleNamespace(epsilon=0.05, epsilon_high=0.05, kl_coefficient=0.0, ratio="sequence"))
>>> print(f"{result.loss:.2f}")
-1.05

Left out: sampling and scoring the answers (`engine.runtime.training.rollouts`).
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from torch import Tensor

from engine.algorithms.clipped import Clipping, group_targets, ratio_metrics, response_totals, token_mean
from engine.batch import Batch, LossResult, Targets
from engine.maths.logprobs import log_ratio, sequence_mean
from engine.maths.surrogates import clipped_surrogate, kl_k3

if TYPE_CHECKING:
    from engine.spec.policy_gradients import GSPO


def totals(batch: Batch, spec: "GSPO") -> dict[str, float]:
    """Answers, which the loss is divided by, and their tokens."""
    return response_totals(batch)


def targets(rollout: Batch, spec: "GSPO", carry: Mapping[str, Any]) -> Targets:
    """The advantage of each answer within its group, on each of its tokens."""
    return group_targets(rollout, spec.scale)


def clipping(batch: Batch, spec: "GSPO") -> Clipping:
    """The ratio s of each answer, on each of its tokens."""
    log_ratios = log_ratio(batch.logps, batch.old, batch.mask)  # (R, T)
    return Clipping(sequence_ratio(log_ratios, batch.mask, spec.ratio == "token"), spec.epsilon, spec.epsilon_high)


def loss(batch: Batch, spec: "GSPO") -> LossResult:
    """This micro-batch's share of the clipped surrogate over sequence ratios, plus the KL penalty where one is set."""
    clip = clipping(batch, spec)
    per_token = clipped_surrogate(clip.ratio, batch.advantages, clip.low, clip.high)
    metrics = ratio_metrics(clip, batch.advantages, batch.mask)
    if spec.kl_coefficient:
        kl = kl_k3(log_ratio(batch.logps, batch.reference, batch.mask))
        per_token = per_token + spec.kl_coefficient * kl
        metrics["kl"] = token_mean(kl, batch.mask)
    share = sequence_mean(per_token, batch.mask).sum() / batch.totals["responses"]
    return LossResult(share, metrics)


def sequence_ratio(log_ratios: Tensor, mask: Tensor, through_token: bool) -> Tensor:
    """s_i on every token of answer i: (R, T), (R, T) -> (R, T). `through_token` sends the gradient as eq. 14 does."""
    mean = sequence_mean(log_ratios, mask)[:, None]
    if through_token:
        return (mean.detach() + log_ratios - log_ratios.detach()).exp()
    return mean.exp().expand_as(log_ratios)
