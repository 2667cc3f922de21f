"""The curve of a group of runs: the mean of theirs and a band around it, along an axis that they share.

The mean is drawn only where all runs of the group have values: where one ends, a mean of the others would jump for that
alone. Between its points a run is taken on a straight line. Arrays in and out. Left out: who belongs together
(`grouping`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
BandKind = Literal["range", "deviation"]
FEWEST_FOR_DEVIATION = 5
ROUNDING = 1e-12  # relative


@dataclass(frozen=True)
class Line:
    """A run's curve: positions that grow, and values, NaN where there is no number."""

    x: Floats
    y: Floats


@dataclass(frozen=True)
class GroupCurve:
    """Mean and band over the positions that all runs reach; `members` has their values there, (runs, positions)."""

    x: Floats
    mean: Floats
    low: Floats
    high: Floats
    members: Floats


def band_kind(sizes: Sequence[int]) -> BandKind:
    """What bands show: of few runs the lowest and the highest; from five on one standard deviation on each side.

    It is one for all groups of a view, decided by the smallest that has several runs: bands of two kinds would not
    compare.

    >>> band_kind([1, 3, 8]), band_kind([1, 5, 8])
    ('range', 'deviation')
    """
    return "deviation" if min((size for size in sizes if size > 1), default=0) >= FEWEST_FOR_DEVIATION else "range"


def combined(lines: Sequence[Line], band: BandKind) -> GroupCurve | None:
    """The curve of a group; None where there is no position that all its runs have.

    >>> ends_early = Line(np.array([0.0, 1.0]), np.array([1.0, 3.0]))
    >>> goes_on = Line(np.array([0.0, 1.0, 2.0]), np.array([3.0, 5.0, 7.0]))
    >>> curve = combined([ends_early, goes_on], "range")
    >>> curve.x.tolist(), curve.mean.tolist(), curve.low.tolist(), curve.high.tolist()
    ([0.0, 1.0], [2.0, 4.0], [1.0, 3.0], [3.0, 5.0])
    """
    if not lines or any(line.x.size == 0 for line in lines):
        return None
    first, last = max(line.x[0] for line in lines), min(line.x[-1] for line in lines)
    positions = np.unique(np.concatenate([line.x for line in lines]))
    x = positions[(positions >= first) & (positions <= last)]
    if x.size == 0:
        return None
    members = np.array([np.interp(x, line.x, line.y) for line in lines])
    mean = members.mean(axis=0)
    if band == "range" or len(lines) == 1:
        return GroupCurve(x, mean, members.min(axis=0), members.max(axis=0), members)
    deviation = members.std(axis=0, ddof=1)
    return GroupCurve(x, mean, mean - deviation, mean + deviation, members)


def minus(curve: GroupCurve, baseline: GroupCurve) -> GroupCurve | None:
    """The curve less the mean of a baseline, where both have values; its band stays that of the group alone."""
    inside = (curve.x >= baseline.x[0]) & (curve.x <= baseline.x[-1])
    if not inside.any():
        return None
    x = curve.x[inside]
    level = np.interp(x, baseline.x, baseline.mean)
    parts = (curve.mean[inside], curve.low[inside], curve.high[inside], curve.members[:, inside])
    return GroupCurve(x, *(_less(values, level) for values in parts))


def _less(values: Floats, level: Floats) -> Floats:
    """The differences; 0 where they are no more than rounding."""
    return np.where(np.isclose(values, level, rtol=ROUNDING, atol=0), 0.0, values - level)
