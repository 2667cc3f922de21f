"""The ways in which storage refuses. Each carries a sentence that can be translated where it is shown."""

from typing import Any, Literal

from storage.import_problems import Fold
from words import Explained, Text


class StorageError(Explained):
    """What storage refuses, in words for a person."""


class NotFound(StorageError):
    """What was named does not exist."""


class Ambiguous(StorageError):
    """What was named could be several things."""


class Invalid(StorageError):
    """The request makes no sense in the present state."""


class Unmapped(Invalid):
    """No form knows the names of a file's fields: a mapping of them would help."""


class LeaseLost(StorageError):
    """Another attempt, or a person, has taken the run: the writer must stop."""


class ImportFailed(StorageError):
    """A file holds rows that cannot be read; nothing was imported.

    `problems` lists the first as (number, sentence), numbers counted from 1, 0 meaning the whole file; `unit` says
    whether they count lines or rows. `folds` counts equal sentences. `good` rows could be read.
    """

    def __init__(
        self,
        problems: list[tuple[int, Text]],
        msgid: str,
        *,
        unit: Literal["line", "row"] = "line",
        folds: tuple[Fold, ...] = (),
        good: int = 0,
        **values: Any,
    ) -> None:
        super().__init__(msgid, good=good, **values)
        self.problems, self.unit, self.folds, self.good = problems, unit, folds, good


class Outage(StorageError):
    """The database cannot be used just now; the same call may succeed later."""


class DatabaseBusy(Outage):
    """Another process held the database for longer than a call waits."""


class DiskFull(Outage):
    """The disk has no room, or the person's quota none."""


class Damaged(StorageError):
    """A file of the workspace cannot be read, and reading it again will not help."""
