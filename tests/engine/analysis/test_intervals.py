"""Intervals of means over clusters: what they are where the answer is known, and how often they cover the truth."""

import math

import numpy as np
import pytest
from scipy import stats

from engine.analysis.intervals import clustered_difference, clustered_mean, wilson


def test_one_value_a_prompt_gives_the_t_interval():
    values = [0.1, 0.4, 0.35, 0.8, 0.55]
    low, high = stats.t.interval(0.95, 4, np.mean(values), stats.sem(values))
    found = clustered_mean(values, range(5))
    assert (found.low, found.high) == pytest.approx((low, high))
    assert (found.mean, found.clusters, found.values) == (pytest.approx(0.44), 5, 5)


def test_answers_of_one_prompt_count_as_one_where_they_are_alike():
    values, prompts = [0.1, 0.4, 0.35, 0.8], range(4)
    once = clustered_mean(values, prompts)
    thrice = clustered_mean([v for v in values for _ in range(3)], [p for p in prompts for _ in range(3)])
    assert thrice[:3] == pytest.approx(once[:3])
    assert (thrice.clusters, thrice.values) == (4, 12)


def test_a_weighted_mean_is_the_ratio_of_totals():
    """Perplexity: nats over tokens. Its linearised variance is that of the residuals of the totals (Cochran, 6.4)."""
    nats, tokens = np.array([3.0, 8.0, 2.5, 9.0]), np.array([2.0, 5.0, 1.0, 4.0])
    found = clustered_mean(list(nats / tokens), range(4), weights=list(tokens))
    ratio = nats.sum() / tokens.sum()
    residuals = nats - ratio * tokens
    half = stats.t.ppf(0.975, 3) * math.sqrt(4 / 3 * (residuals**2).sum()) / tokens.sum()
    assert (found.mean, found.low, found.high) == pytest.approx((ratio, ratio - half, ratio + half))


def test_less_than_two_prompts_say_nothing_of_the_spread():
    assert clustered_mean([0.5, 0.7], ["a", "a"])[:3] == (0.6, None, None)
    undefined = clustered_mean([float("nan"), 0.5], range(2))
    assert math.isnan(undefined.mean)
    assert undefined.low is None


def test_a_share_of_none_is_not_certain():
    found = clustered_mean([0.0] * 32, range(32), share=True)
    assert (found.mean, found.low) == (0.0, 0.0)
    assert found.high == pytest.approx(wilson(0, 32)[1], abs=0.01)
    plain = clustered_mean([1.0, 0.0] * 50, range(100), share=True)
    assert (plain.low, plain.high) == pytest.approx(wilson(50, 100), abs=0.005)


def test_a_difference_is_paired_by_prompt_and_leaves_out_what_is_not_known():
    before = np.array([[0.1, 0.3], [0.5, 0.5], [np.nan, np.nan], [0.9, 0.7]])
    found = clustered_difference(before, before + 0.25)
    assert found[:3] == pytest.approx((0.25, 0.25, 0.25)), "prompts differ, their gain does not"
    assert found.clusters == 3


@pytest.mark.parametrize("answers", [1, 4])
@pytest.mark.parametrize("prompts", [32, 300])
def test_they_cover_the_truth_as_often_as_they_say(prompts: int, answers: int):
    """2,000 draws: the standard error of a coverage of 0.95 is 0.005."""
    random = np.random.default_rng(prompts + answers)
    covered = 0
    for _ in range(2_000):
        of_prompts = random.normal(0.5, 0.2, prompts)[:, None] + random.normal(0, 0.3, (prompts, answers))
        found = clustered_mean(of_prompts.ravel().tolist(), np.repeat(np.arange(prompts), answers).tolist())
        assert found.low is not None
        assert found.high is not None
        covered += found.low <= 0.5 <= found.high
    assert 0.93 <= covered / 2_000 <= 0.97
