"""Writes of a worker while it holds a run: events, checkpoints, and the fence that guards every such write.

A worker whose lease is lost writes nothing and must stop (ADR 0004). Left out: the lease itself and the run's state
(`queue`), curves (`metrics`) and samples (`samples`), which use the same fence.
"""

from pathlib import Path

import sqlalchemy as sa

from storage import tables
from storage.database import Database
from storage.errors import LeaseLost
from storage.records import NOTE, Checkpoint, Lease
from words import N_, Text, to_json


def add_event(db: Database, lease: Lease, kind: str, step: int | None, text: Text | None, *, now: float) -> None:
    """Record that something happened to the run during this attempt."""
    with db.write() as connection:
        require_lease(connection, lease)
        add_event_row(connection, lease.run_id, lease.attempt, kind, now, step=step, text=text)


def add_note(db: Database, lease: Lease, text: Text, *, now: float, kind: str = NOTE) -> None:
    """Record a sentence about the run, once: a later attempt may come upon it again.

    The kind NOTE warns of something; MEASUREMENT says what was measured.
    """
    event = tables.Event
    with db.write() as connection:
        require_lease(connection, lease)
        notes = sa.select(event.text).where(event.run_id == lease.run_id, event.kind == kind)
        if to_json(text) not in connection.execute(notes).scalars().all():
            add_event_row(connection, lease.run_id, lease.attempt, kind, now, text=text)


def record_checkpoint(db: Database, lease: Lease, *, step: int, path: Path, size: int, best: bool, now: float) -> None:
    """Record that a checkpoint is complete. `size` is in bytes; `best` takes the mark from the others."""
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
    values = {"run_id": run_id, "attempt": attempt, "kind": kind, "step": step, "text": to_json(text)}
    connection.execute(sa.insert(tables.Event).values(at=now, **values))
