"""Learning rate schedules as functions of the spent share of the budget, so they suit every unit of it."""

import math
from typing import Literal


def factor(kind: Literal["cosine", "linear", "constant"], warmup_ratio: float, fraction: float) -> float:
    """What the peak learning rate is multiplied with when `fraction` (0..1) of the budget is spent.

    Rises from 0 to 1 over `warmup_ratio`, then falls to 0 (cosine, linear) or stays.

    >>> [round(factor("linear", 0.5, x), 2) for x in (0.25, 0.5, 0.75, 1.0)]
    [0.5, 1.0, 0.5, 0.0]
    >>> round(factor("cosine", 0.0, 0.5), 6)
    0.5
    """
    if fraction < warmup_ratio:
        return fraction / warmup_ratio
    past = min(1.0, (fraction - warmup_ratio) / (1.0 - warmup_ratio))
    falling = {"cosine": 0.5 * (1.0 + math.cos(math.pi * past)), "linear": 1.0 - past, "constant": 1.0}
    return falling[kind]
