"""Stored verdicts of people as `engine.analysis` takes them. Left out: verdicts of machines, and rankings."""

from collections.abc import Sequence

from engine.analysis.judged import Judged
from storage.database import Database


def effective(db: Database, name: str) -> Sequence[Judged]:
    """The verdicts on items of the dataset that hold. Raises NotFound."""
    return ()


def guideline(db: Database, name: str) -> int | None:
    """The version of the guideline that judges of the dataset read now."""
    return None


def state(db: Database, name: str) -> tuple[int, int | None]:
    """How many verdicts hold, and the version of the guideline: what changes when quality does without an edit."""
    return 0, guideline(db, name)
