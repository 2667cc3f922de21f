"""Where runs come from that no engine of this workspace ran: of which file, or from which trainer, heard of when.

Left out: writing them (`run_import_writes`, `live_run_writes`).
"""

from collections.abc import Collection
from dataclasses import dataclass, fields

import sqlalchemy as sa

from storage import tables
from storage.database import Database

LIVE = "callback"
"""The kind of a run that its trainer sends."""


@dataclass(frozen=True)
class RunSource:
    """`kind` is a reader of `foreign_runs`, or LIVE. `location` is a path, or the trainer's machine.

    `heard_at`: when the trainer was heard of last, or the file read. `dropped` values could not be sent.
    """

    run_id: str
    kind: str
    location: str
    heard_at: float
    dropped: int


COLUMNS = tuple(tables.RunSource.__table__.columns[field.name] for field in fields(RunSource))


def get(db: Database, run_id: str) -> RunSource | None:
    """The source of a run; None of one of this workspace."""
    return by_run(db, [run_id]).get(run_id)


def by_run(db: Database, run_ids: Collection[str]) -> dict[str, RunSource]:
    """The sources of those of the runs that have one, by the id of the run."""
    query = sa.select(*COLUMNS).where(tables.RunSource.run_id.in_(run_ids))
    with db.read() as connection:
        return {row.run_id: RunSource(**row._mapping) for row in connection.execute(query)} if run_ids else {}
