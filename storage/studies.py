"""Studies as rows: runs that belong together carry the study's id. Left out: which runs those should be."""

from typing import Any

import sqlalchemy as sa

from storage import tables
from storage.database import Database
from storage.errors import NotFound
from storage.records import Run, Study
from storage.runs import COLUMNS, new_id, record
from words import N_


def create(db: Database, *, name: str, spec: dict[str, Any], now: float, requested_by: str | None = None) -> Study:
    """A study without runs yet."""
    study = Study(new_id(), name, spec, requested_by, now)
    with db.write() as connection:
        put(connection, study)
    return study


def put(connection: sa.Connection, study: Study) -> None:
    """Add the study's row inside the caller's transaction."""
    connection.execute(sa.insert(tables.Study).values(vars(study)))


def get(db: Database, study_id: str) -> Study:
    """The study of this id. Raises NotFound."""
    query = sa.select(*tables.Study.__table__.columns).where(tables.Study.id == study_id)
    with db.read() as connection:
        row = connection.execute(query).mappings().first()
    if row is None:
        raise NotFound(N_("There is no study {id}."), id=study_id)
    return Study(**row)


def members(db: Database, study_id: str) -> list[Run]:
    """The study's runs in the order in which they were made."""
    run = tables.Run
    query = sa.select(*COLUMNS).where(run.study_id == study_id).order_by(run.created_at, run.position)
    with db.read() as connection:
        return [record(row) for row in connection.execute(query)]
