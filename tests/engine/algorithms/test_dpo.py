"""dpo: identities, and parity with loops in plain Python written from the papers."""

import math
from dataclasses import replace

import pytest
import torch

from engine.algorithms import dpo
from engine.spec import parse
from tests.engine.batches import invent


def spec(**own):
    return parse({"algorithm": "dpo", "data": {"dataset": "any"}, **own})


def result(batch, **own):
    return dpo.loss(batch.replace(totals=dpo.totals(batch, spec(**own))), spec(**own))


def leaf(batch):
    return batch.logps.detach().clone().requires_grad_()


def log_sigmoid(x):
    return -math.log1p(math.exp(-x))


LOSSES = {
    "sigmoid": lambda h, beta: -log_sigmoid(beta * h),
    "ipo": lambda h, beta: (h - 1 / (2 * beta)) ** 2,
    "hinge": lambda h, beta: max(0.0, 1 - beta * h),
    "robust": lambda h, beta: (-0.8 * log_sigmoid(beta * h) + 0.2 * log_sigmoid(-beta * h)) / 0.6,
}


def plain(batch, variant, beta, sft_weight=0.0):
    """Mean over groups of the mean over their pairs, one number at a time."""
    rho, mean = [], []
    for logps, reference, mask in zip(batch.logps.tolist(), batch.reference.tolist(), batch.mask.tolist(), strict=True):
        ratios = [p - q for p, q, counts in zip(logps, reference, mask, strict=True) if counts]
        mean.append(sum(ratios) / len(ratios))
        rho.append(mean[-1] if variant == "ipo" else sum(ratios))
    groups = []
    scores, group = batch.scores.tolist(), batch.group.tolist()
    for number in sorted(set(group)):
        rows = [row for row in range(len(group)) if group[row] == number]
        unequal = [(i, j) for i in rows for j in rows if scores[i] > scores[j]]
        pairs = [LOSSES[variant](rho[i] - rho[j], beta) - sft_weight * mean[i] for i, j in unequal]
        if pairs:
            groups.append(sum(pairs) / len(pairs))
    return sum(groups) / len(groups)


@pytest.mark.parametrize("variant", LOSSES)
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("sft_weight", [0.0, 0.7])
def test_each_variant_equals_a_plain_loop(variant, seed, sft_weight):
    batch = invent((2, 4, 1, 3), seed=seed)
    own = {"label_smoothing": 0.2} if variant == "robust" else {}
    actual = result(batch, variant=variant, beta=0.3, sft_weight=sft_weight, **own).loss
    assert actual.item() == pytest.approx(plain(batch, variant, 0.3, sft_weight), rel=1e-6)


STARTS = {"sigmoid": math.log(2), "robust": math.log(2), "ipo": 25.0, "hinge": 1.0}  # with beta 0.1, the default


@pytest.mark.parametrize("variant", STARTS)
@pytest.mark.parametrize("sft_weight", [0.0, 1.0])
def test_each_variant_starts_where_a_model_does_that_tells_no_answers_apart(variant, sft_weight):
    batch = invent()
    own = {"variant": variant} | ({"label_smoothing": 0.2} if variant == "robust" else {})
    start = result(batch.replace(reference=batch.logps.detach()), sft_weight=sft_weight, **own)
    assert start.loss.item() == pytest.approx(STARTS[variant], rel=1e-6)
    assert spec(**own).undecided_loss == pytest.approx(STARTS[variant])


def test_imitation_has_the_gradient_of_the_better_answers_mean_likelihood():
    batch = invent((2,))
    kept, imitating = batch.replace(logps=leaf(batch)), batch.replace(logps=leaf(batch))
    result(kept).loss.backward()
    result(imitating, sft_weight=0.7).loss.backward()
    better, expected = batch.scores.argmax(), torch.zeros_like(batch.logps)
    expected[better] = -0.7 * batch.mask[better] / batch.mask[better].sum()
    assert torch.allclose(imitating.logps.grad - kept.logps.grad, expected, atol=1e-7)


def test_robust_without_flipped_preferences_is_sigmoid():
    batch = invent()
    assert result(batch, variant="robust").loss == result(batch).loss


def test_a_step_down_the_gradient_raises_the_better_answer_and_lowers_the_worse():
    batch = invent((2,))
    result(batch).loss.backward()
    better, worse = batch.scores.argmax(), batch.scores.argmin()
    assert (batch.logps.grad[better][batch.mask[better]] < 0).all()
    assert (batch.logps.grad[worse][batch.mask[worse]] > 0).all()


def test_ties_are_not_compared_and_a_group_of_ties_counts_for_nothing():
    batch = invent((2, 2))
    tied = batch.replace(scores=torch.tensor([1.0, 1.0, 1.0, 0.0], dtype=torch.float64))
    assert dpo.totals(tied, spec()) == {"groups": 1.0}
    only = replace(tied, scores=torch.tensor([math.nan, math.nan, 1.0, 0.0], dtype=torch.float64))
    assert torch.equal(result(tied).loss, result(only).loss)


def test_metrics_are_the_implicit_rewards():
    batch = replace(invent((2,)), scores=torch.tensor([1.0, 0.0], dtype=torch.float64))
    metrics = result(batch, beta=0.5).metrics
    rho = torch.where(batch.mask, batch.logps - batch.reference, 0).sum(-1)
    assert metrics["rewards/chosen"].total.item() == pytest.approx(0.5 * rho[0].item(), rel=1e-6)
    assert metrics["rewards/margins"].total.item() == pytest.approx(0.5 * (rho[0] - rho[1]).item(), rel=1e-6)
    assert metrics["logps/rejected"].total.item() == pytest.approx(batch.logps[1][batch.mask[1]].sum().item(), rel=1e-6)


def test_accuracy_is_the_share_of_pairs_whose_better_answer_gained_more():
    batch = invent((2, 2))
    logps = torch.zeros_like(batch.logps.detach())
    logps[0], logps[3] = 1.0, 1.0  # the better one of the first group gained, and the worse one of the second
    scores = torch.tensor([1.0, 0.0, 1.0, 0.0], dtype=torch.float64)
    metrics = result(batch.replace(logps=logps, reference=torch.zeros_like(logps), scores=scores)).metrics
    assert metrics["rewards/accuracies"] == (1.0, 2.0)
    worse = torch.tensor([0.0, 1.0, 1.0, 0.0], dtype=torch.float64)
    metrics = result(batch.replace(logps=logps, reference=torch.zeros_like(logps), scores=worse)).metrics
    assert metrics["rewards/accuracies"] == (0.0, 2.0)


def test_log_ratios_that_differ_by_rounding_alone_count_one_half():
    batch = replace(invent((2, 2)), scores=torch.tensor([1.0, 0.0, 1.0, 0.0], dtype=torch.float64))
    rounded = batch.logps.detach() + torch.tensor([[1e-6], [0.0], [3e-6], [0.0]], dtype=torch.float64)
    metrics = result(batch.replace(logps=batch.logps.detach(), reference=rounded)).metrics
    assert metrics["rewards/margins"].total.item() != 0
    assert metrics["rewards/accuracies"] == (1.0, 2.0)  # two groups of one half
