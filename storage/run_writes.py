"""Writes of new runs: their rows, ids, places in the queue, and links.

Left out: reading runs (`runs`), the writes of a worker (`attempt_writes`), and changes of a run's state (`queue`).
"""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict, Unpack

import sqlalchemy as sa

from storage import run_links, tables
from storage.attempt_writes import add_event_row
from storage.database import Database
from storage.errors import Invalid, NotFound
from storage.item_content import normal
from storage.records import Run
from storage.runs import COLUMNS, record
from words import N_, Text

LETTERS = "abcdefghjkmnpqrstvwxyz"
BASE_32 = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's: no i, l, o, u to misread


class Draft(TypedDict):
    """The columns of a run to insert. Set `id` where another draft of the same call refers to it."""

    name: str
    kind: str
    algorithm: str | None
    lane: str
    spec: dict[str, Any]
    id: NotRequired[str]
    requested_by: NotRequired[str | None]
    waits_for: NotRequired[str | None]
    study_id: NotRequired[str | None]
    study_role: NotRequired[str]
    study_trial: NotRequired[int]
    study_seed: NotRequired[int]
    study_changes: NotRequired[dict[str, Any]]
    priority: NotRequired[int]
    origin: NotRequired[str]


def create(db: Database, *, now: float, **draft: Unpack[Draft]) -> Run:
    """Put one run at the end of the queue."""
    (run,) = enqueue(db, [draft], now)
    return run


def enqueue(db: Database, drafts: Sequence[Draft], now: float) -> list[Run]:
    """Put runs at the end of the queue in this order, all or none. Each waits for its `waits_for` to succeed."""
    with db.write() as connection:
        return insert(connection, drafts, now)


def add_event(db: Database, run_id: str, kind: str, text: Text, *, attempt: int, now: float) -> None:
    """Record something about a run that no worker holds any more."""
    with db.write() as connection:
        add_event_row(connection, run_id, attempt, kind, now, text=text)


def insert(connection: sa.Connection, drafts: Sequence[Draft], now: float) -> list[Run]:
    """As `enqueue`, inside the caller's transaction."""
    first = next_position(connection)
    return [_insert_one(connection, draft, position, now) for position, draft in enumerate(drafts, first)]


def insert_foreign(connection: sa.Connection, run_id: str, origin: str, columns: Mapping[str, Any], now: float) -> Run:
    """A running train run that another trainer makes, so no engine claims it. `columns` say what it is."""
    values = {
        "id": run_id,
        "kind": "train",
        "origin": origin,
        "state": "running",
        "lane": "train",
        "exclusive": False,
        "priority": 0,
        "position": next_position(connection),
        "attempt": 1,
        "advanced_attempt": 1,
        "step": 0,
        "fraction": 0.0,
        "created_at": now,
        "queued_at": now,
        **columns,
    }
    return record(connection.execute(sa.insert(tables.Run).values(values).returning(*COLUMNS)).one())


def next_position(connection: sa.Connection) -> int:
    """The place behind all runs."""
    return (connection.execute(sa.select(sa.func.max(tables.Run.position))).scalar() or 0) + 1


def _insert_one(connection: sa.Connection, draft: Draft, position: int, now: float) -> Run:
    budget = draft["spec"].get("budget")
    run_id = draft.get("id") or new_id()
    waits_for = draft.get("waits_for")
    values = {
        "origin": "local",
        "priority": 0,
        **draft,
        "id": run_id,
        **searched_columns(run_id, draft["name"], draft["algorithm"], draft["spec"]),
        "exclusive": isinstance(budget, dict) and "seconds" in budget,
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
    parts = (name, run_id, algorithm, dataset, model)
    return {"dataset": dataset, "model": model, "words": normal(" ".join(filter(None, parts)))}


def _setting(spec: Mapping[str, Any], block: str, key: str) -> str | None:
    """A text in a block of the settings; None where another trainer's settings have no such text."""
    settings = spec.get(block)
    text = settings.get(key) if isinstance(settings, dict) else None
    return text if isinstance(text, str) else None


def new_id() -> str:
    """A letter and 9 base-32 characters: unique across databases, never taken for a number."""
    return secrets.choice(LETTERS) + "".join(secrets.choice(BASE_32) for _ in range(9))


def entry_state(connection: sa.Connection, waits_for: str | None) -> str:
    """The state in which a run enters the queue: queued, or waiting while the run it needs has not succeeded."""
    if waits_for is None:
        return "queued"
    state = connection.execute(sa.select(tables.Run.state).where(tables.Run.id == waits_for)).scalar()
    if state is None:
        raise NotFound(N_("There is no run {id}."), id=waits_for)
    if state in ("failed", "stopped"):
        raise Invalid(N_("It waits for the run {id}, which did not succeed; resume that one first."), id=waits_for)
    return "queued" if state == "succeeded" else "waiting"
