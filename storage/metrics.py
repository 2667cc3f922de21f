"""Curves: written in batches from a thread of their own, read as minimum and maximum of each bucket of steps.

Points are narrow rows under an integer series id (ADR 0005). What a metric means is engine.spec's business.
"""

import math
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from storage import intervals, reduced_curves, samples, tables
from storage.attempt_writes import add_event_row, require_lease
from storage.database import Database
from storage.errors import LeaseLost
from storage.records import Curve, Lease, Series, Update
from storage.reduced_curves import FINITE, MINUS, NAN, PLUS, number

LAST_STEP = 2**31 - 1
EMPTY: dict[str, Any] = {
    "count": 0,
    "first": None,
    "first_kind": FINITE,
    "last": None,
    "last_kind": FINITE,
    "last_step": -1,
    "minimum": None,
    "minimum_step": None,
    "maximum": None,
    "maximum_step": None,
}
"""The summary of a series without points."""
SHOWN = tuple(column for column in tables.Series.__table__.columns if not column.key.endswith("_kind"))
PENDING_LIMIT = 2_000_000
Points = dict[str, dict[int, tuple[float, float]]]
"""key -> step -> (value, wall time)"""


class Writer:
    """Collects points and commits them about every `interval` seconds from a thread of its own.

    `add` never raises into training; what it had to leave out is counted in `dropped`.
    """

    def __init__(self, db: Database, lease: Lease, interval: float = 0.5) -> None:
        self.dropped = 0
        self._db = db
        self._lease = lease
        self._interval = interval
        self._rows: list[tuple[int, dict[str, float], float]] = []
        self._waiting = 0
        self._lost: LeaseLost | None = None
        self._guard = threading.Lock()
        self._committing = threading.Lock()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="metrics", daemon=True)
        self._thread.start()

    def add(self, step: int, values: Mapping[str, float], wall_time: float) -> None:
        """Take the values of one step; wall_time in seconds since the epoch."""
        try:
            row = (int(step), {str(key): float(value) for key, value in values.items()}, float(wall_time))
        except Exception:
            self.dropped += len(values)
            return
        with self._guard:
            if self._lost or self._waiting + len(row[1]) > PENDING_LIMIT:
                self.dropped += len(row[1])
            else:
                self._rows.append(row)
                self._waiting += len(row[1])

    def flush(self) -> None:
        """Commit all that was added before this call. Raises LeaseLost, or what the database raised."""
        with self._committing:
            with self._guard:
                rows, self._rows, self._waiting = self._rows, [], 0
            try:
                if self._lost:
                    raise self._lost
                if rows:
                    write(self._db, self._lease, rows)
            except LeaseLost as error:
                self._lost = error
                self.dropped += sum(len(values) for _, values, _ in rows)
                raise
            except Exception:
                with self._guard:
                    self._rows = rows + self._rows
                    self._waiting += sum(len(values) for _, values, _ in rows)
                raise

    def close(self) -> None:
        """Stop the thread and commit what is left."""
        self._closing.set()
        self._thread.join()
        self.flush()

    def _run(self) -> None:
        while not self._closing.wait(self._interval):
            try:
                self.flush()
            except LeaseLost:
                return
            except Exception:
                # a full disk or a locked database may pass; the points are kept for the next turn
                continue


def write(db: Database, lease: Lease, rows: Sequence[tuple[int, Mapping[str, float], float]]) -> None:
    """Commit (step, {key: value}, wall time) rows in one transaction, with each series' summary."""
    pending: Points = {}
    for step, values, wall_time in rows:
        for key, value in values.items():
            # by step, so that one logged twice counts once
            pending.setdefault(key, {})[step] = (value, wall_time)
    with db.write() as connection:
        require_lease(connection, lease)
        put(connection, lease.run_id, pending)


def put(connection: sa.Connection, run_id: str, pending: Points) -> None:
    """Add points to a run, with each series' summary, inside the caller's transaction."""
    if not pending:
        return
    rows_by_key = _series_of(connection, run_id, list(pending))
    stored = [
        (rows_by_key[key]["id"], step, *_stored(value), wall_time)
        for key, points in pending.items()
        for step, (value, wall_time) in points.items()
    ]
    connection.exec_driver_sql(_insert_statement(connection), stored)
    _keep(connection, [_updated(connection, rows_by_key[key], points) for key, points in pending.items()])


def series(db: Database, run_ids: Sequence[str]) -> list[Series]:
    """All metrics of the runs, by key; without their points."""
    table = tables.Series
    columns, joined = intervals.beside_ends(table)
    query = sa.select(*table.__table__.columns, *columns).select_from(joined)
    with db.read() as connection:
        kept = query.where(table.run_id.in_(run_ids), table.count > 0)
        rows = connection.execute(kept.order_by(table.key, table.id)).mappings().all()
    return [_series(row) for row in rows]


def keys(db: Database) -> list[str]:
    """The metrics that any run has."""
    key = tables.Series.key
    with db.read() as connection:
        return list(connection.execute(sa.select(key).distinct().order_by(key)).scalars())


def by_run(db: Database, run_ids: Sequence[str]) -> dict[str, dict[str, Series]]:
    """The metrics of each run, by key."""
    series_by_run: dict[str, dict[str, Series]] = {run_id: {} for run_id in run_ids}
    for summary in series(db, run_ids):
        series_by_run[summary.run_id][summary.key] = summary
    return series_by_run


def read(
    db: Database,
    series_ids: Sequence[int],
    *,
    start: int = 0,
    stop: int = LAST_STEP,
    buckets: int = 500,
) -> dict[int, Curve]:
    """The curves between the steps `start` and `stop` (both included), reduced to `buckets` equal stretches of steps.

    Of each bucket the smallest and the largest of all its points are kept, and its first NaN or infinity; so are the
    first and the last point: no spike is ever hidden. Up to `buckets` steps, that is every point.
    """
    with db.read() as connection:
        return {each: reduced_curves.read(connection, each, start, stop, buckets) for each in series_ids}


def points(db: Database, run_id: str, key: str | None = None) -> Iterator[tuple[str, int, float, float]]:
    """Every point of a run as (key, step, value, wall time), by key and step."""
    table = tables.Point
    for summary in series(db, [run_id]):
        if key in (None, summary.key):
            query = sa.select(table.step, table.kind, table.value, table.wall_time).where(table.series_id == summary.id)
            with db.read() as connection:
                rows = connection.execute(query.order_by(table.step)).all()
            for step, kind, value, wall_time in rows:
                yield summary.key, step, number(kind, value), wall_time


def since(
    db: Database, run_ids: Sequence[str], cursors: Mapping[str, tuple[int, int]] | None = None
) -> dict[str, Update]:
    """What each run logged since its cursor (attempt, step), or everything where it has none."""
    cursors = cursors or {}
    with db.read() as connection:
        states = dict(
            connection.execute(sa.select(tables.Run.id, tables.Run.state).where(tables.Run.id.in_(run_ids))).all()
        )
        return {
            run_id: _since(connection, run_id, states[run_id], cursors.get(run_id))
            for run_id in run_ids
            if run_id in states
        }


def rewind(db: Database, lease: Lease, step: int, *, now: float) -> None:
    """Delete the points and samples past `step`, from which the run goes on: no curve doubles back."""
    with db.write() as connection:
        require_lease(connection, lease)
        rewind_in(db, connection, lease, step, now=now)


def rewind_in(db: Database, connection: sa.Connection, lease: Lease, step: int, *, now: float) -> None:
    """As `rewind`, inside the caller's transaction, which holds the run."""
    delete_from(connection, lease.run_id, step + 1)
    samples.forget(db, connection, lease.run_id, step)
    connection.execute(sa.update(tables.Run).where(tables.Run.id == lease.run_id).values(step=max(step, 0)))
    if lease.attempt > 1:
        add_event_row(connection, lease.run_id, lease.attempt, "rewind", now, step=step)


def delete_from(connection: sa.Connection, run_id: str, step: int, key: str | None = None) -> None:
    """Delete a run's points from `step` on, of one metric or of all, inside the caller's transaction."""
    series = tables.Series
    query = sa.select(series.id).where(series.run_id == run_id, series.last_step >= step)
    numbers = connection.execute(query if key is None else query.where(series.key == key)).scalars().all()
    point = tables.Point
    connection.execute(sa.delete(point).where(point.series_id.in_(numbers), point.step >= step))
    intervals.delete_from(connection, run_id, step, key)
    _keep(connection, [_summary(connection, each) for each in numbers])


def _stored(value: float) -> tuple[int, float | None]:
    """A value as (kind, value): SQLite has no NaN."""
    if math.isfinite(value):
        return FINITE, value
    if math.isnan(value):
        return NAN, None
    return (PLUS if value > 0 else MINUS), None


def _insert_statement(connection: sa.Connection) -> str:
    """The insert as SQL of the driver: three times as fast as through SQLAlchemy's expression language."""
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    return (
        "INSERT INTO points (series_id, step, kind, value, wall_time) "
        f"VALUES ({', '.join([mark] * 5)}) ON CONFLICT (series_id, step) DO UPDATE "
        "SET kind = excluded.kind, value = excluded.value, wall_time = excluded.wall_time"
    )


def _series_of(connection: sa.Connection, run_id: str, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The series rows of these metrics by key; the missing ones are made."""
    table = tables.Series
    query = sa.select(*table.__table__.columns).where(table.run_id == run_id)
    rows = {row["key"]: dict(row) for row in connection.execute(query).mappings()}
    new = [key for key in keys if key not in rows]
    if new:
        connection.execute(sa.insert(table), [{**EMPTY, "run_id": run_id, "key": key} for key in new])
        rows = {row["key"]: dict(row) for row in connection.execute(query).mappings()}
    return rows


def _extended(summary: Mapping[str, Any], values: Mapping[int, float]) -> dict[str, Any]:
    """A series' summary with points, in step order, that come after all it knows."""
    steps = list(values)
    extended = {**summary, "count": summary["count"] + len(steps), "last_step": steps[-1]}
    extended["last_kind"], extended["last"] = _stored(values[steps[-1]])
    if not summary["count"]:
        extended["first_kind"], extended["first"] = _stored(values[steps[0]])
    finite = [(value, step) for step, value in values.items() if math.isfinite(value)]
    if finite:
        low, high = min(finite), max(finite, key=lambda pair: pair[0])
        if summary["minimum"] is None or low[0] < summary["minimum"]:
            extended["minimum"], extended["minimum_step"] = low
        if summary["maximum"] is None or high[0] > summary["maximum"]:
            extended["maximum"], extended["maximum_step"] = high
    return extended


def _updated(
    connection: sa.Connection, summary: Mapping[str, Any], points: Mapping[int, tuple[float, float]]
) -> dict[str, Any]:
    """A series' summary after the points, which are stored already, were added."""
    if min(points) <= summary["last_step"]:
        return _summary(connection, summary["id"])
    return _extended(summary, {step: value for step, (value, _) in sorted(points.items())})


def _summary(connection: sa.Connection, series_id: int) -> dict[str, Any]:
    """A series' summary made anew from its points, after some were deleted or replaced."""
    table = tables.Point
    query = sa.select(table.step, table.kind, table.value).where(table.series_id == series_id).order_by(table.step)
    values = {step: number(kind, value) for step, kind, value in connection.execute(query)}
    summary = {**EMPTY, "id": series_id}
    return _extended(summary, values) if values else summary


def _keep(connection: sa.Connection, summaries: Sequence[Mapping[str, Any]]) -> None:
    """Write the summaries of these series."""
    if summaries:
        statement = sa.update(tables.Series).where(tables.Series.id == sa.bindparam("series"))
        changed = statement.values({name: sa.bindparam(f"new_{name}") for name in EMPTY})
        parameters = [
            {"series": summary["id"], **{f"new_{name}": summary[name] for name in EMPTY}} for summary in summaries
        ]
        connection.execute(changed, parameters)


def _since(connection: sa.Connection, run_id: str, state: Any, cursor: tuple[int, int] | None) -> Update:
    rewinds = connection.execute(
        sa.select(tables.Event.attempt, tables.Event.step).where(
            tables.Event.run_id == run_id, tables.Event.kind == "rewind"
        )
    ).all()
    # an attempt counts from its rewind on: before it, the points are still those of the one before
    attempt = max((row.attempt for row in rewinds), default=1)
    seen_attempt, seen_step = cursor or (attempt, -1)
    rewound_to = min((row.step for row in rewinds if row.attempt > seen_attempt), default=None)
    start = seen_step if rewound_to is None else min(seen_step, rewound_to)
    points: dict[str, tuple[list[int], list[float]]] = {}
    rows = connection.execute(
        sa.select(tables.Series.key, tables.Point.step, tables.Point.kind, tables.Point.value)
        .join(tables.Point, tables.Point.series_id == tables.Series.id)
        .where(tables.Series.run_id == run_id, tables.Series.last_step >= start, tables.Point.step >= start)
        .order_by(tables.Series.id, tables.Point.step)
    )
    for key, step, kind, value in rows:
        steps, values = points.setdefault(key, ([], []))
        steps.append(step)
        values.append(number(kind, value))
    latest = max((steps[-1] for steps, _ in points.values()), default=start)
    return Update(attempt, latest, rewound_to, state, points)


def _series(row: Mapping[Any, Any]) -> Series:
    values = {column.key: row[column.key] for column in SHOWN}
    ends = {"first": number(row["first_kind"], row["first"]), "last": number(row["last_kind"], row["last"])}
    return Series(**{**values, **ends, **intervals.of_ends(row)})
