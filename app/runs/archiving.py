"""Archiving runs and bringing them back, from a table or from a run's page; a refusal is said in a toast.

Left out: the verbs themselves (`app.actions.run_removals`), and what the page does afterwards.
"""

import time
from collections.abc import Sequence

from app import people
from app.actions import run_removals
from app.bridge import toasts
from storage.database import Database
from storage.errors import StorageError


def archive(db: Database, ids: Sequence[str]) -> list[str] | None:
    """Archive runs: the ids of those that were in the lists, or None where it was refused."""
    try:
        return run_removals.archive(db, people.current(), ids, time.time())
    except StorageError as error:
        toasts.refusal(error)
        return None


def unarchive(db: Database, ids: Sequence[str]) -> list[str] | None:
    """Bring runs back into the lists: the ids of those that were archived, or None where it was refused."""
    try:
        return run_removals.unarchive(db, people.current(), ids, time.time())
    except StorageError as error:
        toasts.refusal(error)
        return None
