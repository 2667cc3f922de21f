"""A check beside the verdict: the hierarchical bootstrap of a difference of methods, and their probability of
improvement.

Seeds are drawn anew within each method, prompts once for both. With S seeds it shows (S - 1)/S of the variance that
seeds have, so with few it is too sure of itself: it stands beside the interval of `verdict_variance`, never for it.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from engine.analysis.verdict_variance import LEVEL, ROUNDING, FloatArray

RESAMPLES = 2000
STREAM = 17  # of the random numbers: the same runs give the same figures


class Interval(NamedTuple):
    """Both ends of a 95 % interval."""

    low: float
    high: float


class Resampled(NamedTuple):
    """Percentile intervals of what was drawn anew."""

    difference: Interval
    improvement: Interval


def improvement(rewards: FloatArray, other: FloatArray) -> FloatArray:
    """For each prompt and pair of seeds, whether the first method's reward is higher, ties one half: (S, S', P).

    Its mean is the probability of improvement (Agarwal et al. 2021, arXiv:2108.13264), with prompts as tasks.

    >>> improvement(np.array([[0.5, 0.2]]), np.array([[0.5, 0.1]])).tolist()
    [[[0.5, 1.0]]]
    """
    first, second = rewards[:, None, :], other[None, :, :]
    level = np.isclose(first, second, rtol=ROUNDING, atol=0)
    return np.where(level, 0.5, first > second)


class Draws:
    """Seeds and prompts drawn anew, the same for all pairs of some methods of rewards (S, P)."""

    def __init__(self, methods: Sequence[FloatArray], resamples: int = RESAMPLES) -> None:
        """All methods have the same prompts in the same order."""
        random = np.random.default_rng(STREAM)
        self._methods = methods
        self._prompts = _weights(random, methods[0].shape[1], resamples)  # (B, P)
        self._seeds = [_weights(random, len(rewards), resamples) for rewards in methods]  # each (B, S)

    def pair(self, first: int, second: int) -> Resampled:
        """The intervals of two of the methods, by their positions."""
        rewards, other = self._methods[first], self._methods[second]
        seeds, others = self._seeds[first], self._seeds[second]
        differences = ((seeds @ rewards - others @ other) * self._prompts).sum(axis=1)
        pairs = (seeds[:, :, None] * others[:, None, :]).reshape(len(seeds), -1)  # (B, S S')
        ahead = improvement(rewards, other).reshape(-1, rewards.shape[1])
        improved = ((pairs @ ahead) * self._prompts).sum(axis=1)
        return Resampled(_percentiles(differences), _percentiles(improved))


def _weights(random: np.random.Generator, count: int, resamples: int) -> FloatArray:
    """How often each of `count` is drawn, with replacement, over how many are drawn: (B, count)."""
    return random.multinomial(count, np.full(count, 1 / count), size=resamples) / count


def _percentiles(values: FloatArray) -> Interval:
    low, high = np.quantile(values, (LEVEL / 2, 1 - LEVEL / 2))
    return Interval(float(low), float(high))
