"""The intervals of points that are means over prompts. Left out: how one is computed, and the points (`metrics`)."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from storage import tables
from storage.attempt_writes import require_lease
from storage.database import Database
from storage.records import Interval, Lease

TABLE = tables.Interval
FIELDS = tuple(Interval.__annotations__)
FIRST, LAST = sa.orm.aliased(TABLE, name="first_interval"), sa.orm.aliased(TABLE, name="last_interval")
ENDS = {"first_interval": FIRST, "last_interval": LAST}


def add(db: Database, lease: Lease, intervals: Mapping[tuple[str, int], Interval]) -> None:
    """Keep the intervals of points by metric and step, in place of earlier ones."""
    if intervals:
        with db.write() as connection:
            require_lease(connection, lease)
            put(connection, lease.run_id, intervals)


def put(connection: sa.Connection, run_id: str, intervals: Mapping[tuple[str, int], Interval]) -> None:
    """Keep intervals by metric and step, inside the caller's transaction."""
    for key, step in intervals:
        connection.execute(sa.delete(TABLE).where(TABLE.run_id == run_id, TABLE.key == key, TABLE.step == step))
    rows = [
        {"run_id": run_id, "key": key, "step": step, **vars(interval)} for (key, step), interval in intervals.items()
    ]
    if rows:
        connection.execute(sa.insert(TABLE), rows)


def listing(
    db: Database, run_ids: Sequence[str], keys: Sequence[str] | None = None
) -> dict[str, dict[str, dict[int, Interval]]]:
    """run -> metric -> step -> interval, of these runs and of these metrics, or of all."""
    query = sa.select(*TABLE.__table__.columns).where(TABLE.run_id.in_(run_ids))
    if keys is not None:
        query = query.where(TABLE.key.in_(keys))
    by_run: dict[str, dict[str, dict[int, Interval]]] = {}
    with db.read() as connection:
        for row in connection.execute(query.order_by(TABLE.run_id, TABLE.key, TABLE.step)).mappings():
            by_key = by_run.setdefault(row["run_id"], {})
            by_key.setdefault(row["key"], {})[row["step"]] = Interval(**{name: row[name] for name in FIELDS})
    return by_run


def delete_from(connection: sa.Connection, run_id: str, step: int, key: str | None = None) -> None:
    """Delete a run's intervals from `step` on, of one metric or of all, inside the caller's transaction."""
    statement = sa.delete(TABLE).where(TABLE.run_id == run_id, TABLE.step >= step)
    connection.execute(statement if key is None else statement.where(TABLE.key == key))


def beside_ends(series: type[tables.Series]) -> tuple[list[sa.ColumnElement[Any]], sa.FromClause]:
    """The columns of the intervals of each series' first and last point, and the join that brings them in."""
    point = tables.Point
    first_step = sa.select(sa.func.min(point.step)).where(point.series_id == series.id).scalar_subquery()
    joined: sa.FromClause = series.__table__
    for end, step in ((FIRST, first_step), (LAST, series.last_step)):
        joined = sa.outerjoin(
            joined, end, sa.and_(end.run_id == series.run_id, end.key == series.key, end.step == step)
        )
    return [getattr(end, name).label(f"{label}_{name}") for label, end in ENDS.items() for name in FIELDS], joined


def of_ends(row: Mapping[Any, Any]) -> dict[str, Interval | None]:
    """What a row that has these columns says of the first and the last point."""
    values = {label: {name: row[f"{label}_{name}"] for name in FIELDS} for label in ENDS}
    return {label: None if fields["low"] is None else Interval(**fields) for label, fields in values.items()}
