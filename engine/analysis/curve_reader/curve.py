"""What a pattern is told of a run: its curves and the settings that decide what a curve should look like.

Left out: where curves are stored, and the patterns themselves.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from words import Text

FEWEST_POINTS = 8  # of a curve that is logged at each update: fewer say nothing about where it goes
FEWEST_EVALUATIONS = 3


@dataclass(frozen=True)
class Curve:
    """Points in step order. Shapes: steps [n] int, values [n] float, finite."""

    steps: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]

    @classmethod
    def of(cls, steps: npt.ArrayLike, values: npt.ArrayLike) -> "Curve":
        """Without the values that are no numbers: these end a run, and its failure tells of them."""
        x, y = np.asarray(steps, np.int64), np.asarray(values, np.float64)
        finite = np.isfinite(y)
        return cls(x[finite], y[finite])

    def __len__(self) -> int:
        return len(self.values)

    @property
    def start(self) -> float:
        """The median of its first fifth."""
        return float(np.median(self.values[: self._fifth]))

    @property
    def end(self) -> float:
        """The median of its last fifth."""
        return float(np.median(self.values[-self._fifth :]))

    @property
    def late(self) -> "Curve":
        """Its last half."""
        return Curve(self.steps[len(self) // 2 :], self.values[len(self) // 2 :])

    @property
    def _fifth(self) -> int:
        return max(1, len(self) // 5)


NO_CURVE = Curve.of([], [])


@dataclass(frozen=True)
class RunCurves:
    """A run as patterns read it.

    `undecided_loss` is what a model scores that tells no chosen from a rejected answer; None where the loss has no such
    value.
    """

    undecided_loss: float | None
    curves: Mapping[str, Curve]

    def curve(self, key: str) -> Curve:
        """The curve of a metric; an empty one where the run has none."""
        return self.curves.get(key, NO_CURVE)

    def enough(self, *keys: str) -> bool:
        """Whether each of these curves has points enough to be read."""
        return all(len(self.curve(key)) >= fewest(key) for key in keys)


def fewest(key: str) -> int:
    """How many points a curve needs before it is read: evaluations are few, and each of them rests on many answers."""
    return FEWEST_EVALUATIONS if key.startswith("eval/") else FEWEST_POINTS


@dataclass(frozen=True)
class Finding:
    """A pattern that was found: its name, a title, what shows it, what helps, and the metrics in which it is seen."""

    pattern: str
    title: str
    evidence: Text
    remedy: str
    keys: tuple[str, ...]
