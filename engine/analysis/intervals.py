"""Intervals of a share, and of a mean over answers that are nested in prompts.

Left out: intervals over seeds, which differences of methods need (`verdict`), and of agreement (`agreement`).
"""

import math
from collections.abc import Hashable, Sequence
from math import sqrt
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Z = 1.959964  # of a normal distribution, 95 %


class ClusteredMean(NamedTuple):
    """A mean and its 95 % interval. None of both ends: fewer than two clusters say nothing about the spread."""

    mean: float
    low: float | None
    high: float | None
    clusters: int
    values: int


def wilson(count: float, total: float) -> tuple[float, float]:
    """The 95 % interval of a share, by Wilson 1927; (0, 1) of nothing.

    >>> low, high = wilson(10, 100)
    >>> round(low, 4), round(high, 4)
    (0.0552, 0.1744)
    """
    return _wilson(count, total, Z)


def clustered_mean(
    values: Sequence[float],
    clusters: Sequence[Hashable],
    *,
    weights: Sequence[float] | None = None,
    share: bool = False,
) -> ClusteredMean:
    """The mean of values that come in clusters (answers of one prompt), weighted, with a t-interval over clusters.

    With w the weights, m = sum w x / sum w and, for each of C clusters, z = sum over the cluster of w (x - m) / sum w:
    se^2 = C / (C - 1) sum z^2, the linearised variance of a ratio of cluster totals (Cochran, Sampling Techniques, 3rd
    ed., 6.4 and 9A.5); the interval is m +- t(C - 1) se. Clusters may differ in size. Values of one prompt may be as
    alike as they like: only prompts count as independent.

    `share`: the values are 0 to 1, and 0 or 1 each but for ties. The interval is Wilson's at the number of independent
    values that gives the same se, or at C where all values are equal, so that 0 of 32 is not called certain.

    >>> m = clustered_mean([0.0, 0.2, 0.4, 0.6, 0.8, 1.0], ["a", "a", "b", "b", "c", "c"])
    >>> [round(x, 4) for x in m[:3]], m.clusters  # prompt means 0.1, 0.5, 0.9: se 0.4 / sqrt(3), t(2) = 4.3027
    ([0.5, -0.4937, 1.4937], 3)
    """
    rows, sizes = np.asarray(values, np.float64), np.ones(len(values)) if weights is None else np.asarray(weights)
    mean = math.fsum(rows * sizes) / math.fsum(sizes)
    numbers: dict[Hashable, int] = {}
    index = np.array([numbers.setdefault(cluster, len(numbers)) for cluster in clusters])
    count = len(numbers)
    if count < 2 or not math.isfinite(mean):
        return ClusteredMean(mean, None, None, count, len(rows))
    variance = count / (count - 1) * float((np.bincount(index, sizes * (rows - mean) / sizes.sum()) ** 2).sum())
    t = _t(count - 1)
    if share:
        spread = mean * (1 - mean)
        total = spread / variance if variance and spread > 0 else count
        low, high = _wilson(mean * total, total, t)
    else:
        low, high = mean - t * sqrt(variance), mean + t * sqrt(variance)
    return ClusteredMean(mean, low, high, count, len(rows))


def clustered_difference(before: npt.NDArray[np.float64], after: npt.NDArray[np.float64]) -> ClusteredMean:
    """What changed on the same prompts: after minus before, paired by prompt; (P, A) each, NaN where nothing is known.

    Prompts that lack an answer on one side are left out.

    >>> d = clustered_difference(np.array([[0.0, 0.2], [0.4, 0.4]]), np.array([[0.3, 0.3], [0.4, 0.6]]))
    >>> round(d.mean, 3), d.clusters
    (0.15, 2)
    """
    moved = _row_means(after) - _row_means(before)
    kept = moved[np.isfinite(moved)]
    return clustered_mean(kept.tolist(), range(len(kept)))


def _row_means(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The mean of each row over what is known of it; NaN where that is nothing."""
    known = np.isfinite(values)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(known, values, 0.0).sum(axis=1) / known.sum(axis=1))


def _wilson(count: float, total: float, z: float) -> tuple[float, float]:
    if not total:
        return 0.0, 1.0
    share, spread = count / total, z * z / total
    middle = (share + spread / 2) / (1 + spread)
    half = z * sqrt(share * (1 - share) / total + spread / total / 4) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


def _t(df: int) -> float:
    """The two-sided 95 % point of Student's t."""
    from scipy.special import stdtrit

    return float(stdtrit(df, 0.975))
