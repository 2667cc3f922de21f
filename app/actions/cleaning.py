"""Giving back the disk that nothing needs any more. Left out: what may go, which storage knows."""

from app.actions.permissions import record, require
from app.people import Person
from storage import garbage
from storage.database import Database
from storage.garbage import Leftover


def clean(db: Database, person: Person, now: float, *, dry_run: bool = False) -> list[Leftover]:
    """Delete caches, unfinished checkpoints and files that nothing names, and list them; `dry_run` only lists them."""
    require(person, "admin")
    leftovers = garbage.find(db, now)
    if not dry_run:
        garbage.remove(leftovers)
        record(db, person, "workspace.clean", "", now, files=len(leftovers))
    return leftovers
