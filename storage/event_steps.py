"""At which steps the events of runs happened, for charts that mark them.

Events that name no step, such as a pause, happened at the last step that was logged by then. Left out: the events in
full (`runs.events`).
"""

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from storage import tables
from storage.database import Database
from words import Text, from_json


@dataclass(frozen=True)
class EventStep:
    """An event of a run; `is_best` marks the checkpoint that is the run's best today."""

    run_id: str
    attempt: int
    step: int
    kind: str
    text: Text | None
    is_best: bool


def event_steps(db: Database, run_ids: Collection[str]) -> list[EventStep]:
    """The events of these runs, each run's in their order."""
    event, best = tables.Event, tables.Checkpoint
    of_event = (best.run_id == event.run_id, best.step == event.step, event.kind == "checkpoint")
    is_best = sa.exists().where(best.best, *of_event)
    columns = (event.run_id, event.attempt, event.step, event.kind, event.text, event.at, is_best.label("is_best"))
    query = sa.select(*columns).where(event.run_id.in_(run_ids)).order_by(event.run_id, event.id)
    with db.read() as connection:
        rows = connection.execute(query).all()
        steps = [_step_at(connection, row.run_id, row.at) if row.step is None else row.step for row in rows]
    return [
        EventStep(row.run_id, row.attempt, step, row.kind, from_json(row.text), bool(row.is_best))
        for row, step in zip(rows, steps, strict=True)
    ]


def _step_at(connection: sa.Connection, run_id: str, at: float) -> int:
    """The last step of the run's longest curve that was logged by then; its first where there is none."""
    series, point = tables.Series, tables.Point
    longest = sa.select(series.id).where(series.run_id == run_id).order_by(series.count.desc(), series.id).limit(1)
    steps = sa.select(sa.func.max(point.step).filter(point.wall_time <= at), sa.func.min(point.step))
    last, first = connection.execute(steps.where(point.series_id == longest.scalar_subquery())).one()
    return int(last if last is not None else first or 0)
