"""Advantages against plain loops written from the papers, and the identities they must keep."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.maths.advantages import STD_FLOOR, gae, group_relative, whiten


def plain_gae(rewards: list[float], values: list[float], gamma: float, lam: float) -> list[float]:
    """arXiv:1506.02438, eq. 16, as its double sum."""
    n = len(rewards)
    deltas = [rewards[t] + gamma * (values[t + 1] if t + 1 < n else 0.0) - values[t] for t in range(n)]
    return [sum((gamma * lam) ** k * deltas[t + k] for k in range(n - t)) for t in range(n)]


numbers = st.lists(st.floats(-5, 5), min_size=1, max_size=6)


@given(numbers, st.floats(0.1, 1), st.floats(0, 1), st.integers(0, 3), st.floats(-1e4, 1e4))
def test_gae_is_the_papers_sum_whatever_stands_in_the_padding(
    rewards: list[float], gamma: float, lam: float, padding: int, noise: float
) -> None:
    values = [0.3 * (i + 1) for i in range(len(rewards))]
    padded = torch.tensor([rewards + [noise] * padding], dtype=torch.float64)
    estimates = torch.tensor([values + [noise] * padding], dtype=torch.float64)
    mask = torch.tensor([[True] * len(rewards) + [False] * padding])
    actual = gae(padded, estimates, mask, gamma, lam)[0]
    assert actual[: len(rewards)].tolist() == pytest.approx(plain_gae(rewards, values, gamma, lam), abs=1e-9)
    assert not actual[len(rewards) :].any()


def test_gae_with_lambda_one_is_return_minus_value() -> None:
    rewards = torch.tensor([[0.5, -1.0, 2.0]])
    values = torch.tensor([[0.1, 0.2, 0.3]])
    returns = rewards.flip(-1).cumsum(-1).flip(-1)
    actual = gae(rewards, values, torch.ones(1, 3, dtype=torch.bool), gamma=1.0, gae_lambda=1.0)
    torch.testing.assert_close(actual, returns - values)


def test_gae_with_lambda_zero_is_the_td_error() -> None:
    actual = gae(
        torch.tensor([[1.0, 2.0]]), torch.tensor([[0.5, 0.25]]), torch.ones(1, 2, dtype=torch.bool), 0.9, gae_lambda=0.0
    )
    torch.testing.assert_close(actual, torch.tensor([[1.0 + 0.9 * 0.25 - 0.5, 2.0 - 0.25]]))


@given(st.lists(st.floats(0, 1), min_size=2, max_size=8), st.booleans())
def test_group_advantages_are_those_of_a_plain_loop(scores: list[float], scale: bool) -> None:
    doubled = torch.tensor(scores + [s + 7 for s in scores], dtype=torch.float64)  # a shift of a group changes nothing
    group = torch.tensor([0] * len(scores) + [1] * len(scores))
    actual = group_relative(doubled, group, scale)
    mean = sum(scores) / len(scores)
    std = (sum((s - mean) ** 2 for s in scores) / (len(scores) - 1)) ** 0.5
    expected = [(s - mean) / (std + STD_FLOOR if scale else 1.0) for s in scores]
    assert actual.tolist() == pytest.approx(expected * 2, abs=1e-6)


def test_equal_scores_teach_nothing() -> None:
    assert not group_relative(torch.full((4,), 0.7, dtype=torch.float64), torch.zeros(4, dtype=torch.int64), True).any()


@given(st.floats(-1e4, 1e4))
def test_whitened_tokens_have_mean_zero_and_variance_one_whatever_the_padding_holds(noise: float) -> None:
    mask = torch.tensor([[True, True, False], [True, True, True]])
    values = torch.tensor([[1.0, 2.0, noise], [4.0, 8.0, 16.0]], dtype=torch.float64)
    actual = whiten(values, mask)
    assert actual[mask].mean().item() == pytest.approx(0, abs=1e-6)
    assert actual[mask].var().item() == pytest.approx(1, abs=1e-6)
    assert actual[0, 2] == 0
