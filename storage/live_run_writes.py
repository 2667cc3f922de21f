"""Taking what a trainer elsewhere reports of its run, as often as it is sent: a point that comes twice counts once.

The run is never claimed, and its state is what the trainer last said. Left out: who may send (`ingest_tokens`), and
what metrics of others are called here, which the caller says.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from storage import metrics, tables
from storage.attempt_writes import add_event_row
from storage.database import Database
from storage.errors import Invalid
from storage.records import ENDED, Lease, Run
from storage.run_import_writes import described
from storage.run_sources import LIVE, Report, Vocabulary
from storage.run_writes import insert_foreign, new_id
from storage.runs import COLUMNS, record
from words import N_, to_json

MOST_METRICS = 2_000
ETA_FROM = 0.01  # the share of a run from which its pace says when it will end


def receive(db: Database, report: Report, vocabulary: Vocabulary, now: float) -> tuple[Run, bool]:
    """The run as it stands after the report, and whether the report began it. Raises Invalid."""
    source = tables.RunSource
    with db.write() as connection:
        query = sa.select(source.run_id, source.session).where(source.kind == LIVE, source.key == report.key)
        known = connection.execute(query.with_for_update()).first()
        run = _begun(connection, report, now) if known is None else _run(connection, known.run_id)
        if known is not None and known.session != report.session:
            run = _restarted(db, connection, run, report, now)
        _put(connection, run, report, vocabulary)
        heard = {"session": report.session, "heard_at": now, "dropped": report.dropped}
        connection.execute(sa.update(source).where(source.run_id == run.id).values(heard))
        values = {**_described(connection, run, report, vocabulary), **_progress(run, report, now)}
        return _set(connection, run.id, values), known is None


def _begun(connection: sa.Connection, report: Report, now: float) -> Run:
    """A new row, that no engine claims."""
    run_id = new_id()
    columns = {**described(run_id, report.name, None, report.settings or {}), "started_at": now}
    run = insert_foreign(connection, run_id, "live", columns, now)
    source = {"kind": LIVE, "key": report.key, "location": report.location, "session": report.session}
    row = {**source, "run_id": run.id, "heard_at": now, "dropped": 0}
    connection.execute(sa.insert(tables.RunSource).values(row))
    add_event_row(connection, run.id, 1, "attempt", now)
    return run


def _restarted(db: Database, connection: sa.Connection, run: Run, report: Report, now: float) -> Run:
    """The run under another process of its trainer: what lies past the checkpoint that this one starts from goes."""
    attempt = run.attempt + 1
    connection.execute(sa.update(tables.Run).where(tables.Run.id == run.id).values(attempt=attempt))
    add_event_row(connection, run.id, attempt, "attempt", now)
    if report.rewind_to is not None and report.rewind_to < run.step:
        metrics.rewind_in(db, connection, Lease(run.id, attempt, ""), report.rewind_to, now=now)
    return _run(connection, run.id)


def _put(connection: sa.Connection, run: Run, report: Report, vocabulary: Vocabulary) -> None:
    pending: metrics.Points = {}
    for step, values, wall_time in report.points:
        for key, value in values.items():
            pending.setdefault(vocabulary.own_key(key), {})[step] = (value, wall_time)
    series = tables.Series
    keys = set(connection.execute(sa.select(series.key).where(series.run_id == run.id)).scalars())
    if len(keys | pending.keys()) > MOST_METRICS:
        raise Invalid(N_("A run has at most {most} metrics."), most=f"{MOST_METRICS:,}")
    metrics.put(connection, run.id, pending)


def _described(connection: sa.Connection, run: Run, report: Report, vocabulary: Vocabulary) -> dict[str, Any]:
    """Settings where they came along, and the method as soon as it can be told."""
    if report.settings is None and run.algorithm is not None:
        return {}
    settings = report.settings if report.settings is not None else run.spec
    series = tables.Series
    keys = connection.execute(sa.select(series.key).where(series.run_id == run.id)).scalars().all()
    algorithm = run.algorithm or vocabulary.algorithm_of(keys, settings, report.trainer)
    if report.settings is None:
        return {"algorithm": algorithm}
    return described(run.id, run.name, algorithm, settings)


def _progress(run: Run, report: Report, now: float) -> dict[str, Any]:
    step = max([run.step, *(step for step, _values, _at in report.points)])
    fraction = min(1.0, step / report.total_steps) if report.total_steps else run.fraction
    ended = report.state in ENDED
    begun = run.started_at if run.started_at is not None else now
    eta = (now - begun) * (1 - fraction) / fraction if not ended and fraction >= ETA_FROM else None
    reason = (N_("The trainer says: {error}"), {"error": report.error}) if report.error else None
    return {
        "step": step,
        "fraction": 1.0 if report.state == "succeeded" else fraction,
        "eta_seconds": eta,
        "state": report.state,
        "reason": to_json(reason),
        "ended_by": ("person" if report.state == "stopped" else "engine") if ended else None,
        "finished_at": (run.finished_at or now) if ended else None,
    }


def _run(connection: sa.Connection, run_id: str) -> Run:
    return record(connection.execute(sa.select(*COLUMNS).where(tables.Run.id == run_id)).one())


def _set(connection: sa.Connection, run_id: str, values: Mapping[str, Any]) -> Run:
    statement = sa.update(tables.Run).where(tables.Run.id == run_id).values(values).returning(*COLUMNS)
    return record(connection.execute(statement).one())
