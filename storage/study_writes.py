"""Writes to studies: the row that runs name as theirs, its runs as they come, and its state.

Left out: which runs come (`engine.studies`), the runs themselves (`storage.run_writes`), and whole files of a study
(`storage.study_archive`).
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from storage import run_writes, tables
from storage.database import Database
from storage.errors import Invalid, NotFound
from storage.records import Run, Study, StudyState
from storage.studies import STUDY_COLUMNS, study_record
from words import N_, Text, to_json

# From which states a person's request leads where.
_FROM: dict[StudyState, tuple[StudyState, ...]] = {
    "paused": ("running",),
    "stopped": ("running", "paused"),
    "running": ("paused", "stopped", "failed"),
}
_REFUSED: dict[StudyState, str] = {
    "paused": N_("Only a running study can be paused; {name} is not running."),
    "stopped": N_("The study {name} has ended already."),
    "running": N_("Only a paused, stopped or failed study can be resumed; {name} is none of these."),
}


def create(
    db: Database,
    drafts: Sequence[run_writes.Draft] = (),
    *,
    name: str,
    spec: dict[str, Any],
    now: float,
    requested_by: str | None = None,
) -> Study:
    """A study and its first runs, put at the end of the queue, in one transaction: all of it or nothing."""
    study = Study(run_writes.new_id(), name, spec, requested_by, now, "running")
    with db.write() as connection:
        put(connection, study)
        _insert(connection, study.id, drafts, now)
    return study


def add_runs(db: Database, study_id: str, drafts: Sequence[run_writes.Draft], now: float) -> list[Run]:
    """Put more runs of a running study into the queue; none where it is not running, or another engine has done it."""
    study = tables.Study
    try:
        with db.write() as connection:
            running = sa.select(study.id).where(study.id == study_id, study.state == "running").with_for_update()
            if connection.execute(running).first() is None:
                return []
            return _insert(connection, study_id, drafts, now)
    except sa.exc.IntegrityError:
        # the unique index on places in a study: another engine was quicker
        return []


def finish(db: Database, study_id: str, state: StudyState, *, now: float, reason: Text | None = None) -> bool:
    """End a running study; returns whether this call did it."""
    study = tables.Study
    values = {"state": state, "reason": to_json(reason), "finished_at": now}
    with db.write() as connection:
        done = connection.execute(
            sa.update(study).where(study.id == study_id, study.state == "running").values(**values)
        )
        return bool(done.rowcount)


def change_state(db: Database, study_id: str, state: StudyState, now: float) -> Study:
    """What a person asks of a study as a whole: paused, stopped or running again; its runs are asked one by one.

    Raises NotFound, or Invalid where it is in no state for it. One that is there already stays as it is.
    """
    study = tables.Study
    ended = now if state == "stopped" else None
    allowed = (*_FROM[state], state)
    with db.write() as connection:
        statement = sa.update(study).where(study.id == study_id, study.state.in_(allowed))
        row = connection.execute(
            statement.values(state=state, finished_at=ended, reason=None).returning(*STUDY_COLUMNS)
        ).first()
        if row is None:
            name = connection.execute(sa.select(study.name).where(study.id == study_id)).scalar()
            if name is None:
                raise NotFound(N_("There is no study {id}."), id=study_id)
            raise Invalid(_REFUSED[state], name=name)
    return study_record(row)


def put(connection: sa.Connection, study: Study) -> None:
    """Add the study's row inside the caller's transaction."""
    connection.execute(sa.insert(tables.Study).values({**vars(study), "reason": to_json(study.reason)}))


def _insert(connection: sa.Connection, study_id: str, drafts: Sequence[run_writes.Draft], now: float) -> list[Run]:
    return run_writes.insert(connection, [{**draft, "study_id": study_id} for draft in drafts], now)
