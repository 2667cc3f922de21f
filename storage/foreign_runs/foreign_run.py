"""What a reader makes of a run that was made elsewhere. Keys and settings are the source's own.

Left out: our names of its metrics (`engine.spec`), which whoever imports says.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from storage.records import State
from words import N_, Text

CUT = N_("{file} ends in the middle of a record, as a trainer that was killed leaves it; all before that was read.")
DAMAGED = N_("{file} is damaged: the checksum at byte {offset} is wrong. Nothing was imported.")
TRAINER_STEP = "train/global_step"
"""What transformers logs beside its metrics for trackers, whose own steps count calls."""


class Point(NamedTuple):
    """One value of one metric; `wall_time` in seconds since the epoch."""

    key: str
    step: int
    value: float
    wall_time: float


class Rewind(NamedTuple):
    """The trainer went on from an earlier checkpoint: what the metric had from this step on does not count."""

    key: str
    step: int


@dataclass(frozen=True)
class Completion:
    """An answer that was sampled in training, with its rewards."""

    step: int
    prompt: str
    text: str
    scores: dict[str, float]


Records = Iterator[Point | Rewind | Completion]


@dataclass
class ForeignRun:
    """A run at its source. Reading its records fills in what stands among them: settings, state, notes.

    It is read from its `files`, and the answers that were sampled in it from its `tables`; `part` names it where one
    file holds several runs.
    """

    source: str
    name: str
    location: Path
    files: tuple[Path, ...]
    read: Callable[["ForeignRun"], Records]
    part: str = ""
    tables: tuple[Path, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)
    state: State = "succeeded"
    fraction: float = 1.0
    notes: list[Text] = field(default_factory=list)

    def records(self) -> Records:
        """All of it, in the order in which it was written. Raises Invalid where a file is damaged."""
        return self.read(self)

    def note(self, text: Text) -> None:
        """Say something that a person should know, once."""
        if text not in self.notes:
            self.notes.append(text)


def numbers(values: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, float]]:
    """The metrics among logged values: numbers, also NaN and infinities, which JSON writers spell as words.

    >>> list(numbers([("loss", 1), ("state", "ok"), ("kl", "NaN"), ("done", True)]))
    [('loss', 1.0), ('kl', nan)]
    """
    for key, value in values:
        if isinstance(value, str) and value in ("NaN", "Infinity", "-Infinity"):
            yield key, float(value)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield key, _as_float(value)


def _as_float(value: float) -> float:
    try:
        return float(value)
    except OverflowError:  # an integer of hundreds of digits
        return float("inf") if value > 0 else float("-inf")
