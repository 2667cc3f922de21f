"""What generate runs have put into datasets, as it is read: which run filled which dataset, and with which items.

Left out: the items' content (`storage.datasets`), and the writes of a worker (`storage.generated_item_writes`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from storage import tables, working_copy
from storage.database import Database
from storage.records import Item, RunSummary
from storage.runs import SUMMARY_COLUMNS, summary

EXTRA = "generated"
"""The extra field of an item that says how its responses were sampled; `run` in it is the id of the run."""


@dataclass(frozen=True)
class Generation:
    """The dataset that a run fills, and how many prompts it has answered there; `name` is None for a deleted one."""

    run_id: str
    dataset_id: int
    name: str | None
    prompts: int


def hidden_scores(extra: Mapping[str, Any]) -> dict[str, float]:
    """The scores of the run's scorer by response, from the extra fields of an item; empty where it had none."""
    made = extra.get(EXTRA)
    scores = made.get("scores") if isinstance(made, dict) else None
    return {key: float(score) for key, score in scores.items()} if isinstance(scores, dict) else {}


def of_run(db: Database, run_id: str) -> Generation | None:
    """Where the run's answers went; None while it has not begun, and for a run of another kind."""
    with db.read() as connection:
        return read(connection, run_id)


def read(connection: sa.Connection, run_id: str) -> Generation | None:
    """As `of_run`, inside the caller's transaction."""
    generation, dataset = tables.Generation, tables.Dataset
    query = (
        sa.select(generation.run_id, generation.dataset_id, generation.prompts, dataset.name, dataset.deleted_at)
        .join(dataset, dataset.id == generation.dataset_id)
        .where(generation.run_id == run_id)
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    return Generation(row.run_id, row.dataset_id, None if row.deleted_at is not None else row.name, row.prompts)


def runs_into(db: Database, name: str) -> list[RunSummary]:
    """The runs whose answers the dataset holds, the newest first. Raises NotFound."""
    run, generation = tables.Run, tables.Generation
    with db.read() as connection:
        dataset = working_copy.find(connection, name)
        query = (
            sa.select(*SUMMARY_COLUMNS)
            .join(generation, generation.run_id == run.id)
            .where(generation.dataset_id == dataset.id)
            .order_by(run.created_at.desc(), run.position.desc())
        )
        return [summary(row) for row in connection.execute(query)]


def newest_runs(db: Database) -> dict[str, RunSummary]:
    """Dataset -> the newest run whose answers it holds, for each dataset that such a run filled."""
    run, generation, dataset = tables.Run, tables.Generation, tables.Dataset
    filled = (
        sa.select(dataset.name, generation.run_id)
        .join(generation, generation.dataset_id == dataset.id)
        .where(dataset.deleted_at.is_(None))
    )
    made = sa.select(*SUMMARY_COLUMNS).join(generation, generation.run_id == run.id)
    with db.read() as connection:
        names = {row.run_id: row.name for row in connection.execute(filled)}
        rows = connection.execute(made.order_by(run.created_at, run.position)).all()
    return {names[row.id]: summary(row) for row in rows if row.id in names}


def items(db: Database, run_id: str, *, offset: int = 0, limit: int | None = None) -> tuple[list[Item], int]:
    """A page of the items that the run made and that are still there, and how many these are."""
    with db.read() as connection:
        generation = read(connection, run_id)
        if generation is None or generation.name is None:
            return [], 0
        of_run = tables.Item.extra[EXTRA]["run"].as_string() == run_id
        query = working_copy.live_items(generation.dataset_id).where(of_run)
        total = connection.execute(sa.select(sa.func.count()).select_from(query.order_by(None).subquery())).scalar_one()
        return [working_copy.item(row) for row in connection.execute(query.offset(offset).limit(limit))], total
