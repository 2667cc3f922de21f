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

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from engine.algorithms.clipped import Clipping, ratio_metrics, token_mean
from engine.batch import Batch, LossResult, Targets
from engine.maths.advantages import gae, whiten
from engine.maths.logprobs import log_ratio, sequence_sum
from engine.maths.surrogates import clipped_surrogate, clipped_value_loss

if TYPE_CHECKING:
    from engine.spec.policy_gradients import PPO


def totals(batch: Batch, spec: "PPO") -> dict[str, float]:
    """Response tokens: what the loss is divided by."""
    return {"tokens": float(batch.mask.sum())}


def targets(rollout: Batch, spec: "PPO", carry: Mapping[str, Any]) -> Targets:
    """Whitened advantages and the critic's returns, (R, T). The KL weight moves from one rollout to the next."""
    kl_coefficient: float = carry.get("kl_coefficient", spec.kl_coefficient)
    last = rollout.mask & (rollout.mask.cumsum(-1) == rollout.mask.sum(-1, keepdim=True))
    kl = kl_to_reference(rollout)  # (R, T)
    rewards = last * rollout.scores[:, None].to(rollout.logps.dtype) - kl_coefficient * kl
    values = torch.where(rollout.mask, rollout.old_values, 0.0)
    raw = gae(rewards, values, rollout.mask, spec.gamma, spec.gae_lambda)
    returns, mean_kl = raw + values, float(sequence_sum(kl, rollout.mask).mean())
    earned = gae(rewards, torch.zeros_like(values), rollout.mask, spec.gamma, 1.0)  # sums of rewards: no value in them
    return Targets(
        values={"advantages": whiten(raw, rollout.mask), "returns": returns},
        metrics={
            "objective/kl": mean_kl,
            "kl_coefficient": kl_coefficient,
            "value/explained_variance": explained_variance(values, earned, rollout.mask),
        },
        carry={"kl_coefficient": adapted_kl_coefficient(kl_coefficient, mean_kl, spec, len(rollout.mask))},
    )


def kl_to_reference(rollout: Batch) -> Tensor:
    """log pi_old - log ref of each token, 0 off the mask: (R, T)."""
    return log_ratio(rollout.old, rollout.reference, rollout.mask)


def explained_variance(values: Tensor, returns: Tensor, mask: Tensor) -> float:
    """1 - Var(G - V) / Var(G) over the tokens of the mask, 1 at best: (R, T) x3 -> float.

    `returns` G are the discounted sums of the rewards that followed (Monte Carlo; Sutton and Barto 2018, eq. 3.8), not
    the critic's own targets: those hold V wherever lambda is below 1, so a critic would explain itself. Any constant
    critic has 0.

    >>> mask = torch.ones(1, 2, dtype=torch.bool)
    >>> explained_variance(torch.tensor([[0.5, 0.5]]), torch.tensor([[0.0, 1.0]]), mask)
    0.0
    """
    unexplained = (returns[mask] - values[mask]).var() / returns[mask].var().clamp(min=1e-12)
    return float(1 - unexplained)


def adapted_kl_coefficient(kl_coefficient: float, kl: float, spec: "PPO", responses: int) -> float:
    """The next KL weight, moved towards `kl_target` (arXiv:1909.08593, sec. 2.2); unchanged where none is set."""
    if spec.kl_target is None:
        return kl_coefficient
    error = min(max(kl / spec.kl_target - 1, -0.2), 0.2)
    return kl_coefficient * (1 + error * responses / spec.kl_horizon)


def clipping(batch: Batch, spec: "PPO") -> Clipping:
    """The ratio of each token, 1 off the mask."""
    return Clipping(log_ratio(batch.logps, batch.old, batch.mask).exp(), spec.epsilon, spec.epsilon)


def loss(batch: Batch, spec: "PPO") -> LossResult:
    """This micro-batch's share of the policy's clipped surrogate and the value head's clipped error."""
    clip = clipping(batch, spec)
    policy = clipped_surrogate(clip.ratio, batch.advantages, clip.low, clip.high)
    value = clipped_value_loss(batch.values, batch.old_values, batch.returns, spec.value_epsilon)
    value_clipped = value > 0.5 * (batch.values - batch.returns) ** 2
    share = sequence_sum(policy, batch.mask).sum() + spec.value_coefficient * sequence_sum(value, batch.mask).sum()
    metrics = {
        **ratio_metrics(clip, batch.advantages, batch.mask),
        "loss/policy_avg": token_mean(policy, batch.mask),
        "loss/value_avg": token_mean(value, batch.mask),
        "val/clipfrac_avg": token_mean(value_clipped, batch.mask),
    }
    return LossResult(share / batch.totals["tokens"], metrics)
