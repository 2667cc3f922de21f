"""What a person can ask of a run that exists: pause, stop, resume, another position in the queue.

A run is named by its id or the beginning of it. Left out: launching runs (`app.actions.launching`).
"""

from app.actions.permissions import record, require
from app.people import Person
from storage import queue, runs
from storage.database import Database
from storage.records import Run


def pause(db: Database, person: Person, run_id: str, now: float) -> Run:
    """A running run saves and pauses after its step; one that waits is paused at once. Raises NotFound, Invalid."""
    require(person, "researcher")
    run = queue.request(db, runs.get(db, run_id).id, "pause", now)
    record(db, person, "run.pause", run.id, now)
    return run


def stop(db: Database, person: Person, run_id: str, now: float) -> Run:
    """A running run saves and stops after its step; one that waits leaves the queue. Raises NotFound, Invalid."""
    require(person, "researcher")
    run = queue.request(db, runs.get(db, run_id).id, "stop", now)
    record(db, person, "run.stop", run.id, now)
    return run


def resume(db: Database, person: Person, run_id: str, now: float) -> Run:
    """Put a paused, stopped or failed run back into the queue. Raises NotFound, Invalid."""
    require(person, "researcher")
    run = queue.resume(db, runs.get(db, run_id).id, now)
    record(db, person, "run.resume", run.id, now)
    return run


def move(db: Database, person: Person, run_id: str, offset: int, now: float) -> Run:
    """Move a queued run by `offset` positions: negative is towards the front. Raises NotFound, Invalid."""
    require(person, "researcher")
    run = runs.get(db, run_id)
    queue.move(db, run.id, offset)
    record(db, person, "run.move", run.id, now, by=offset)
    return runs.get(db, run.id)
