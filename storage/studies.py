"""Studies as they are read: runs that belong together carry the study's id.

Left out: creating one (`storage.study_writes`), and which runs should belong to it.
"""

import sqlalchemy as sa

from storage import tables
from storage.database import Database
from storage.errors import NotFound
from storage.records import Run, Study
from storage.runs import COLUMNS, record
from words import N_


def get(db: Database, study_id: str) -> Study:
    """The study of this id. Raises NotFound."""
    query = sa.select(*tables.Study.__table__.columns).where(tables.Study.id == study_id)
    with db.read() as connection:
        row = connection.execute(query).mappings().first()
    if row is None:
        raise NotFound(N_("There is no study {id}."), id=study_id)
    return Study(**row)


def members(db: Database, study_id: str) -> list[Run]:
    """The study's runs in the order in which they were created."""
    run = tables.Run
    query = sa.select(*COLUMNS).where(run.study_id == study_id).order_by(run.created_at, run.position)
    with db.read() as connection:
        return [record(row) for row in connection.execute(query)]
