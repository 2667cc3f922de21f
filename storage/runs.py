"""Runs as they are read: single ones, lists with their settings, their events and checkpoints.

Left out: lists without settings (`run_lists`), and every write: new runs (`run_writes`), the writes of a worker
(`attempt_writes`), changes of a run's state (`queue`).
"""

from collections.abc import Collection, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from storage import tables
from storage.database import Database
from storage.errors import Ambiguous, NotFound
from storage.records import NOTE, Checkpoint, Event, Run, RunSummary
from words import N_, Text, from_json

COLUMNS = tuple(tables.Run.__table__.columns[field.name] for field in fields(Run))
SUMMARY_COLUMNS = tuple(tables.Run.__table__.columns[field.name] for field in fields(RunSummary))

LONGEST_ID = 64
LONGEST_RUN_NAME = 80  # as in a run file


def get(db: Database, prefix: str) -> Run:
    """The run whose id is `prefix` or is the only one to begin with it."""
    run = tables.Run
    if len(prefix) > LONGEST_ID or not prefix.isascii():
        raise NotFound(N_("There is no run {id}."), id=prefix[:LONGEST_ID])
    with db.read() as connection:
        row = connection.execute(sa.select(*COLUMNS).where(run.id == prefix)).first()
        if row is not None:
            return record(row)
        # compares with every id, which the usual case, a whole id, is spared
        begins = sa.select(*COLUMNS).where(run.id.startswith(prefix, autoescape=True)).order_by(run.id).limit(2)
        rows = connection.execute(begins).all()
    if not prefix or not rows:
        raise NotFound(N_("There is no run {id}."), id=prefix)
    if len(rows) > 1:
        raise Ambiguous(N_("Several runs begin with {id}; give more of the id."), id=prefix)
    return record(rows[0])


def by_ids(db: Database, run_ids: Collection[str]) -> dict[str, Run]:
    """These runs with their settings; an id without a run is left out."""
    with db.read() as connection:
        rows = connection.execute(sa.select(*COLUMNS).where(tables.Run.id.in_(run_ids))).all() if run_ids else []
    return {row.id: record(row) for row in rows}


def listing(
    db: Database,
    *,
    states: Sequence[str] | None = None,
    kind: str | None = None,
    origins: Sequence[str] | None = None,
    algorithm: str | None = None,
    model: str | None = None,
    limit: int | None = None,
) -> list[Run]:
    """Runs with their settings, the newest first. `model` is the name that a run's settings give."""
    query = sa.select(*COLUMNS).order_by(tables.Run.created_at.desc(), tables.Run.position.desc()).limit(limit)
    if states is not None:
        query = query.where(tables.Run.state.in_(states))
    if kind is not None:
        query = query.where(tables.Run.kind == kind)
    if origins is not None:
        query = query.where(tables.Run.origin.in_(origins))
    if algorithm is not None:
        query = query.where(tables.Run.algorithm == algorithm)
    if model is not None:
        query = query.where(tables.Run.model == model)
    with db.read() as connection:
        return [record(row) for row in connection.execute(query)]


def queue_order(db: Database) -> list[RunSummary]:
    """The queued runs in the order in which they will be claimed."""
    query = sa.select(*SUMMARY_COLUMNS).where(tables.Run.state == "queued").order_by(*CLAIM_ORDER)
    with db.read() as connection:
        return [summary(row) for row in connection.execute(query)]


CLAIM_ORDER = (tables.Run.priority.desc(), tables.Run.position, tables.Run.id)


def events(db: Database, run_id: str, after: int = 0) -> list[Event]:
    """The events of the run whose id is above `after`, in their order."""
    query = sa.select(*tables.Event.__table__.columns).where(tables.Event.run_id == run_id, tables.Event.id > after)
    with db.read() as connection:
        rows = connection.execute(query.order_by(tables.Event.id)).mappings().all()
    return [Event(**{**row, "text": from_json(row["text"])}) for row in rows]


def notes(db: Database, run_id: str, kind: str = NOTE) -> list[Text]:
    """What attempts noted about the run, in their order: what to know (NOTE), or what was measured (MEASUREMENT)."""
    return [event.text for event in events(db, run_id) if event.kind == kind and event.text is not None]


def checkpoints(db: Database, run_id: str) -> list[Checkpoint]:
    """The run's checkpoints in the order of their steps; of the same step, the latest attempt's comes last."""
    query = sa.select(*tables.Checkpoint.__table__.columns).where(tables.Checkpoint.run_id == run_id)
    with db.read() as connection:
        rows = connection.execute(query.order_by(tables.Checkpoint.step, tables.Checkpoint.attempt)).mappings().all()
    return [Checkpoint(**{**row, "path": db.workspace.to_absolute(row["path"])}) for row in rows]


def checkpoint_folders(db: Database) -> set[Path]:
    """The folders of all recorded checkpoints of all runs."""
    with db.read() as connection:
        paths = connection.execute(sa.select(tables.Checkpoint.path)).scalars()
        return {db.workspace.to_absolute(path) for path in paths}


def record(row: sa.Row[Any]) -> Run:
    """A row of `COLUMNS` as the record that may leave storage."""
    values = row._mapping
    return Run(**{**values, "reason": from_json(values["reason"])})


def summary(row: sa.Row[Any]) -> RunSummary:
    """A row of `SUMMARY_COLUMNS` as the record that may leave storage."""
    values = row._mapping
    return RunSummary(**{**values, "reason": from_json(values["reason"])})
