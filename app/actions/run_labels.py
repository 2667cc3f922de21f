"""What a person can call and say of runs: names, tags and notes.

A run is named by its id or the beginning of it. Left out: archiving and deleting runs (`app.actions.run_removals`).
"""

from collections.abc import Sequence

from app.actions.permissions import record, require
from app.people import Person
from storage import run_label_writes, runs
from storage.database import Database
from storage.records import Run
from storage.run_tags import TagChanges


def rename(db: Database, person: Person, run_id: str, name: str, now: float) -> Run:
    """Give a run another name. Raises Invalid where it cannot have it, NotFound."""
    require(person, "researcher")
    before = runs.get(db, run_id)
    run = run_label_writes.rename(db, before.id, name)
    record(db, person, "run.rename", run.id, now, before=before.name, name=run.name)
    return run


def set_note(db: Database, person: Person, run_id: str, note: str, now: float) -> Run:
    """Put this in place of the run's note; an empty one takes it away. Raises Invalid, NotFound."""
    require(person, "researcher")
    run = run_label_writes.set_note(db, runs.get(db, run_id).id, note)
    record(db, person, "run.note", run.id, now, characters=len(run.note or ""))
    return run


def change_tags(db: Database, person: Person, run_ids: Sequence[str], changes: TagChanges, now: float) -> list[str]:
    """Give tags to runs and take tags away, of all or none; returns their whole ids. Raises Invalid, NotFound."""
    require(person, "researcher")
    ids = [runs.get(db, run_id).id for run_id in run_ids]
    run_label_writes.change_tags(db, ids, changes)
    for run_id in ids:
        record(db, person, "run.tag", run_id, now, added=list(changes.added), removed=list(changes.removed))
    return ids
