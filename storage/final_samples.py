"""Answers of end evaluations: several to each prompt, of step 0 and of the run's last step, each with its reward.

Left out: answers along the run (`samples`), and rewards as arrays (`prompt_rewards`).
"""

from collections.abc import Sequence
from dataclasses import fields

import sqlalchemy as sa

from storage import tables
from storage.attempt_writes import require_lease
from storage.database import Database
from storage.records import Lease, Sample

TABLE = tables.FinalSample
COLUMNS = tuple(TABLE.__table__.columns[field.name] for field in fields(Sample))


def add(db: Database, lease: Lease, samples: Sequence[Sample]) -> None:
    """Keep the answers in place of all earlier ones of the run."""
    rows = [
        {**{column.name: getattr(sample, column.name) for column in COLUMNS}, "messages": list(sample.messages)}
        | {"run_id": lease.run_id, "attempt": lease.attempt}
        for sample in samples
    ]
    with db.write() as connection:
        require_lease(connection, lease)
        connection.execute(sa.delete(TABLE).where(TABLE.run_id == lease.run_id))
        if rows:
            connection.execute(sa.insert(TABLE), rows)


def steps(db: Database, run_id: str) -> list[int]:
    """The steps whose answers are kept, ascending: none before the run's end evaluation."""
    query = sa.select(TABLE.step).where(TABLE.run_id == run_id).distinct().order_by(TABLE.step)
    with db.read() as connection:
        return list(connection.execute(query).scalars())


def listing(db: Database, run_id: str, *, step: int | None = None) -> list[Sample]:
    """The answers by step, prompt and number; `step` for those of one step only."""
    query = sa.select(*COLUMNS).where(TABLE.run_id == run_id)
    if step is not None:
        query = query.where(TABLE.step == step)
    with db.read() as connection:
        rows = connection.execute(query.order_by(TABLE.step, TABLE.prompt_index, TABLE.sample_index)).mappings().all()
    return [Sample(**{**row, "messages": tuple(row["messages"])}) for row in rows]
