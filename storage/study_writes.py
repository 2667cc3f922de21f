"""Writes to studies: the row that runs name as theirs.

Left out: the runs (`storage.run_writes`), and whole files of a study (`storage.study_archive`).
"""

from typing import Any

import sqlalchemy as sa

from storage import tables
from storage.database import Database
from storage.records import Study
from storage.run_writes import new_id


def create(db: Database, *, name: str, spec: dict[str, Any], now: float, requested_by: str | None = None) -> Study:
    """A study without runs yet."""
    study = Study(new_id(), name, spec, requested_by, now)
    with db.write() as connection:
        put(connection, study)
    return study


def put(connection: sa.Connection, study: Study) -> None:
    """Add the study's row inside the caller's transaction."""
    connection.execute(sa.insert(tables.Study).values(vars(study)))
