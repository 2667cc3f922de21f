"""One verdict of a person on two responses of an item, as analysis takes it. Callers convert what they store.

Left out: verdicts that were superseded or withdrawn, and rankings; callers leave them out.
"""

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["a", "b", "tie", "both_bad", "skip"]


@dataclass(frozen=True)
class Judged:
    """`first` and `second` are ids of responses; verdict a is for `first`, b for `second`, on whichever side it stood.

    `turn` is 1 for a repeat by the same person with the sides swapped. `expected` is the verdict that a planted
    question should get; None for any other question.
    """

    item: str
    first: str
    second: str
    account: str
    verdict: Verdict
    turn: int = 0
    seconds: float | None = None
    guideline: int | None = None
    expected: Verdict | None = None
