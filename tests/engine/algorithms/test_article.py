"""The article's pairwise forms: their start, their selection, and the ties they do not train on."""

import math
from types import SimpleNamespace

import pytest
import torch

from engine import algorithms
from engine.batch import Batch
from engine.maths import pairs

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
    scores = torch.tensor([0.8, 0.3, 0.5, 0.52], dtype=torch.float64)
    chosen = pairs.from_scores(scores, torch.zeros(4, dtype=torch.int64), tau=0.2)
    numbers = {frozenset((b + 1, w + 1)) for b, w in zip(chosen.better.tolist(), chosen.worse.tolist(), strict=True)}
    assert numbers == {frozenset(p) for p in ((1, 2), (1, 3), (1, 4), (2, 4))}


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
