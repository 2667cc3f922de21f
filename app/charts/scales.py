"""Axes of drawings that need no script: where a value lies between two ends, and the marks along them.

No pixels, no markup. Left out: the axes of live charts, which are Plotly's.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor, isfinite, log10

MOST_MARKS = 6
LOG_FROM = 30.0  # how many times the smallest value the largest is, where an axis counts in powers of ten
ROOM = 0.05
NO_VALUE = "–"
Value = float | str | None


@dataclass(frozen=True)
class Scale:
    """An axis of numbers, or of `words` at equal distances."""

    low: float
    high: float
    logarithmic: bool = False
    words: tuple[str, ...] = ()

    def place(self, value: Value) -> float | None:
        """Where it lies, 0 at the low end and 1 at the high; None for what has no place."""
        if self.words:
            return (self.words.index(value) + 0.5) / len(self.words) if value in self.words else None
        if not isinstance(value, float | int) or not isfinite(value) or (self.logarithmic and value <= 0):
            return None
        if self.logarithmic:
            return (log10(value) - log10(self.low)) / (log10(self.high) - log10(self.low))
        return (value - self.low) / (self.high - self.low)

    def marks(self) -> list[tuple[float, str]]:
        """The places of the marks, and what stands there."""
        if self.words:
            return [((index + 0.5) / len(self.words), word) for index, word in enumerate(self.words)]
        values = self._powers() if self.logarithmic else self._round_values()
        placed = [(self.place(value), mark(value)) for value in values]
        return [(place, text) for place, text in placed if place is not None]

    def _round_values(self) -> list[float]:
        step = round_step((self.high - self.low) / MOST_MARKS)
        first, last = ceil(self.low / step - 1e-9), floor(self.high / step + 1e-9)
        return [index * step for index in range(first, last + 1)]

    def _powers(self) -> list[float]:
        first, last = floor(log10(self.low)), ceil(log10(self.high))
        factors = (1.0,) if last - first > 2 else (1.0, 2.0, 5.0)
        values = [factor * 10.0**power for power in range(first, last + 1) for factor in factors]
        return [value for value in values if self.low <= value <= self.high]


def scale(values: Iterable[Value], linear: bool = False) -> Scale | None:
    """The axis on which all of the values have a place, as far as they can; None where none can."""
    present = [value for value in values if value is not None]
    numbers = [float(value) for value in present if isinstance(value, float | int) and isfinite(value)]
    if any(isinstance(value, str) for value in present):
        return Scale(0, 1, words=tuple(sorted({str(value) for value in present})))
    if not numbers:
        return None
    low, high = min(numbers), max(numbers)
    if not linear and low > 0 and high / low >= LOG_FROM:
        return Scale(low / 1.2, high * 1.2, logarithmic=True)
    room = ROOM * (high - low) or abs(high) * ROOM or 1.0
    return Scale(low - room, high + room)


def mark(value: float) -> str:
    """A round number as short as it is.

    >>> mark(0.1), mark(-25000.0), mark(1e-05)
    ('0.1', '−25,000', '1e−05')
    """
    return (f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}").replace("-", "−")


def round_step(least: float) -> float:
    """The next larger of 1, 2, 5 and 10 times a power of ten.

    >>> round_step(0.03), round_step(7)
    (0.05, 10.0)
    """
    power = 10.0 ** floor(log10(least))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= least * (1 - 1e-9))


def as_values(words: Sequence[str | None]) -> list[Value]:
    """Settings as an axis takes them: numbers where all of them are, else words; a dash where one has none."""
    present = [NO_VALUE if word is None else word for word in words]
    try:
        return [float(word) for word in present]
    except ValueError:
        return list(present)
