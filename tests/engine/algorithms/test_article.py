"""The article's worked examples and pairwise forms: their start, their selection, and the ties they do not train on.

Answers and values are ours where the article's are not at hand; its rules, its threshold and its rewards are exact.
"""

import math
from types import SimpleNamespace

import pytest
import torch

from engine import algorithms
from engine.batch import Batch
from engine.maths import pairs
from engine.maths.advantages import gae, whiten
from engine.rewards import article

SPEC = SimpleNamespace(beta=0.3, tau=0.2)


def scored(scores: list[float], rho: list[float]) -> Batch:
    logps = torch.tensor(rho, dtype=torch.float64)[:, None].requires_grad_()
    return Batch(
        logps=logps,
        reference=torch.zeros_like(logps),
        mask=torch.ones_like(logps, dtype=torch.bool),
        group=torch.zeros(len(scores), dtype=torch.int64),
        scores=torch.tensor(scores, dtype=torch.float64),
        totals={"groups": 1.0},
    )


@pytest.mark.parametrize("key", ["grpo_pairwise", "gspo_selective"])
def test_at_the_reference_the_loss_is_ln_two(key: str) -> None:
    result = algorithms.load(key).loss(scored([0.8, 0.3, 0.5, 0.52], [0.0] * 4), SPEC)
    assert result.loss.item() == pytest.approx(math.log(2), abs=1e-6)


def test_the_articles_example_selects_its_four_pairs() -> None:
    assert selected([0.8, 0.3, 0.5, 0.52], tau=0.2) == [(1, 2), (1, 3), (1, 4), (4, 2)]


def selected(scores: list[float], tau: float) -> list[tuple[int, int]]:
    """(better, worse) of each pair that is compared, counted from 1."""
    chosen = pairs.from_scores(torch.tensor(scores, dtype=torch.float64), torch.zeros(4, dtype=torch.int64), tau)
    return [(b + 1, w + 1) for b, w in zip(chosen.better.tolist(), chosen.worse.tolist(), strict=True)]


def test_the_weather_example_scores_thanks_above_plain_above_short() -> None:
    """The rule of its first demos: 0.8 with thanks, 0.5 without, 0.2 under 5 characters. A group of them ties once."""
    answers = ["谢谢您的提问！今天天气不错。", "今天多云，带一件薄外套。", "自己看窗外。", "不知道"]
    scores = [article.rule(answer) for answer in answers]
    assert scores == [0.8, 0.5, 0.5, 0.2]
    assert selected(scores, tau=0.0) == [(1, 2), (1, 3), (1, 4), (2, 4), (3, 4)]
    result = algorithms.load("grpo_pairwise").loss(scored(scores, [0.0] * 4), SPEC)
    assert result.loss.item() == pytest.approx(0.693147, abs=1e-6)
    assert (result.metrics["pairs/used"], result.metrics["pairs/skipped"]) == (5, 1)


def test_the_poem_example_is_compared_by_its_marks() -> None:
    """The marks of the last demos: length 0.3, courtesies 0.2 each, distinct words 0.2, more than 3 words 0.3."""
    answers = [
        "很高兴为您写诗：春风吹过小河，花开满山坡。",  # length, one courtesy, distinct
        "春风吹过小河，花开满山坡。",  # length, distinct
        "春风 小河 花开 山坡",  # length, 4 words, distinct
        "不会写",  # distinct
    ]
    scores = [article.quality(answer) for answer in answers]
    assert scores == [0.7, 0.5, 0.8, 0.2]
    assert selected(scores, tau=0.0) == [(1, 2), (1, 4), (2, 4), (3, 1), (3, 2), (3, 4)]
    # 0.7 and 0.5 differ by a hair under 0.2 in float64, and a difference of tau itself is none over it.
    assert selected(scores, tau=0.2) == [(1, 4), (2, 4), (3, 2), (3, 4)]


def test_gae_over_the_batch_makes_losses_of_tens() -> None:
    """What lies behind the article's -47.5: answers taken for moments of one episode, valued by a mean of logits.

    With gamma 0.99 and lambda 0.95 the last answer misses its whole value, r - V, and 0.9405 of each advantage runs on
    to the answer before it; at ratio 1 the loss is minus their mean. V = -50 is of the order of gpt2's mean logit.
    """
    rewards, values = torch.tensor([[0.8, 0.5, 0.5, 0.2]], dtype=torch.float64), torch.full((1, 4), -50.0).double()
    seen = torch.ones(1, 4, dtype=torch.bool)
    over_batch = gae(rewards, values, seen, 0.99, 0.95)
    expected, following = [], 0.0
    for r, next_value in ((0.2, 0.0), (0.5, -50.0), (0.5, -50.0), (0.8, -50.0)):
        following = r + 0.99 * next_value + 50.0 + 0.9405 * following
        expected.insert(0, following)
    assert over_batch[0].tolist() == pytest.approx(expected)
    assert -over_batch.mean().item() == pytest.approx(-47.4, abs=0.05)
    apart = gae(rewards.T, values.T, seen.T, 0.99, 0.95)  # each answer an episode of its own, as here
    assert apart[:, 0].tolist() == pytest.approx([r + 50.0 for r in (0.8, 0.5, 0.5, 0.2)])
    assert whiten(apart, seen.T).mean().item() == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("key", ["grpo_pairwise", "gspo_selective"])
def test_the_loss_is_a_plain_loop_over_pairs(key: str) -> None:
    scores, rho = [0.8, 0.3, 0.5, 0.52], [0.4, -0.2, 0.1, 0.7]
    tau = 0.2 if key == "gspo_selective" else 0.0
    terms = [
        -math.log(1 / (1 + math.exp(-0.3 * (rho[i] - rho[j]))))
        for i in range(4)
        for j in range(4)
        if scores[i] - scores[j] > tau
    ]
    assert algorithms.load(key).loss(scored(scores, rho), SPEC).loss.item() == pytest.approx(sum(terms) / len(terms))


def test_ties_are_skipped_and_counted() -> None:
    batch = scored([1.0, 1.0, 0.0], [5.0, -5.0, 0.0])
    result = algorithms.load("grpo_pairwise").loss(batch, SPEC)
    assert (result.metrics["pairs/used"].item(), result.metrics["pairs/skipped"].item()) == (2, 1)
    only_ties = scored([1.0, 1.0], [5.0, -5.0])
    assert algorithms.load("grpo_pairwise").totals(only_ties, SPEC)["groups"] == 0


def test_selection_with_threshold_zero_is_the_pairwise_form() -> None:
    batch = scored([0.8, 0.3, 0.5, 0.52], [0.4, -0.2, 0.1, 0.7])
    selective = algorithms.load("gspo_selective").loss(batch, SimpleNamespace(beta=0.3, tau=0.0))
    assert selective.loss.item() == algorithms.load("grpo_pairwise").loss(batch, SPEC).loss.item()
