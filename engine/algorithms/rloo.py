r"""REINFORCE with a leave-one-out baseline (RLOO, arXiv:2402.14740): a whole answer is one action.

For G answers of one prompt with scores r_i, the KL penalty of a whole answer is part of its reward, and an answer is
measured against the mean reward of the *other* answers, which does not depend on it, so the estimate has no bias:

$$ R_i = r_i - c \sum_t \log \frac{\pi_{old}(y_{i,t})}{ref(y_{i,t})} \qquad
   \hat A_i = R_i - \frac{1}{G - 1} \sum_{j \ne i} R_j = \frac{G}{G - 1} (R_i - \mathrm{mean}(R)) $$

With one update a rollout the gradient is that of REINFORCE, A_i times the gradient of log pi(y_i). For several updates
the probability ratio of the answer is clipped, as TRL's RLOOTrainer does:

$$ w_i = \exp\Big(\sum_t \log \frac{\pi(y_{i,t})}{\pi_{old}(y_{i,t})}\Big) \qquad
   L = -\frac{1}{R} \sum_i \min(w_i \hat A_i, \mathrm{clip}(w_i, 1 - \epsilon, 1 + \epsilon_{high}) \hat A_i) $$

| option | what it does | source |
|---|---|---|
| `kl_coefficient` c | weight of the KL in the reward; 0 needs no reference | arXiv:2402.14740; 0.05 as TRL's `beta` |
| `epsilon`, `epsilon_high` | clip of the ratio of an answer, upwards `epsilon` where none is set | TRL |
| `normalize_advantages` | (A - mean) / (std + 1e-4) over all answers of the rollout | TRL |

Shapes: R answers, T tokens; advantages (R, T), one value an answer.

Worked example: three answers with rewards 1, 0 and 0.5 and no KL have advantages 1 - 0.25 = 0.75, 0 - 0.75 = -0.75 and
0. The first has token ratios 1.5 and 1, so w = 1.5, clipped at 1.2; the others are as likely as when they were sampled.
The loss is (-1.2 * 0.75 + 0.75 + 0) / 3 = -0.05.

>>> from types import SimpleNamespace
>>> spec = SimpleNamespace(epsilon=0.2, epsilon_high=None, kl_coefficient=0.0, normalize_advantages=False)
>>> batch = Batch(
...     logps=torch.tensor([[1.5, 1.0], [1.0, 1.0], [1.0, 1.0]]).log(),
...     old=torch.zeros(3, 2),
...     mask=torch.ones(3, 2, dtype=torch.bool),
...     group=torch.tensor([0, 0, 0]),
...     scores=torch.tensor([1.0, 0.0, 0.5], dtype=torch.float64),
...     totals={"tokens": 6.0, "responses": 3.0},
... )
>>> batch = batch.replace(**targets(batch, spec, {}).values)
>>> batch.advantages[:, 0].tolist()
[0.75, -0.75, 0.0]
>>> print(f"{loss(batch, spec).loss:.2f}")
-0.05

Left out: sampling and scoring the answers (`engine.runtime.training.rollouts`).
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from engine.algorithms.clipped import Clipping, ratio_metrics, response_targets, response_totals
from engine.batch import Batch, LossResult, Targets
from engine.maths.advantages import STD_FLOOR, group_relative
from engine.maths.logprobs import log_ratio, sequence_sum
from engine.maths.surrogates import clipped_surrogate

if TYPE_CHECKING:
    from engine.spec.policy_gradients import RLOO


def totals(batch: Batch, spec: "RLOO") -> dict[str, float]:
    """Answers, which the loss is divided by, and their tokens."""
    return response_totals(batch)


def targets(rollout: Batch, spec: "RLOO", carry: Mapping[str, Any]) -> Targets:
    """The leave-one-out advantage of each answer, on each of its tokens: (R, T)."""
    rewards, metrics = rollout.scores, {}  # (R,) float64
    if spec.kl_coefficient:
        kl = sequence_sum(log_ratio(rollout.old, rollout.reference, rollout.mask), rollout.mask)  # (R,)
        rewards, metrics = rewards - spec.kl_coefficient * kl, {"objective/kl": float(kl.mean())}
    advantages = leave_one_out(rewards, rollout.group)
    if spec.normalize_advantages:
        advantages = (advantages - advantages.mean()) / (advantages.std() + STD_FLOOR)
    return Targets(response_targets(advantages, rollout).values, metrics)


def leave_one_out(rewards: Tensor, group: Tensor) -> Tensor:
    """Each reward minus the mean of the others of its group, 0 in a group of one: (R,), (R,) -> (R,)."""
    size = group.bincount()[group]
    return group_relative(rewards, group, scale=False) * size / (size - 1).clamp(min=1)


def clipping(batch: Batch, spec: "RLOO") -> Clipping:
    """The ratio w of each answer, on each of its tokens."""
    ratio = sequence_sum(log_ratio(batch.logps, batch.old, batch.mask), batch.mask).exp()  # (R,)
    high = spec.epsilon if spec.epsilon_high is None else spec.epsilon_high
    return Clipping(ratio[:, None].expand(batch.mask.shape), spec.epsilon, high)


def loss(batch: Batch, spec: "RLOO") -> LossResult:
    """This micro-batch's share of the clipped surrogate over the ratios of whole answers."""
    clip = clipping(batch, spec)
    advantages = torch.where(batch.mask[:, 0], batch.advantages[:, 0], 0.0)  # (R,), the same on every token
    per_answer = clipped_surrogate(clip.ratio[:, 0], advantages, clip.low, clip.high)  # (R,)
    metrics = ratio_metrics(clip, advantages[:, None].expand(batch.mask.shape), batch.mask)
    return LossResult(per_answer.sum() / batch.totals["responses"], metrics)
