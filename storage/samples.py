"""Answers of the model that are kept to be read, by run and step."""

import json
from collections.abc import Sequence

import sqlalchemy as sa

from storage import tables
from storage.database import Database
from storage.records import Lease, Sample
from storage.runs import hold

COLUMNS = tuple(tables.Sample.__table__.columns)


def add(db: Database, lease: Lease, samples: Sequence[Sample]) -> None:
    """Keep samples, in place of any earlier ones of the same run and step."""
    table = tables.Sample
    with db.write() as connection:
        hold(connection, lease)
        steps = {sample.step for sample in samples}
        connection.execute(sa.delete(table).where(table.run_id == lease.run_id, table.step.in_(steps)))
        if samples:
            connection.execute(sa.insert(table), [_row(lease, sample) for sample in samples])


def listing(db: Database, run_id: str, *, step: int | None = None) -> list[Sample]:
    """The run's samples by step, prompt and sample; `step` for those of one step only."""
    table = tables.Sample
    query = sa.select(*COLUMNS).where(table.run_id == run_id)
    if step is not None:
        query = query.where(table.step == step)
    with db.read() as connection:
        rows = connection.execute(query.order_by(table.step, table.prompt_index, table.sample_index)).mappings().all()
    return [Sample(**{**row, "messages": tuple(row["messages"])}) for row in rows]


def steps(db: Database, run_id: str) -> list[int]:
    """The steps at which samples were taken."""
    table = tables.Sample
    query = sa.select(table.step).where(table.run_id == run_id).distinct().order_by(table.step)
    with db.read() as connection:
        return list(connection.execute(query).scalars())


def answered(db: Database, run_id: str, place: int) -> dict[str, Sample]:
    """The first answer to each prompt at the run's first (0) or last (-1) evaluation, by the prompt, in its order."""
    taken = steps(db, run_id)
    listed = listing(db, run_id, step=taken[place]) if taken else []
    return {json.dumps(sample.messages): sample for sample in listed if sample.sample_index == 0}


def _row(lease: Lease, sample: Sample) -> dict[str, object]:
    values = {column.name: getattr(sample, column.name) for column in COLUMNS}
    return {**values, "run_id": lease.run_id, "attempt": lease.attempt, "messages": list(sample.messages)}
