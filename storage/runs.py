"""Runs as rows: made, found, listed, their events and checkpoints.

Left out: changes of their state (`queue`), and lists that need no settings (`run_lists`).
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, NotRequired, TypedDict, Unpack

import sqlalchemy as sa

from storage import run_links, tables
from storage.database import Database
from storage.errors import Ambiguous, Invalid, LeaseLost, NotFound
from storage.item_content import normal
from storage.records import Checkpoint, Event, Lease, Run, RunSummary
from words import N_, Text, from_json

LETTERS = "abcdefghjkmnpqrstvwxyz"
BASE_32 = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's: no i, l, o, u to misread
COLUMNS = tuple(tables.Run.__table__.columns[field.name] for field in fields(Run))
SUMMARY_COLUMNS = tuple(tables.Run.__table__.columns[field.name] for field in fields(RunSummary))


class Draft(TypedDict):
    """A run that is to be; with an `id` where others of the same line have to name it already."""

    name: str
    kind: str
    algorithm: str | None
    lane: str
    spec: dict[str, Any]
    id: NotRequired[str]
    requested_by: NotRequired[str | None]
    parent_run: NotRequired[str | None]
    waits_for: NotRequired[str | None]
    study_id: NotRequired[str | None]
    priority: NotRequired[int]
    origin: NotRequired[str]


def create(db: Database, *, now: float, **draft: Unpack[Draft]) -> Run:
    """Put one run at the end of the line."""
    (run,) = enqueue(db, [draft], now)
    return run


def enqueue(db: Database, drafts: Sequence[Draft], now: float) -> list[Run]:
    """Put runs at the end of the line in this order, all of them or none. Each waits for its `waits_for` to succeed."""
    with db.write() as connection:
        return insert(connection, drafts, now)


def insert(connection: sa.Connection, drafts: Sequence[Draft], now: float) -> list[Run]:
    """As `enqueue`, inside the caller's transaction."""
    last = connection.execute(sa.select(sa.func.max(tables.Run.position))).scalar() or 0
    return [_enter(connection, draft, position, now) for position, draft in enumerate(drafts, last + 1)]


def _enter(connection: sa.Connection, draft: Draft, position: int, now: float) -> Run:
    budget = draft["spec"].get("budget")
    run_id = draft.get("id") or new_id()
    waits_for = draft.get("waits_for")
    values = {
        "origin": "local",
        "priority": 0,
        **draft,
        "id": run_id,
        **searched_columns(run_id, draft["name"], draft["algorithm"], draft["spec"]),
        "alone": isinstance(budget, dict) and "seconds" in budget,
        "state": entry_state(connection, waits_for),
        "position": position,
        "attempt": 0,
        "advanced_attempt": 0,
        "step": 0,
        "fraction": 0.0,
        "created_at": now,
        "queued_at": now,
    }
    row = connection.execute(sa.insert(tables.Run).values(**values).returning(*COLUMNS)).one()
    run_links.add(connection, run_id, draft["spec"], waits_for)
    return record(row)


def searched_columns(run_id: str, name: str, algorithm: str | None, spec: Mapping[str, Any]) -> dict[str, str | None]:
    """The columns that repeat what lists and searches need of the settings."""
    dataset, model = _setting(spec, "data", "dataset"), _setting(spec, "model", "name")
    return {"dataset": dataset, "model": model, "words": search_words(name, run_id, algorithm, dataset, model)}


def search_words(*parts: str | None) -> str:
    """All that a search looks through, normalised as the searched words are."""
    return normal(" ".join(part for part in parts if part is not None))


def _setting(spec: Mapping[str, Any], block: str, key: str) -> str | None:
    """A text in a block of the settings; None where another trainer's settings have no such text."""
    settings = spec.get(block)
    text = settings.get(key) if isinstance(settings, dict) else None
    return text if isinstance(text, str) else None


def new_id() -> str:
    """A letter and 9 base-32 characters: unique across databases, never taken for a number."""
    return secrets.choice(LETTERS) + "".join(secrets.choice(BASE_32) for _ in range(9))


def entry_state(connection: sa.Connection, waits_for: str | None) -> str:
    """The state in which a run joins the line: queued, or waiting while the run it needs has not succeeded."""
    if waits_for is None:
        return "queued"
    state = connection.execute(sa.select(tables.Run.state).where(tables.Run.id == waits_for)).scalar()
    if state is None:
        raise NotFound(N_("There is no run {id}."), id=waits_for)
    if state in ("failed", "stopped"):
        raise Invalid(N_("It waits for the run {id}, which did not succeed; resume that one first."), id=waits_for)
    return "queued" if state == "succeeded" else "waiting"


def get(db: Database, prefix: str) -> Run:
    """The run whose id is `prefix` or is the only one to begin with it."""
    run = tables.Run
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


def listing(
    db: Database,
    *,
    states: Sequence[str] | None = None,
    kind: str | None = None,
    origins: Sequence[str] | None = None,
    limit: int | None = None,
) -> list[Run]:
    """Runs, the newest first."""
    query = sa.select(*COLUMNS).order_by(tables.Run.created_at.desc(), tables.Run.position.desc()).limit(limit)
    if states is not None:
        query = query.where(tables.Run.state.in_(states))
    if kind is not None:
        query = query.where(tables.Run.kind == kind)
    if origins is not None:
        query = query.where(tables.Run.origin.in_(origins))
    with db.read() as connection:
        return [record(row) for row in connection.execute(query)]


def queue_order(db: Database) -> list[RunSummary]:
    """The queued runs in the order in which they will be claimed."""
    query = sa.select(*SUMMARY_COLUMNS).where(tables.Run.state == "queued").order_by(*CLAIM_ORDER)
    with db.read() as connection:
        return [summary(row) for row in connection.execute(query)]


CLAIM_ORDER = (tables.Run.priority.desc(), tables.Run.position, tables.Run.id)


def rename(db: Database, run_id: str, name: str) -> None:
    """Give the run another name, under which a search finds it."""
    run = tables.Run
    with db.write() as connection:
        searched = sa.select(run.algorithm, run.dataset, run.model).where(run.id == run_id).with_for_update()
        row = connection.execute(searched).first()
        if row is None:
            raise NotFound(N_("There is no run {id}."), id=run_id)
        words = search_words(name, run_id, *row)
        connection.execute(sa.update(run).where(run.id == run_id).values(name=name, words=words))


def events(db: Database, run_id: str, after: int = 0) -> list[Event]:
    """What happened to the run, in order, from the event after id `after`."""
    query = sa.select(*tables.Event.__table__.columns).where(tables.Event.run_id == run_id, tables.Event.id > after)
    with db.read() as connection:
        rows = connection.execute(query.order_by(tables.Event.id)).mappings().all()
    return [Event(**{**row, "text": from_json(row["text"])}) for row in rows]


def add_event(db: Database, lease: Lease, kind: str, step: int | None, text: Text | None, *, now: float) -> None:
    with db.write() as connection:
        require_lease(connection, lease)
        add_event_row(connection, lease.run_id, lease.attempt, kind, now, step=step, text=text)


def checkpoints(db: Database, run_id: str) -> list[Checkpoint]:
    """The run's checkpoints in the order of their steps; of the same step, the latest attempt's comes last."""
    query = sa.select(*tables.Checkpoint.__table__.columns).where(tables.Checkpoint.run_id == run_id)
    with db.read() as connection:
        rows = connection.execute(query.order_by(tables.Checkpoint.step, tables.Checkpoint.attempt)).mappings().all()
    return [Checkpoint(**{**row, "path": db.workspace.to_absolute(row["path"])}) for row in rows]


def record_checkpoint(db: Database, lease: Lease, *, step: int, path: Path, size: int, best: bool, now: float) -> None:
    """Say that a checkpoint is complete. `size` is in bytes; `best` takes the mark from the others."""
    with db.write() as connection:
        require_lease(connection, lease)
        if best:
            connection.execute(
                sa.update(tables.Checkpoint).where(tables.Checkpoint.run_id == lease.run_id).values(best=False)
            )
        connection.execute(
            sa.insert(tables.Checkpoint).values(
                run_id=lease.run_id,
                step=step,
                attempt=lease.attempt,
                path=db.workspace.to_relative(path),
                best=best,
                bytes=size,
                at=now,
            )
        )
        connection.execute(
            sa.update(tables.Run).where(tables.Run.id == lease.run_id).values(advanced_attempt=lease.attempt)
        )
        add_event_row(connection, lease.run_id, lease.attempt, "checkpoint", now, step=step)


def forget_checkpoint(db: Database, lease: Lease, checkpoint: Checkpoint) -> None:
    """Take a checkpoint off the list; call it before its folder is deleted."""
    table = tables.Checkpoint
    with db.write() as connection:
        require_lease(connection, lease)
        connection.execute(
            sa.delete(table).where(
                table.run_id == lease.run_id, table.step == checkpoint.step, table.attempt == checkpoint.attempt
            )
        )


def require_lease(connection: sa.Connection, lease: Lease) -> None:
    """Make sure, to the end of the transaction, that the lease still holds."""
    query = sa.select(tables.Run.id).where(*lease_fence(lease)).with_for_update()
    if connection.execute(query).first() is None:
        raise lease_lost(lease)


def lease_fence(lease: Lease) -> tuple[sa.ColumnElement[bool], ...]:
    """The guard of every write by a worker."""
    return (tables.Run.id == lease.run_id, tables.Run.attempt == lease.attempt, tables.Run.state == "running")


def lease_lost(lease: Lease) -> LeaseLost:
    return LeaseLost(N_("Attempt {attempt} no longer holds the run {id}."), attempt=lease.attempt, id=lease.run_id)


def add_event_row(
    connection: sa.Connection,
    run_id: str,
    attempt: int,
    kind: str,
    now: float,
    *,
    step: int | None = None,
    text: Text | None = None,
) -> None:
    """Add an event inside the caller's transaction."""
    values = {"run_id": run_id, "attempt": attempt, "kind": kind, "step": step, "text": list(text) if text else None}
    connection.execute(sa.insert(tables.Event).values(at=now, **values))


def record(row: sa.Row[Any]) -> Run:
    """A row of `COLUMNS` as the record that may leave storage."""
    values = row._mapping
    return Run(**{**values, "reason": from_json(values["reason"])})


def summary(row: sa.Row[Any]) -> RunSummary:
    """A row of `SUMMARY_COLUMNS` as the record that may leave storage."""
    values = row._mapping
    return RunSummary(**{**values, "reason": from_json(values["reason"])})
