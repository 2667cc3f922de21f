r"""Proximal policy optimization in its form for language models (arXiv:1707.06347, eq. 7; arXiv:2203.02155, eq. 2).

Every token is an action. Its reward is the KL penalty against the reference, and on the last token the score as well;
a value head on the policy's trunk says what to expect, and GAE (arXiv:1506.02438) what was better than expected:

$$ r_t = -c \, (\log \pi_{old}(y_t) - \log ref(y_t)) + [t = T] \, r(x, y) \qquad
   \hat A = \mathrm{whiten}(\mathrm{GAE}(r, V)) \qquad R = \mathrm{GAE}(r, V) + V $$

$$ L = \mathrm{mean}_t \big[ -\min(w_t \hat A_t, \mathrm{clip}(w_t, 1 - \epsilon, 1 + \epsilon) \hat A_t)
     + c_v \, \tfrac12 \max((V_t - R_t)^2, (\mathrm{clip}(V_t, V^{old}_t \pm \epsilon_v) - R_t)^2) \big] $$

with w_t = pi(y_t) / pi_old(y_t) and means over all tokens of the update. Shapes: R answers, T tokens.

Worked example: one token, ratio 1.5, advantage 1, clip 0.2 gains 1.2; the value 0.5 was 0 and should be 1, clipped to
0.2 it misses by 0.8, so its loss is 0.32. With value_coefficient 0.5 the loss is -1.2 + 0.5 * 0.32 = -1.04.

>>> from types import SimpleNamespace
>>> batch = Batch(
...     logps=torch.tensor([[1.5]]).log(),
...     old=torch.zeros(1, 1),
...     mask=torch.ones(1, 1, dtype=torch.bool),
...     group=torch.tensor([0]),
...     advantages=torch.ones(1, 1),
...     values=torch.tensor([[0.5]]),
...     old_values=torch.zeros(1, 1),
...     returns=torch.ones(1, 1),
...     totals={"tokens": 1.0},
... )
>>> print(f"{loss(batch, SimpleNamespace(epsilon=0.2, value_epsilon=0.2, value_coefficient=0.5)).loss:.2f}")
-1.04

Left out: sampling, scoring and the value head (`engine.runtime.training.rollouts`, `engine.models.heads`).
"""

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from engine.algorithms.grpo import ratio_metrics, token_mean
from engine.batch import Batch, LossResult
from engine.maths.advantages import gae, whiten
from engine.maths.logprobs import log_ratio, sequence_sum
from engine.maths.surrogates import clipped_surrogate, clipped_value_loss

if TYPE_CHECKING:
    from engine.spec.algorithms import PPO


def totals(batch: Batch, spec: "PPO") -> dict[str, float]:
    """Response tokens: what the loss is divided by."""
    return {"tokens": float(batch.mask.sum())}


def targets(rollout: Batch, spec: "PPO") -> dict[str, Tensor]:
    """What a rollout teaches, fixed before its first update: whitened advantages and the critic's returns, (R, T)."""
    assert rollout.scores is not None
    assert rollout.old_values is not None
    last = rollout.mask & (rollout.mask.cumsum(-1) == rollout.mask.sum(-1, keepdim=True))
    rewards = last * rollout.scores[:, None].to(rollout.logps.dtype) - spec.kl_coefficient * drift(rollout)
    values = torch.where(rollout.mask, rollout.old_values, 0.0)
    raw = gae(rewards, values, rollout.mask, spec.gamma, spec.gae_lambda)
    return {"advantages": whiten(raw, rollout.mask), "returns": raw + values}


def drift(rollout: Batch) -> Tensor:
    """log pi_old - log ref of each token, 0 where no reference was wanted: (R, T)."""
    if rollout.reference is None:
        return torch.zeros_like(rollout.logps)
    assert rollout.old is not None
    return log_ratio(rollout.old, rollout.reference, rollout.mask)


def rollout_metrics(rollout: Batch, returns: Tensor, kl_coefficient: float) -> dict[str, float]:
    """How far the policy is, what that costs, and how much of the returns the critic foresaw."""
    assert rollout.old_values is not None
    returns, values = returns[rollout.mask], rollout.old_values[rollout.mask]
    unexplained = (returns - values).var() / returns.var().clamp(min=1e-12)
    return {
        "objective/kl": float(sequence_sum(drift(rollout), rollout.mask).mean()),
        "kl_coefficient": kl_coefficient,
        "value/explained_variance": float(1 - unexplained),
    }


def adapted_kl_coefficient(kl_coefficient: float, kl: float, spec: "PPO", responses: int) -> float:
    """The next KL weight, moved towards `kl_target` (arXiv:1909.08593, sec. 2.2); unchanged where none is set."""
    if spec.kl_target is None:
        return kl_coefficient
    error = min(max(kl / spec.kl_target - 1, -0.2), 0.2)
    return kl_coefficient * (1 + error * responses / spec.kl_horizon)


def loss(batch: Batch, spec: "PPO") -> LossResult:
    """This micro-batch's share of the policy's clipped surrogate and the value head's clipped error."""
    assert batch.old is not None
    assert batch.advantages is not None
    assert batch.values is not None
    assert batch.old_values is not None
    assert batch.returns is not None
    ratio = log_ratio(batch.logps, batch.old, batch.mask).exp()  # (R, T)
    policy = clipped_surrogate(ratio, batch.advantages, spec.epsilon, spec.epsilon)
    value = clipped_value_loss(batch.values, batch.old_values, batch.returns, spec.value_epsilon)
    value_clipped = value > 0.5 * (batch.values - batch.returns) ** 2
    share = sequence_sum(policy, batch.mask).sum() + spec.value_coefficient * sequence_sum(value, batch.mask).sum()
    metrics = {
        **ratio_metrics(ratio, batch.advantages, batch.mask, spec.epsilon, spec.epsilon),
        "loss/policy_avg": token_mean(policy, batch.mask),
        "loss/value_avg": token_mean(value, batch.mask),
        "val/clipfrac_avg": token_mean(value_clipped, batch.mask),
    }
    return LossResult(share / batch.totals["tokens"], metrics)
