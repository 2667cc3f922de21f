"""Intervals of a share. Left out: intervals of a mean over prompts and seeds, and of agreement (`agreement`)."""

from math import sqrt

Z = 1.959964  # of a normal distribution, 95 %


def wilson(count: int, total: int) -> tuple[float, float]:
    """The 95 % interval of a share, by Wilson 1927; (0, 1) of nothing.

    >>> low, high = wilson(10, 100)
    >>> round(low, 4), round(high, 4)
    (0.0552, 0.1744)
    """
    if not total:
        return 0.0, 1.0
    share, spread = count / total, Z * Z / total
    middle = (share + spread / 2) / (1 + spread)
    half = sqrt(share * (1 - share) * spread + spread * spread / 4) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)
