"""The Pareto frontier of a cost against a gain: what no other point beats on both.

Left out: whether a point lies on it by chance. It is drawn through single measurements.
"""

from collections.abc import Sequence
from math import isfinite


def frontier(points: Sequence[tuple[float, float]]) -> list[int]:
    """The positions of the points (cost, gain) that no other has for less, or as cheaply with more; by rising cost.

    Of equal points the first is taken; what is not finite is left out.

    >>> frontier([(1, 0.5), (2, 0.4), (3, 0.9), (3, 0.8)])
    [0, 2]
    """
    finite = [index for index, point in enumerate(points) if all(map(isfinite, point))]
    best, kept = float("-inf"), []
    for index in sorted(finite, key=lambda each: (points[each][0], -points[each][1])):
        if points[index][1] > best:
            best = points[index][1]
            kept.append(index)
    return kept
