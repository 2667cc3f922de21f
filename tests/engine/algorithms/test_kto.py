"""kto: values by hand and identities, a plain loop from the paper, and a run on labelled answers."""

import math

import pytest
import torch

from engine.algorithms import kto
from engine.spec import SpecError, parse
from tests.engine.batches import invent


def spec(**own):
    return parse({"algorithm": "kto", "data": {"dataset": "any"}, **own})


def labelled(*labels, seed=0):
    batch = invent((1,) * len(labels), seed=seed)
    return batch.replace(scores=torch.tensor(labels, dtype=torch.float64), totals={"responses": float(len(labels))})


def plain(batch, beta, good, bad):
    """Eq. 8 of the paper, one answer at a time."""
    losses, z = [], batch.kto_baseline.item()
    for logps, reference, mask, label in zip(
        batch.logps.tolist(), batch.reference.tolist(), batch.mask.tolist(), batch.scores.tolist(), strict=True
    ):
        rho = sum(p - q for p, q, counts in zip(logps, reference, mask, strict=True) if counts)
        gain = rho - z if label else z - rho
        losses.append((good if label else bad) * (1 - 1 / (1 + math.exp(-beta * gain))))
    return sum(losses) / len(losses)


@pytest.mark.parametrize("seed", range(3))
def test_it_equals_a_plain_loop(seed):
    batch = labelled(1.0, 0.0, 0.0, 1.0, 1.0, seed=seed)
    own = {"beta": 0.3, "desirable_weight": 1.2, "undesirable_weight": 0.7}
    assert kto.loss(batch, spec(**own)).loss.item() == pytest.approx(plain(batch, 0.3, 1.2, 0.7), rel=1e-9)


def test_the_first_loss_is_one_half_when_the_policy_is_the_reference():
    batch = labelled(1.0, 0.0, 0.0)
    start = batch.replace(reference=batch.logps.detach(), kto_baseline=torch.zeros((), dtype=torch.float64))
    assert kto.loss(start, spec()).loss.item() == 0.5


def test_a_step_down_the_gradient_raises_the_good_answers_and_lowers_the_bad():
    batch = labelled(1.0, 0.0)
    kto.loss(batch, spec()).loss.backward()
    good, bad = batch.logps.grad
    assert (good[batch.mask[0]] < 0).all()
    assert (bad[batch.mask[1]] > 0).all()


def test_an_answer_that_moved_as_the_whole_policy_did_is_judged_as_if_nothing_had_moved():
    batch = labelled(1.0, 0.0)
    length = batch.mask.sum(-1, keepdim=True)
    moved = batch.replace(reference=batch.logps.detach() - batch.kto_baseline / length)
    assert kto.loss(moved, spec()).loss.item() == pytest.approx(0.5, abs=1e-9)


def test_metrics_tell_good_from_bad():
    batch = labelled(1.0, 0.0, 0.0)
    metrics = kto.loss(batch, spec(beta=0.5)).metrics
    rho = torch.where(batch.mask, batch.logps - batch.reference, 0).sum(-1)
    assert metrics["rewards/chosen"].total.item() == pytest.approx(0.5 * rho[0].item())
    assert metrics["rewards/rejected"].total.item() == pytest.approx(0.5 * rho[1:].sum().item())
    assert [metrics[f"logps/{side}"].weight.item() for side in ("chosen", "rejected")] == [1, 2]


def test_a_batch_of_one_answer_has_no_other_prompt():
    with pytest.raises(SpecError, match="batch_size"):
        spec(optimizer={"batch_size": 1})
