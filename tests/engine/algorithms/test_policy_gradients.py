"""ppo, grpo and gspo: identities that tie them to each other and to REINFORCE, and plain loops from the papers."""

import math
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from engine import algorithms
from engine.algorithms import gspo, ppo
from engine.batch import Batch

GRPO = SimpleNamespace(
    epsilon=0.2, epsilon_high=None, kl_coefficient=0.0, mean="sequence", sampling=SimpleNamespace(max_new_tokens=5)
)
GSPO = SimpleNamespace(epsilon=0.2, epsilon_high=0.2, kl_coefficient=0.0, ratio="sequence")
PPO = SimpleNamespace(epsilon=0.2, value_epsilon=0.2, value_coefficient=0.0)
SPECS = {"grpo": GRPO, "gspo": GSPO, "ppo": PPO}


def rollout(lengths: list[int], drift: float, seed: int = 0) -> Batch:
    """Answers of these lengths whose policy moved by about `drift` nats a token since they were sampled."""
    random = torch.Generator().manual_seed(seed)
    shape = (len(lengths), max(lengths))
    mask = torch.arange(shape[1]) < torch.tensor(lengths)[:, None]

    def noise(scale: float = 1.0) -> torch.Tensor:
        return torch.where(mask, scale * torch.randn(shape, generator=random, dtype=torch.float64), 0.0)

    old = -noise().abs()
    return Batch(
        logps=(old + noise(drift)).requires_grad_(),
        old=old,
        reference=old + noise(0.1),
        mask=mask,
        group=torch.arange(len(lengths)) // 2,
        scores=torch.rand(len(lengths), generator=random, dtype=torch.float64),
        advantages=noise()[:, :1].expand(shape),
        values=noise().requires_grad_(),
        old_values=noise(),
        returns=noise(),
        totals={"tokens": float(mask.sum()), "responses": float(len(lengths))},
    )


def gradient(key: str, batch: Batch, spec: Any) -> torch.Tensor:
    (actual,) = torch.autograd.grad(algorithms.load(key).loss(batch, spec).loss, batch.logps)
    return actual


@pytest.mark.parametrize("key", SPECS)
def test_at_ratio_one_the_gradient_is_that_of_reinforce(key: str) -> None:
    batch = rollout([3, 3], drift=0.0)  # equal lengths: token mean and answer mean are the same
    expected = -batch.advantages / batch.mask.sum()
    torch.testing.assert_close(gradient(key, batch, SPECS[key]), expected)


def test_gspo_on_one_token_answers_is_grpo_at_the_same_clip() -> None:
    batch = rollout([1, 1, 1, 1], drift=0.5)
    torch.testing.assert_close(
        algorithms.load("gspo").loss(batch, GSPO).loss,
        algorithms.load("grpo").loss(batch, GRPO).loss,
        rtol=1e-6,
        atol=0,
    )
    torch.testing.assert_close(gradient("gspo", batch, GSPO), gradient("grpo", batch, GRPO))


@pytest.mark.parametrize("mean", ["sequence", "token", "constant"])
def test_at_ratio_one_gspo_is_grpo_with_the_mean_over_answers_alone(mean: str) -> None:
    batch = rollout([3, 1, 2, 4], drift=0.0)
    grpo = SimpleNamespace(**{**vars(GRPO), "mean": mean})
    same_loss = torch.isclose(algorithms.load("grpo").loss(batch, grpo).loss, gspo.loss(batch, GSPO).loss)
    same_gradient = torch.allclose(gradient("grpo", batch, grpo), gradient("gspo", batch, GSPO))
    assert [bool(same_loss), same_gradient] == [mean == "sequence"] * 2


def test_gspo_token_has_the_value_of_gspo_and_its_own_gradient() -> None:
    by_token = SimpleNamespace(**{**vars(GSPO), "ratio": "token"})
    batch = rollout([3, 2], drift=0.05)
    # With one advantage an answer the two gradients are the same (the paper's eq. 14 and its remark).
    batch = batch.replace(advantages=torch.tensor([[1.0, -2.0, 0.5], [0.3, 1.5, 0.0]], dtype=torch.float64))
    torch.testing.assert_close(gspo.loss(batch, by_token).loss, gspo.loss(batch, GSPO).loss)
    through_token = gradient("gspo", batch, by_token)
    ratio = gspo.sequence_ratio((batch.logps - batch.old).detach(), batch.mask, through_token=False)
    lengths = batch.mask.sum(-1, keepdim=True)
    torch.testing.assert_close(through_token, torch.where(batch.mask, -ratio * batch.advantages / lengths / 2, 0.0))


@pytest.mark.parametrize("mean", ["sequence", "token", "constant"])
@pytest.mark.parametrize("kl", [0.0, 0.04])
def test_grpo_is_the_papers_loop(mean: str, kl: float) -> None:
    batch = rollout([4, 2, 3, 1], drift=0.4)
    spec = SimpleNamespace(**{**vars(GRPO), "mean": mean, "kl_coefficient": kl, "epsilon_high": 0.28})
    answers = []
    for r, length in enumerate(batch.mask.sum(-1).tolist()):
        terms = []
        for t in range(length):
            w = math.exp(batch.logps[r, t].item() - batch.old[r, t].item())
            a, x = batch.advantages[r, t].item(), batch.logps[r, t].item() - batch.reference[r, t].item()
            terms.append(-min(w * a, max(min(w, 1.28), 0.8) * a) + kl * (math.exp(-x) - 1 + x))
        answers.append(terms)
    tokens = [term for terms in answers for term in terms]
    expected = {
        "sequence": sum(sum(terms) / len(terms) for terms in answers) / 4,
        "token": sum(tokens) / len(tokens),
        "constant": sum(tokens) / (4 * 5),
    }[mean]
    assert algorithms.load("grpo").loss(batch, spec).loss.item() == pytest.approx(expected, rel=1e-9)


def test_gspo_is_the_papers_loop() -> None:
    batch, total = rollout([4, 2, 3, 1], drift=0.4), 0.0
    for r, length in enumerate(batch.mask.sum(-1).tolist()):
        s = math.exp(sum(batch.logps[r, t].item() - batch.old[r, t].item() for t in range(length)) / length)
        a = batch.advantages[r, 0].item()
        total += -min(s * a, max(min(s, 1.2), 0.8) * a)
    assert gspo.loss(batch, GSPO).loss.item() == pytest.approx(total / 4, rel=1e-9)


def test_ppo_is_the_papers_loop() -> None:
    batch, terms, cut = rollout([4, 2, 3, 1], drift=0.4), [], []
    for r, length in enumerate(batch.mask.sum(-1).tolist()):
        for t in range(length):
            w, a = math.exp(batch.logps[r, t].item() - batch.old[r, t].item()), batch.advantages[r, t].item()
            v, old, target = (tensor[r, t].item() for tensor in (batch.values, batch.old_values, batch.returns))
            near = max(min(v, old + 0.3), old - 0.3)
            gain = min(w * a, max(min(w, 1.2), 0.8) * a)
            cut.append(abs(near - target) > abs(v - target))
            terms.append(-gain + 0.5 * 0.5 * max((v - target) ** 2, (near - target) ** 2))
    spec = SimpleNamespace(epsilon=0.2, value_epsilon=0.3, value_coefficient=0.5)
    actual = ppo.loss(batch, spec)
    assert actual.loss.item() == pytest.approx(sum(terms) / len(terms), rel=1e-9)
    clipped = actual.metrics["val/clipfrac_avg"]
    assert 0 < clipped.total / clipped.weight == sum(cut) / len(cut) < 1


def test_what_ppo_learns_from_is_whitened_and_what_its_critic_learns_is_not() -> None:
    batch = rollout([3, 2, 4, 1], drift=0.0)
    targets = ppo.targets(
        batch, SimpleNamespace(gamma=0.9, gae_lambda=0.8, kl_coefficient=0.0, kl_target=None), {}
    ).values
    advantages, returns = targets["advantages"][batch.mask], targets["returns"][batch.mask]
    assert advantages.mean().item() == pytest.approx(0, abs=1e-6)
    assert advantages.var().item() == pytest.approx(1, abs=1e-6)
    for r, length in enumerate([3, 2, 4, 1]):  # the last token: its return is the score, its advantage what was missing
        assert targets["returns"][r, length - 1].item() == pytest.approx(batch.scores[r].item())
    raw = returns - batch.old_values[batch.mask]
    torch.testing.assert_close(advantages, (raw - raw.mean()) / raw.std())


def earned(batch: Batch, gamma: float) -> torch.Tensor:
    """What followed each token: the discounted score, one loop step at a time: (R, T)."""
    sums = torch.zeros_like(batch.old_values)
    for r, length in enumerate(batch.mask.sum(-1).tolist()):
        for t in range(length):
            sums[r, t] = gamma ** (length - 1 - t) * batch.scores[r]
    return sums


def explained(batch: Batch, gae_lambda: float) -> float:
    spec = SimpleNamespace(gamma=0.9, gae_lambda=gae_lambda, kl_coefficient=0.0, kl_target=None)
    return ppo.targets(batch, spec, {}).metrics["value/explained_variance"]


def test_explained_variance_is_that_of_what_answers_earned() -> None:
    batch = rollout([3, 2, 4, 1], drift=0.0)
    sums = earned(batch, gamma=0.9)
    seen = batch.mask
    expected = 1 - (sums[seen] - batch.old_values[seen]).var() / sums[seen].var()
    assert explained(batch, 0.95) == pytest.approx(expected.item(), rel=1e-6)
    assert explained(batch.replace(old_values=sums), 0.95) == pytest.approx(1)
    assert explained(batch.replace(old_values=torch.full_like(sums, 7.0)), 0.95) == pytest.approx(0)


def test_a_critic_does_not_explain_itself() -> None:
    """With lambda 0 its targets are almost its own estimates: measured by them, noise foresees nearly everything."""
    batch = rollout([4] * 6, drift=0.0)
    noise = batch.replace(old_values=10 * batch.old_values)
    own_targets = ppo.targets(
        noise, SimpleNamespace(gamma=0.9, gae_lambda=0.0, kl_coefficient=0.0, kl_target=None), {}
    ).values["returns"]
    assert explained(noise, 0.0) == explained(noise, 1.0) < -10
    assert ppo.explained_variance(noise.old_values, own_targets, noise.mask) > explained(noise, 0.0) + 5


def test_ppo_adds_the_critics_error() -> None:
    batch = rollout([3, 2], drift=0.3)
    spec = SimpleNamespace(**{**vars(PPO), "value_coefficient": 0.5})
    policy, both = ppo.loss(batch, PPO).loss, ppo.loss(batch, spec)
    value = both.metrics["loss/value_avg"]
    torch.testing.assert_close(both.loss, policy + 0.5 * value.total / value.weight)
    (to_critic,) = torch.autograd.grad(both.loss, batch.values)
    assert to_critic[batch.mask].any()
    assert not to_critic[~batch.mask].any()


def test_ppo_puts_the_score_on_the_last_token_and_the_kl_on_every_one() -> None:
    batch = rollout([3, 2], drift=0.0)
    spec = SimpleNamespace(gamma=1.0, gae_lambda=1.0, kl_coefficient=0.1, kl_target=None)
    returns = ppo.targets(batch, spec, {}).values["returns"]
    kl = 0.1 * (batch.old - batch.reference)
    for r, length in enumerate([3, 2]):
        for t in range(length):
            expected = batch.scores[r].item() - kl[r, t:length].sum().item()
            assert returns[r, t].item() == pytest.approx(expected, rel=1e-9)


def test_the_kl_weight_of_ppo_is_carried_from_rollout_to_rollout() -> None:
    batch = rollout([3, 2], drift=0.0)
    spec = SimpleNamespace(gamma=1.0, gae_lambda=1.0, kl_coefficient=0.1, kl_target=6.0, kl_horizon=100)
    first = ppo.targets(batch, spec, {})
    second = ppo.targets(batch, spec, first.carry)
    kl = (batch.old - batch.reference).sum(-1).mean().item()
    assert kl < 0.8 * 6.0  # two answers so far below the target: the error is cut to -0.2
    factor = 1 - 0.2 * 2 / 100
    assert first.metrics["objective/kl"] == pytest.approx(kl)
    assert [targets.metrics["kl_coefficient"] for targets in (first, second)] == pytest.approx([0.1, 0.1 * factor])
    assert second.carry == {"kl_coefficient": pytest.approx(0.1 * factor**2)}
    last = batch.mask.sum(-1) - 1
    gain = (first.values["returns"] - second.values["returns"])[range(2), last]
    torch.testing.assert_close(gain, -0.1 * (1 - factor) * (batch.old - batch.reference)[range(2), last])


def test_the_kl_weight_moves_towards_its_target() -> None:
    spec = SimpleNamespace(kl_target=6.0, kl_horizon=100)
    assert ppo.adapted_kl_coefficient(0.1, kl=12.0, spec=spec, responses=10) == pytest.approx(0.1 * (1 + 0.2 * 0.1))
    assert ppo.adapted_kl_coefficient(0.1, kl=3.0, spec=spec, responses=10) == pytest.approx(0.1 * (1 - 0.2 * 0.1))
    assert ppo.adapted_kl_coefficient(0.1, kl=3.0, spec=SimpleNamespace(kl_target=None), responses=10) == 0.1
