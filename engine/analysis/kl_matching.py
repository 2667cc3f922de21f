"""Where a run stood at a given KL: between which of its evaluations, and how near to the later one.

A method that moves further from its reference may win by that alone, so methods are also compared at one KL, the
largest that all their runs reach. Left out: the rewards there, and the verdict on them (`verdict`).
"""

from collections.abc import Sequence
from math import isfinite
from typing import NamedTuple

LEAST_KL = 0.01  # nats; below it runs have hardly moved, and KL is noise


class Between(NamedTuple):
    """Positions of two evaluations; `weight` is the later one's, from 0 to 1."""

    before: int
    after: int
    weight: float


def shared_kl(curves: Sequence[Sequence[float]]) -> float | None:
    """The KL at which all runs can be compared: the least of their last values; None where one has hardly moved.

    >>> shared_kl([[0.0, 0.4, 0.9], [0.0, 0.3]])
    0.3
    """
    ends = [curve[-1] if curve else float("nan") for curve in curves]
    if not ends or not all(map(isfinite, ends)) or min(ends) < LEAST_KL:
        return None
    return min(ends)


def at_kl(curve: Sequence[float], kl: float) -> Between | None:
    """Where the curve last has this KL, along straight lines between its evaluations; None where it never does.

    >>> at_kl([0.0, 0.4, 0.9], 0.65), at_kl([0.0, 0.3], 0.3), at_kl([0.0, 0.1], 0.3)
    (Between(before=1, after=2, weight=0.5), Between(before=0, after=1, weight=1.0), None)
    """
    for after in range(len(curve) - 1, 0, -1):
        low, high = curve[after - 1], curve[after]
        if low != high and min(low, high) <= kl <= max(low, high):
            return Between(after - 1, after, (kl - low) / (high - low))
    return None
