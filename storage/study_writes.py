"""Writes to studies: the row that runs name as theirs.

Left out: the runs (`storage.run_writes`), and whole files of a study (`storage.study_archive`).
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from storage import run_writes, tables
from storage.database import Database
from storage.records import Run, Study


def create(db: Database, *, name: str, spec: dict[str, Any], now: float, requested_by: str | None = None) -> Study:
    """A study without runs yet."""
    study = Study(run_writes.new_id(), name, spec, requested_by, now)
    with db.write() as connection:
        put(connection, study)
    return study


def create_with_runs(
    db: Database,
    drafts: Sequence[run_writes.Draft],
    *,
    name: str,
    spec: dict[str, Any],
    now: float,
    requested_by: str | None = None,
) -> list[Run]:
    """A study and its runs, put at the end of the queue, in one transaction: all of it or nothing."""
    study = Study(run_writes.new_id(), name, spec, requested_by, now)
    with db.write() as connection:
        put(connection, study)
        return run_writes.insert(connection, [{**draft, "study_id": study.id} for draft in drafts], now)


def put(connection: sa.Connection, study: Study) -> None:
    """Add the study's row inside the caller's transaction."""
    connection.execute(sa.insert(tables.Study).values(vars(study)))
