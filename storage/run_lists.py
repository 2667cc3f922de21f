"""Lists of runs that leave their settings unread: for tables, fields in which a run is chosen, and the engine.

Left out: a single run, and lists with settings (`runs`).
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from storage import tables
from storage.database import Database
from storage.records import ENDED, RunName, RunSummary
from storage.runs import CLAIM_ORDER, SUMMARY_COLUMNS, summary
from storage.search_words import search_words

_NEWEST_FIRST = (tables.Run.created_at.desc(), tables.Run.position.desc())


COLUMNS = ("name", "state", "result", "steps", "time", "created")


@dataclass(frozen=True)
class Order:
    """By which of COLUMNS runs are listed. `metric` is the key whose last value is the result; runs without one end."""

    column: str
    descending: bool = True
    metric: str = ""


def search(
    db: Database,
    text: str = "",
    states: Collection[str] = (),
    *,
    order: Order | None = None,
    offset: int = 0,
    limit: int | None = None,
) -> list[RunSummary]:
    """Runs in these states (in any, where none are given) that match a search; all without a limit.

    They come in `order`, else the newest first. Every word of `text` must be somewhere in the run's name, id, method,
    dataset or model.
    """
    query = sa.select(*SUMMARY_COLUMNS).where(*_matching(text, states))
    return _summaries(db, query.order_by(*_ordering(order)).offset(offset).limit(limit))


def _ordering(order: Order | None) -> Sequence[sa.ColumnElement[Any]]:
    if order is None:
        return _NEWEST_FIRST
    run, series = tables.Run, tables.Series
    last = sa.select(series.last).where(series.run_id == run.id, series.key == order.metric).scalar_subquery()
    by: dict[str, sa.ColumnElement[Any]] = {
        "name": sa.func.lower(run.name),
        "state": sa.type_coerce(run.state, sa.String),
        "result": last,
        "steps": sa.type_coerce(run.step, sa.Integer),
        "time": run.finished_at - run.started_at,
        "created": sa.type_coerce(run.created_at, sa.Float),
    }
    column = by[order.column]
    return [(column.desc() if order.descending else column.asc()).nulls_last(), *_NEWEST_FIRST]


def count(db: Database, text: str = "", states: Collection[str] = ()) -> int:
    """How many runs `search` would give without a limit."""
    query = sa.select(sa.func.count()).select_from(tables.Run).where(*_matching(text, states))
    with db.read() as connection:
        return connection.execute(query).scalar_one()


def by_id(db: Database, run_ids: Collection[str]) -> dict[str, RunSummary]:
    """These runs, the oldest first; an id without a run is left out."""
    query = sa.select(*SUMMARY_COLUMNS).where(tables.Run.id.in_(run_ids))
    oldest_first = query.order_by(tables.Run.created_at, tables.Run.position)
    return {run.id: run for run in _summaries(db, oldest_first)} if run_ids else {}


def in_state(db: Database, state: str) -> list[RunSummary]:
    """All runs of this workspace's engines in a state that few are in (running, waiting, paused), the newest first."""
    run = tables.Run
    query = sa.select(*SUMMARY_COLUMNS).where(run.state == state, run.origin == "local")
    return _summaries(db, query.order_by(*_NEWEST_FIRST))


def queued_ids(db: Database) -> list[str]:
    """The ids of the queued runs in the order in which they will be claimed."""
    query = sa.select(tables.Run.id).where(tables.Run.state == "queued").order_by(*CLAIM_ORDER)
    with db.read() as connection:
        return list(connection.execute(query).scalars())


def queued_lanes(db: Database) -> set[str]:
    """The lanes in which a run is queued."""
    with db.read() as connection:
        return set(
            connection.execute(sa.select(tables.Run.lane).where(tables.Run.state == "queued").distinct()).scalars()
        )


def states(db: Database) -> dict[str, str]:
    """The state of every run, by its id."""
    with db.read() as connection:
        return {row.id: row.state for row in connection.execute(sa.select(tables.Run.id, tables.Run.state))}


def settings(db: Database, run_ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """The settings of these runs, by id."""
    query = sa.select(tables.Run.id, tables.Run.spec).where(tables.Run.id.in_(run_ids))
    with db.read() as connection:
        return {row.id: row.spec for row in connection.execute(query)} if run_ids else {}


def with_steps(db: Database, also: Collection[str] = ()) -> list[RunName]:
    """Training runs past step 0, and those in `also`; the newest first."""
    return _names(db, sa.or_(tables.Run.step > 0, tables.Run.id.in_(also)))


def startable_from(db: Database) -> list[RunName]:
    """Runs from whose checkpoint another can start; the newest first.

    For a run that has not ended, the other one has to wait.
    """
    run = tables.Run
    return _names(db, sa.and_(run.origin == "local", sa.or_(run.step > 0, run.state.not_in(ENDED))))


def numbered_names(db: Database, stem: str) -> set[str]:
    """The names of runs that are the stem followed by a number."""
    column = tables.Run.name
    query = sa.select(column).where(column.startswith(f"{stem} ", autoescape=True)).distinct()
    with db.read() as connection:
        names = connection.execute(query).scalars().all()
    return {name for name in names if re.fullmatch(r" \d+", name[len(stem) :])}


def _matching(text: str, states: Collection[str]) -> Sequence[sa.ColumnElement[bool]]:
    """Conditions on columns of `ix_runs_list` only, so that no row is read of which nothing is shown."""
    run = tables.Run
    words = [run.words.contains(word, autoescape=True) for word in search_words(text)]
    # an expression, since SQLite would otherwise take the index by state, and sort all runs of that state
    return [*words, sa.func.coalesce(run.state, "").in_(states)] if states else words


def _summaries(db: Database, query: sa.Select[Any]) -> list[RunSummary]:
    with db.read() as connection:
        return [summary(row) for row in connection.execute(query)]


def _names(db: Database, condition: sa.ColumnElement[bool]) -> list[RunName]:
    run = tables.Run
    query = sa.select(run.id, run.name).where(run.kind == "train", condition).order_by(*_NEWEST_FIRST)
    with db.read() as connection:
        return [RunName(*row) for row in connection.execute(query)]
