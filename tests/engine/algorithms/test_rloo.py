"""rloo: rewards and advantages by hand, and a plain loop over answers and tokens for the loss and its gradient."""

import math
from typing import Any

import pytest
import torch

from engine.algorithms import rloo
from engine.batch import Batch
from engine.spec import Train, parse

LENGTHS = [4, 2, 3, 1, 5, 2]  # three answers to each of two prompts


def spec(**own: Any) -> Train:
    return parse({"algorithm": "rloo", "data": {"dataset": "any"}, **own})


def rollout(moved: float = 0.1) -> Batch:
    """Answers whose policy moved by about `moved` nats a token since they were sampled; noise stands off the mask."""
    random = torch.Generator().manual_seed(4)
    shape = (len(LENGTHS), max(LENGTHS))

    def noise() -> torch.Tensor:
        return torch.randn(shape, generator=random, dtype=torch.float64)

    old = -noise().abs()
    return Batch(
        logps=(old + moved * noise()).requires_grad_(),
        old=old,
        reference=old + 0.3 * noise(),
        mask=torch.arange(shape[1]) < torch.tensor(LENGTHS)[:, None],
        group=torch.tensor([0, 0, 0, 1, 1, 1]),
        scores=torch.rand(len(LENGTHS), generator=random, dtype=torch.float64),
        totals={"tokens": float(sum(LENGTHS)), "responses": float(len(LENGTHS))},
    )


def plain_advantages(batch: Batch, beta: float, normalize: bool) -> list[float]:
    """TRL's RLOOTrainer, one answer at a time."""
    old, reference = batch.old.tolist(), batch.reference.tolist()
    rewards = [
        score - beta * sum(old[r][t] - reference[r][t] for t in range(LENGTHS[r]))
        for r, score in enumerate(batch.scores.tolist())
    ]
    advantages = []
    for r, reward in enumerate(rewards):
        others = [rewards[j] for j in range(6) if j != r and j // 3 == r // 3]
        advantages.append(reward - sum(others) / len(others))
    if normalize:
        mean = sum(advantages) / 6
        deviation = math.sqrt(sum((a - mean) ** 2 for a in advantages) / 5)
        advantages = [(a - mean) / (deviation + 1e-4) for a in advantages]
    return advantages


@pytest.mark.parametrize("normalize", [False, True])
@pytest.mark.parametrize("beta", [0.0, 0.05, 0.5])
def test_advantages_are_those_of_a_plain_loop(beta: float, normalize: bool) -> None:
    batch = rollout()
    targets = rloo.targets(batch, spec(kl_coefficient=beta, normalize_advantages=normalize), {})
    advantages = targets.values["advantages"]
    assert advantages.shape == batch.mask.shape
    for r, expected in enumerate(plain_advantages(batch, beta, normalize)):
        assert advantages[r].tolist() == pytest.approx([expected] * 5, abs=1e-5)
    kl = [(batch.old - batch.reference)[r, :length].sum().item() for r, length in enumerate(LENGTHS)]
    assert targets.metrics == ({"objective/kl": pytest.approx(sum(kl) / 6)} if beta else {})


@pytest.mark.parametrize("high", [None, 0.5])
def test_loss_and_gradient_are_those_of_a_plain_loop(high: float | None) -> None:
    batch, own = rollout(moved=0.3), spec(epsilon_high=high)
    batch = batch.replace(**rloo.targets(batch, own, {}).values)
    total, slopes, clipped = 0.0, [], 0
    for r, advantage in enumerate(plain_advantages(batch, 0.05, False)):
        w = math.exp(sum((batch.logps - batch.old)[r, : LENGTHS[r]].tolist()))
        inside = max(min(w, 1 + (high or 0.2)), 0.8)
        total -= min(w * advantage, inside * advantage) / 6
        clipped += w * advantage > inside * advantage
        slope = 0.0 if w * advantage > inside * advantage else -w * advantage / 6
        slopes.append([slope if t < LENGTHS[r] else 0.0 for t in range(5)])
    assert 0 < clipped < 6
    loss = rloo.loss(batch, own).loss
    assert loss.item() == pytest.approx(total, abs=1e-5)
    (gradient,) = torch.autograd.grad(loss, batch.logps)
    torch.testing.assert_close(gradient, torch.tensor(slopes, dtype=torch.float64), atol=1e-5, rtol=0)


def test_right_after_sampling_the_gradient_is_that_of_reinforce_on_whole_answers() -> None:
    batch = rollout(moved=0.0)
    batch = batch.replace(**rloo.targets(batch, spec(), {}).values)
    (gradient,) = torch.autograd.grad(rloo.loss(batch, spec()).loss, batch.logps)
    torch.testing.assert_close(gradient, torch.where(batch.mask, -batch.advantages.double() / 6, 0.0))


def test_the_kl_of_a_whole_answer_is_in_its_reward() -> None:
    """Scores 1 and 0, KL 1 - 0.5 = 0.5 and -0.5: rewards 0.95 and 0.05 at weight 0.1, each the other's baseline."""
    batch = Batch(
        logps=torch.zeros(2, 2),
        old=torch.tensor([[1.0, -0.5], [-0.5, 7.0]]),
        reference=torch.zeros(2, 2),
        mask=torch.tensor([[True, True], [True, False]]),
        group=torch.tensor([0, 0]),
        scores=torch.tensor([1.0, 0.0], dtype=torch.float64),
        totals={},
    )
    advantages = rloo.targets(batch, spec(kl_coefficient=0.1), {}).values["advantages"]
    torch.testing.assert_close(advantages, torch.tensor([[0.9, 0.9], [-0.9, -0.9]]))


def test_an_answer_without_others_teaches_nothing() -> None:
    rewards = torch.tensor([3.0, 1.0, 2.0])
    assert rloo.leave_one_out(rewards, torch.tensor([0, 1, 1])).tolist() == [0.0, -1.0, 1.0]


def test_a_kl_that_weighs_nothing_needs_no_reference() -> None:
    assert "reference" in spec().needs
    assert "reference" not in spec(kl_coefficient=0).needs
