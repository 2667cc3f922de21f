"""What every container gives: numbered rows, some of which cannot be read. Left out: what a row means."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from words import Text

Unit = Literal["line", "row"]


@dataclass(frozen=True)
class Broken:
    """A row that cannot be read, and why."""

    text: Text


Numbered = tuple[int, Any]
"""(number, value) of a row, counted from 1; 0 is the whole file. The value is Broken where it cannot be read."""


@dataclass(frozen=True)
class RowSource:
    """The rows of a file, which can be read more than once.

    `container` and `encoding` say how the file is read, the encoding None where the file is no text; `unit` is what
    the numbers of its rows count. `read` raises Invalid where the file is damaged.
    """

    container: str
    encoding: str | None
    unit: Unit
    read: Callable[[], Iterator[Numbered]]
