"""What every algorithm keeps to, whatever its maths: these tests run over the registry."""

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine import algorithms
from engine.batch import Batch, Mean, MissingTensor
from engine.spec import ALGORITHMS, parse
from tests.engine.batches import gradients, invent, leaves, part

VARIANTS = [
    *({"algorithm": key} for key in ALGORITHMS),
    {"algorithm": "dpo", "variant": "ipo"},
    {"algorithm": "dpo", "variant": "hinge", "beta": 0.7},
    {"algorithm": "dpo", "variant": "robust", "label_smoothing": 0.2},
    {"algorithm": "dpo", "sft_weight": 0.7},
    {"algorithm": "reward", "margin": 0.5},
    {"algorithm": "grpo", "mean": "token", "epsilon_high": 0.28},
    {"algorithm": "grpo", "mean": "constant", "scale": False},
    {"algorithm": "gspo", "epsilon": 0.2, "epsilon_high": 0.3},
    {"algorithm": "gspo", "ratio": "token", "epsilon": 0.2, "epsilon_high": 0.3},
]
each = pytest.mark.parametrize("run", VARIANTS, ids=lambda run: "-".join(str(value) for value in run.values()))


def load(run):
    return algorithms.load(run["algorithm"]), parse({**run, "data": {"dataset": "any"}})


def whole(algorithm, batch, spec):
    return batch.replace(totals=algorithm.totals(batch, spec))


@each
def test_it_reports_exactly_the_metrics_it_declares_detached_and_finite(run):
    algorithm, spec = load(run)
    result = algorithm.loss(whole(algorithm, invent(), spec), spec)
    assert set(result.metrics) == set(spec.metrics)
    for value in result.metrics.values():
        for number in value if isinstance(value, Mean) else (value,):
            assert number.shape == ()
            assert not number.requires_grad
            assert number.isfinite()


@each
def test_a_tensor_that_its_batch_lacks_is_named(run):
    algorithm, spec = load(run)
    batch = invent()
    bare = Batch(logps=batch.logps, mask=batch.mask, group=batch.group, totals=algorithm.totals(batch, spec))
    with pytest.raises(MissingTensor, match=r"this batch holds no \w+:"):
        algorithm.loss(bare, spec)


@each
def test_its_gradient_is_the_slope_of_its_loss(run):
    if run.get("ratio") == "token":
        pytest.skip("GSPO-token sends its gradient elsewhere on purpose: tests in test_policy_gradients.py")
    algorithm, spec = load(run)
    batch = whole(algorithm, invent(), spec)
    names = leaves(spec)
    assert torch.autograd.gradcheck(
        lambda *values: algorithm.loss(batch.replace(**dict(zip(names, values, strict=True))), spec).loss,
        [getattr(batch, name) for name in names],
    )


@each
@settings(max_examples=30, deadline=None)
@given(padding=st.floats(-1e4, 1e4), seed=st.integers(0, 2**16))
def test_padding_is_inert(run, padding, seed):
    algorithm, spec = load(run)
    outcomes = []
    for value in (0.0, padding):
        batch = whole(algorithm, invent(seed=seed, padding=value), spec)
        assume(any(batch.totals.values()))
        result = algorithm.loss(batch, spec)
        result.loss.backward()
        outcomes.append((result.loss.detach(), gradients(batch, spec), result.metrics))
    (loss, plain, metrics), (padded_loss, padded, padded_metrics) = outcomes
    assert torch.equal(loss, padded_loss)
    assert all(torch.equal(one, other) for one, other in zip(plain, padded, strict=True))
    assert metrics == padded_metrics


@each
@settings(max_examples=20, deadline=None)
@given(sizes=st.lists(st.integers(1, 4), min_size=2, max_size=5), seed=st.integers(0, 2**16))
def test_shares_of_micro_batches_add_up_to_the_loss_and_gradient_of_the_update(run, sizes, seed):
    algorithm, spec = load(run)
    batch = invent(tuple(sizes), seed=seed)
    totals = algorithm.totals(batch, spec)
    if not any(totals.values()):
        return
    together = algorithm.loss(batch.replace(totals=totals), spec)
    together.loss.backward()
    loss, shares = 0.0, []
    counted = dict.fromkeys(totals, 0.0)
    for groups in ([0], list(range(1, len(sizes)))):
        share = part(batch, groups, totals)
        counted = {key: counted[key] + value for key, value in algorithm.totals(share, spec).items()}
        result = algorithm.loss(share, spec)
        result.loss.backward()
        loss += result.loss.detach()
        shares.append(gradients(share, spec))
    assert counted == totals
    torch.testing.assert_close(loss, together.loss.detach(), rtol=1e-12, atol=1e-12)
    for found, expected in zip(zip(*shares, strict=True), gradients(batch, spec), strict=True):
        torch.testing.assert_close(torch.cat(found), expected, rtol=1e-12, atol=1e-12)
