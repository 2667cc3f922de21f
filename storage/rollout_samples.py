"""A few groups of the rollouts that a run trained on, by the evaluation that came next: never held-out answers.

They are deleted with the samples of their steps (`samples.forget`). Left out: answers to held-out prompts (`samples`).
"""

from collections.abc import Sequence
from dataclasses import fields

import sqlalchemy as sa

from storage import tables
from storage.attempt_writes import require_lease
from storage.database import Database
from storage.records import Lease, RolloutSample

TABLE = tables.RolloutSample
COLUMNS = tuple(TABLE.__table__.columns[field.name] for field in fields(RolloutSample))


def add(db: Database, lease: Lease, step: int, samples: Sequence[RolloutSample]) -> None:
    """Keep samples in place of earlier ones of the same run and step."""
    with db.write() as connection:
        require_lease(connection, lease)
        connection.execute(sa.delete(TABLE).where(TABLE.run_id == lease.run_id, TABLE.step == step))
        rows = [
            {**vars(sample), "messages": list(sample.messages), "step": step}
            | {"run_id": lease.run_id, "attempt": lease.attempt}
            for sample in samples
        ]
        if rows:
            connection.execute(sa.insert(TABLE), rows)


def steps(db: Database, run_id: str) -> list[int]:
    """The evaluations before which groups were kept."""
    query = sa.select(TABLE.step).where(TABLE.run_id == run_id).distinct().order_by(TABLE.step)
    with db.read() as connection:
        return list(connection.execute(query).scalars())


def at(db: Database, run_id: str, step: int) -> list[RolloutSample]:
    """The groups that were kept at a step, by group and sample."""
    query = sa.select(*COLUMNS).where(TABLE.run_id == run_id, TABLE.step == step)
    with db.read() as connection:
        rows = connection.execute(query.order_by(TABLE.prompt_index, TABLE.sample_index)).mappings().all()
    return [RolloutSample(**{**row, "messages": tuple(row["messages"])}) for row in rows]
