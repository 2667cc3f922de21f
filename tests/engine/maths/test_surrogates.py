"""The clipped objectives: values by hand, and the bounds they must keep."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.maths.surrogates import clipped_high, clipped_low, clipped_surrogate, clipped_value_loss, kl_k3


@given(st.floats(0.01, 5), st.floats(-3, 3), st.floats(0.01, 0.5), st.floats(0.01, 0.5))
def test_the_clipped_loss_is_never_below_the_unclipped_one(ratio: float, a: float, low: float, high: float) -> None:
    r, advantage = torch.tensor(ratio, dtype=torch.float64), torch.tensor(a, dtype=torch.float64)
    assert clipped_surrogate(r, advantage, low, high) >= -r * advantage - 1e-12


@pytest.mark.parametrize(
    ("ratio", "advantage", "loss"),
    [
        (1.5, 1.0, -1.2),  # the gain of a good answer is capped at 1 + 0.2
        (0.5, 1.0, -0.5),  # a good answer that became rarer is not capped
        (0.5, -1.0, 0.8),  # nor is a bad one pushed below 1 - 0.2
        (1.5, -1.0, 1.5),  # a bad answer that became likelier is not capped
    ],
)
def test_the_clip_stops_gains_only(ratio: float, advantage: float, loss: float) -> None:
    actual = clipped_surrogate(torch.tensor(ratio), torch.tensor(advantage), 0.2, 0.2)
    assert actual.item() == pytest.approx(loss, rel=1e-6)


def test_clipped_answers_get_no_gradient() -> None:
    ratio = torch.tensor([1.5, 0.5, 1.1], requires_grad=True)
    clipped_surrogate(ratio, torch.tensor([1.0, -1.0, 1.0]), 0.2, 0.2).sum().backward()
    assert ratio.grad is not None
    assert ratio.grad.tolist() == [0.0, 0.0, -1.0]


def test_clips_are_counted_where_they_bite() -> None:
    ratio, advantages = torch.tensor([1.5, 1.5, 0.5, 0.5]), torch.tensor([1.0, -1.0, 1.0, -1.0])
    assert clipped_high(ratio, advantages, 0.2).tolist() == [True, False, False, False]
    assert clipped_low(ratio, advantages, 0.2).tolist() == [False, False, False, True]


def test_the_value_loss_is_the_worse_of_clipped_and_free() -> None:
    # the value moved from 0 to 0.5 towards 1: clipped to 0.2 it misses by 0.8; past the return it pays in full
    actual = clipped_value_loss(torch.tensor([0.5, 3.0]), torch.zeros(2), torch.ones(2), 0.2)
    assert actual.tolist() == pytest.approx([0.32, 2.0])


@given(st.floats(-5, 5))
def test_k3_is_never_negative_and_zero_only_at_the_reference(x: float) -> None:
    kl = kl_k3(torch.tensor(x, dtype=torch.float64)).item()
    assert kl >= -1e-15
    assert kl == pytest.approx(math.expm1(-x) + x, abs=1e-9)


def test_k3_estimates_the_kl_of_two_coins() -> None:
    # KL(p || q) = 0.7 ln(0.7/0.5) + 0.3 ln(0.3/0.5), the mean of k3 over samples of p
    p, q = torch.tensor([0.7, 0.3]), torch.tensor([0.5, 0.5])
    mean = (p * kl_k3(p.log() - q.log())).sum()
    torch.testing.assert_close(mean, (p * (p / q).log()).sum())
