"""reward: the loss of a plain loop over pairs, with and without margins."""

import math
from dataclasses import replace

import pytest
import torch

from engine.algorithms import reward
from engine.spec import parse
from tests.engine.batches import invent


def spec(**own):
    return parse({"algorithm": "reward", "data": {"dataset": "any"}, **own})


def plain(batch, margin):
    """Mean over groups of the mean over their pairs, one number at a time."""
    scores, outputs, group, strength = (
        tensor.tolist() for tensor in (batch.scores, batch.outputs, batch.group, batch.margins)
    )
    groups = []
    for number in sorted(set(group)):
        rows = [row for row in range(len(group)) if group[row] == number]
        gaps = [outputs[i] - outputs[j] - margin * strength[i] for i in rows for j in rows if scores[i] > scores[j]]
        groups += [sum(math.log1p(math.exp(-gap)) for gap in gaps) / len(gaps)] if gaps else []
    return sum(groups) / len(groups)


@pytest.mark.parametrize("margin", [0.0, 0.7])
@pytest.mark.parametrize("seed", range(3))
def test_it_equals_a_plain_loop(margin, seed):
    batch = invent((2, 4, 1, 3), seed=seed)
    run = spec(margin=margin)
    actual = reward.loss(batch.replace(totals=reward.totals(batch, run)), run).loss
    assert actual.item() == pytest.approx(plain(batch, margin), rel=1e-6)


def test_its_accuracy_is_the_share_of_pairs_in_order():
    batch = invent((2, 2))
    outputs = batch.outputs.detach().clone()
    outputs[:] = batch.scores
    right = batch.replace(outputs=outputs, totals={"groups": 2.0})
    wrong = replace(right, outputs=-outputs)
    assert [reward.loss(one, spec()).metrics["accuracy"] for one in (right, wrong)] == [(2.0, 2.0), (0.0, 2.0)]


def test_a_head_that_scores_all_answers_alike_has_an_accuracy_of_one_half():
    batch = invent((2, 2))
    start = batch.replace(outputs=torch.zeros_like(batch.outputs), totals={"groups": 2.0})
    result = reward.loss(start, spec())
    assert result.metrics["accuracy"] == (1.0, 2.0)
    assert result.loss.item() == pytest.approx(math.log(2))


def test_with_a_margin_the_loss_starts_above_ln_2():
    batch = invent((2,))
    start = batch.replace(outputs=torch.zeros_like(batch.outputs), margins=torch.ones(2), totals={"groups": 1.0})
    assert reward.loss(start, spec(margin=1.0)).loss.item() == pytest.approx(math.log(1 + math.e))
    assert spec(margin=1.0).undecided_loss is None
