r"""Group relative policy optimization (arXiv:2402.03300, eq. 3 and 4), with the options of its two successors.

For G answers of one prompt with rewards r_i, and the token ratio w_t = pi(y_t) / pi_old(y_t),

$$ \hat A_i = \frac{r_i - \mathrm{mean}(r)}{\mathrm{std}(r)} \qquad
   l_t = -\min(w_t \hat A_i, \mathrm{clip}(w_t, 1 - \epsilon, 1 + \epsilon_{high}) \hat A_i) + c \, k_3(t) $$

with k3 = exp(-x) - 1 + x, x = log pi - log ref (`kl_coefficient` c), and the mean over tokens taken as `mean` says:

| mean | loss of an update | source |
|---|---|---|
| sequence | mean over answers of the mean over their tokens | arXiv:2402.03300, eq. 3 |
| token | sum over all tokens / number of tokens | DAPO, arXiv:2503.14476, eq. 8 |
| constant | sum over all tokens / (answers x max_new_tokens) | Dr. GRPO, arXiv:2503.20783 |

Dr. GRPO is `scale` off, which leaves the std out, with `mean: constant`. `epsilon_high` widens the upper clip: with
`mean: token` these are two of DAPO's four parts; dynamic sampling and overlong reward shaping are not here. Shapes: R
answers, T tokens.

Worked example: one answer of two tokens, advantage 1, ratios 1.5 and 0.5, clip 0.2, no KL: gains min(1.5, 1.2) = 1.2
and min(0.5, 0.8) = 0.5, so the loss is -(1.2 + 0.5) / 2 = -0.85, and one token of two is clipped from above.

>>> import torch
>>> from types import SimpleNamespace
>>> batch = Batch(
...     logps=torch.tensor([[1.5, 0.5]]).log(),
...     old=torch.zeros(1, 2),
...     mask=torch.ones(1, 2, dtype=torch.bool),
...     group=torch.tensor([0]),
...     advantages=torch.ones(1, 2),
...     totals={"tokens": 2.0, "responses": 1.0},
... )
>>> spec = SimpleNamespace(epsilon=0.2, epsilon_high=None, kl_coefficient=0.0, mean="sequence")
>>> result = loss(batch, spec)
>>> print(f"{result.loss:.2f} {result.metrics['clip_ratio/high_mean'].total:.0f}")
-0.85 1

Left out: sampling and scoring the answers (`engine.runtime.training.rollouts`).
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from torch import Tensor

from engine.algorithms.clipped import Clipping, group_targets, ratio_metrics, response_totals, token_mean
from engine.batch import Batch, LossResult, Targets
from engine.maths.logprobs import log_ratio, sequence_mean, sequence_sum
from engine.maths.surrogates import clipped_surrogate, kl_k3

if TYPE_CHECKING:
    from engine.spec.policy_gradients import GRPO


def totals(batch: Batch, spec: "GRPO") -> dict[str, float]:
    """Answers and their tokens: what the loss is divided by."""
    return response_totals(batch)


def targets(rollout: Batch, spec: "GRPO", carry: Mapping[str, Any]) -> Targets:
    """The advantage of each answer within its group, on each of its tokens."""
    return group_targets(rollout, spec.scale)


def clipping(batch: Batch, spec: "GRPO") -> Clipping:
    """The ratio of each token, 1 off the mask."""
    high = spec.epsilon if spec.epsilon_high is None else spec.epsilon_high
    return Clipping(log_ratio(batch.logps, batch.old, batch.mask).exp(), spec.epsilon, high)


def loss(batch: Batch, spec: "GRPO") -> LossResult:
    """This micro-batch's share of the clipped surrogate plus the KL penalty."""
    clip = clipping(batch, spec)
    per_token = clipped_surrogate(clip.ratio, batch.advantages, clip.low, clip.high)
    metrics = ratio_metrics(clip, batch.advantages, batch.mask)
    if spec.kl_coefficient:
        kl = kl_k3(log_ratio(batch.logps, batch.reference, batch.mask))
        per_token = per_token + spec.kl_coefficient * kl
        metrics["kl"] = token_mean(kl, batch.mask)
    return LossResult(reduced(per_token, batch, spec), metrics)


def reduced(per_token: Tensor, batch: Batch, spec: "GRPO") -> Tensor:
    """The micro-batch's share of the mean that `spec.mean` names: (R, T) -> 0-d."""
    if spec.mean == "sequence":
        return sequence_mean(per_token, batch.mask).sum() / batch.totals["responses"]
    total = sequence_sum(per_token, batch.mask).sum()
    if spec.mean == "token":
        return total / batch.totals["tokens"]
    return total / (batch.totals["responses"] * spec.sampling.max_new_tokens)
