"""Putting runs away, and deleting them with all that is theirs.

A run is named by its id or the beginning of it. Left out: what depends on them (`storage.run_removals`).
"""

from collections.abc import Sequence

from app.actions.permissions import record, require
from app.people import Person
from storage import run_removal_writes, run_removals, runs
from storage.database import Database
from storage.run_removals import Removal


def archive(db: Database, person: Person, run_ids: Sequence[str], now: float) -> list[str]:
    """Leave runs out of the lists; the ids of those that were in them. Raises Invalid for active ones, NotFound."""
    require(person, "researcher")
    archived = run_removal_writes.archive(db, [runs.get(db, run_id).id for run_id in run_ids], now)
    for run_id in archived:
        record(db, person, "run.archive", run_id, now)
    return archived


def unarchive(db: Database, person: Person, run_ids: Sequence[str], now: float) -> list[str]:
    """Bring archived runs back into the lists; the ids of those that were archived. Raises NotFound."""
    require(person, "researcher")
    brought_back = run_removal_writes.unarchive(db, [runs.get(db, run_id).id for run_id in run_ids])
    for run_id in brought_back:
        record(db, person, "run.unarchive", run_id, now)
    return brought_back


def delete(db: Database, person: Person, run_ids: Sequence[str], now: float) -> Removal:
    """Delete runs, all of them or none; what went. Raises Invalid where one is running or others rest on it."""
    require(person, "researcher")
    removal = run_removals.removal(db, [runs.get(db, run_id).id for run_id in run_ids])
    run_removal_writes.delete(db, [run.id for run in removal.runs])
    for run in removal.runs:
        record(db, person, "run.delete", run.id, now, name=run.name)
    return removal
