"""What a person can ask of a study as a whole: pause, stop, resume. Its runs are asked one by one.

A study is named by its id or the beginning of it. Left out: launching one (`app.actions.launching`).
"""

from contextlib import suppress

from app.actions.permissions import record, require
from app.people import Person
from storage import queue, studies, study_writes
from storage.database import Database
from storage.errors import Invalid
from storage.records import ACTIVE, Study


def pause(db: Database, person: Person, study_id: str, now: float) -> Study:
    """Its running run saves and pauses after its step, the others at once. Raises NotFound, Invalid."""
    require(person, "researcher")
    return _put_aside(db, person, study_id, "pause", now)


def stop(db: Database, person: Person, study_id: str, now: float) -> Study:
    """Its running run saves and stops after its step, the others leave the queue. Raises NotFound, Invalid."""
    require(person, "researcher")
    return _put_aside(db, person, study_id, "stop", now)


def resume(db: Database, person: Person, study_id: str, now: float) -> Study:
    """Put its paused and stopped runs back into the queue, those that failed too where the study has failed.

    Raises NotFound, Invalid.
    """
    require(person, "researcher")
    before = studies.get(db, study_id)
    study = study_writes.change_state(db, before.id, "running", now)
    again = ("paused", "stopped", "failed") if before.state == "failed" else ("paused", "stopped")
    for run in studies.members(db, study.id):
        if run.state in again or run.request is not None:
            with suppress(Invalid):  # it waits for a run that did not succeed, and stays as it is
                queue.resume(db, run.id, now)
    record(db, person, "study.resume", study.id, now)
    return study


def _put_aside(db: Database, person: Person, study_id: str, request: str, now: float) -> Study:
    """The state of the study changes first, so that no engine adds a run to it while its runs are asked."""
    study = study_writes.change_state(
        db, studies.get(db, study_id).id, "paused" if request == "pause" else "stopped", now
    )
    for run in studies.members(db, study.id):
        if run.state in ACTIVE or (request == "stop" and run.state == "paused"):
            with suppress(Invalid):  # it has ended since
                queue.request(db, run.id, request, now)
    record(db, person, f"study.{request}", study.id, now)
    return study
