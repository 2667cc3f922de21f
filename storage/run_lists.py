"""Lists of runs that leave their settings unread: for tables, fields in which a run is chosen, and the engine.

Left out: a single run, and lists with settings (`runs`).
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from storage import run_columns, tables
from storage.database import Database
from storage.records import ENDED, RunName, RunSummary
from storage.run_columns import MetricColumn, SettingColumn
from storage.run_facets import LISTED, RunFacets, matching
from storage.runs import CLAIM_ORDER, SUMMARY_COLUMNS, summary

_NEWEST_FIRST = (tables.Run.created_at.desc(), tables.Run.position.desc())


COLUMNS = ("name", "state", "result", "steps", "time", "created")
Condition = sa.ColumnElement[bool]


@dataclass(frozen=True)
class Order:
    """By which of COLUMNS, or by which chosen column, runs are listed; runs without a value end.

    `metric` is the key whose last value is the result.
    """

    column: str | SettingColumn | MetricColumn
    descending: bool = True
    metric: str = ""


def search(
    db: Database,
    text: str = "",
    states: Collection[str] = (),
    facets: RunFacets = LISTED,
    *,
    within: Condition | None = None,
    order: Order | None = None,
    offset: int = 0,
    limit: int | None = None,
) -> list[RunSummary]:
    """Runs in these states (in any, where none are given) that match search and facets; all without a limit.

    They come in `order`, else the newest first. Every word of `text` must be somewhere in the run's name, id, method,
    dataset or model. `within` narrows them to one group (`run_groups.condition`).
    """
    query = sa.select(*SUMMARY_COLUMNS).where(*matching(text, states, facets))
    if within is not None:
        query = query.where(within)
    return _summaries(db, query.order_by(*_ordering(order, db.engine.dialect.name)).offset(offset).limit(limit))


def _ordering(order: Order | None, dialect: str) -> Sequence[sa.ColumnElement[Any]]:
    if order is None:
        return _NEWEST_FIRST
    column = _column(order, dialect)
    return [(column.desc() if order.descending else column.asc()).nulls_last(), *_NEWEST_FIRST]


def _column(order: Order, dialect: str) -> sa.ColumnElement[Any]:
    if not isinstance(order.column, str):
        return run_columns.value(order.column, dialect)
    run = tables.Run
    by: dict[str, sa.ColumnElement[Any]] = {
        "name": sa.func.lower(run.name),
        "state": sa.type_coerce(run.state, sa.String),
        "result": run_columns.value(MetricColumn(order.metric), dialect),
        "steps": sa.type_coerce(run.step, sa.Integer),
        "time": run.finished_at - run.started_at,
        "created": sa.type_coerce(run.created_at, sa.Float),
    }
    return by[order.column]


def count(db: Database, text: str = "", states: Collection[str] = (), facets: RunFacets = LISTED) -> int:
    """How many runs `search` would give without a limit."""
    query = sa.select(sa.func.count()).select_from(tables.Run).where(*matching(text, states, facets))
    with db.read() as connection:
        return connection.execute(query).scalar_one()


def is_empty(db: Database) -> bool:
    """Whether there is no run at all, archived or not."""
    with db.read() as connection:
        return connection.execute(sa.select(tables.Run.id).limit(1)).first() is None


def has_succeeded(db: Database, origins: Collection[str]) -> bool:
    """Whether a training run of these origins has ever come to its end."""
    run = tables.Run
    query = sa.select(run.id).where(run.state == "succeeded", run.kind == "train", run.origin.in_(origins)).limit(1)
    with db.read() as connection:
        return connection.execute(query).first() is not None


def by_id(db: Database, run_ids: Collection[str]) -> dict[str, RunSummary]:
    """These runs, the oldest first; an id without a run is left out."""
    query = sa.select(*SUMMARY_COLUMNS).where(tables.Run.id.in_(run_ids))
    oldest_first = query.order_by(tables.Run.created_at, tables.Run.position)
    return {run.id: run for run in _summaries(db, oldest_first)} if run_ids else {}


def in_state(db: Database, state: str) -> list[RunSummary]:
    """All runs of this workspace's engines in a state that few are in (running, waiting, paused), the newest first.

    A paused run that is archived is left out.
    """
    run = tables.Run
    query = sa.select(*SUMMARY_COLUMNS).where(run.state == state, run.origin == "local", run.archived_at.is_(None))
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
    return {run_id: spec for run_id, (spec, _resolved) in with_resolved(db, run_ids).items()}


def with_resolved(db: Database, run_ids: Collection[str]) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """The settings of these runs and what `auto` in them became (nothing before a first attempt), by id."""
    run = tables.Run
    query = sa.select(run.id, run.spec, run.resolved).where(run.id.in_(run_ids))
    with db.read() as connection:
        return {row.id: (row.spec, row.resolved or {}) for row in connection.execute(query)} if run_ids else {}


def with_steps(db: Database, also: Collection[str] = ()) -> list[RunName]:
    """Training runs past step 0 that are not archived, and those in `also`; the newest first."""
    run = tables.Run
    return _names(db, sa.or_(sa.and_(run.step > 0, run.archived_at.is_(None)), run.id.in_(also)))


def startable_from(db: Database) -> list[RunName]:
    """Runs from whose checkpoint another can start, archived ones left out; the newest first.

    For a run that has not ended, the other one has to wait.
    """
    run = tables.Run
    has_checkpoint = sa.or_(run.step > 0, run.state.not_in(ENDED))
    return _names(db, sa.and_(run.origin == "local", run.archived_at.is_(None), has_checkpoint))


def reward_models(db: Database) -> list[RunName]:
    """Runs that have trained a reward model here, archived ones left out; the newest first."""
    run = tables.Run
    trained = sa.and_(run.algorithm == "reward", run.state == "succeeded", run.origin == "local")
    return _names(db, sa.and_(trained, run.archived_at.is_(None)))


def last_trained_on(db: Database) -> dict[str, float]:
    """When a run on each dataset was last launched, by the name that the dataset had in its run file."""
    run = tables.Run
    query = (
        sa.select(run.dataset, sa.func.max(run.created_at))
        .where(run.kind == "train", run.origin == "local", run.dataset.is_not(None))
        .group_by(run.dataset)
    )
    with db.read() as connection:
        return {str(name): at for name, at in connection.execute(query)}


def numbered_names(db: Database, stem: str) -> set[str]:
    """The names of runs that are the stem followed by a number."""
    column = tables.Run.name
    query = sa.select(column).where(column.startswith(f"{stem} ", autoescape=True)).distinct()
    with db.read() as connection:
        names = connection.execute(query).scalars().all()
    return {name for name in names if re.fullmatch(r" \d+", name[len(stem) :])}


def _summaries(db: Database, query: sa.Select[Any]) -> list[RunSummary]:
    with db.read() as connection:
        return [summary(row) for row in connection.execute(query)]


def _names(db: Database, condition: sa.ColumnElement[bool]) -> list[RunName]:
    run = tables.Run
    query = sa.select(run.id, run.name).where(run.kind == "train", condition).order_by(*_NEWEST_FIRST)
    with db.read() as connection:
        return [RunName(*row) for row in connection.execute(query)]
