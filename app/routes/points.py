"""Points of curves for live charts: all of a run reduced at first, then only what came since the reader's cursor.

/alignlab/points?run=ID&run=ID&after=ID:ATTEMPT:STEP. The answer's (attempt, step) is the next cursor; what lies past
`rewound_to` must be dropped. With &range=FIRST:LAST, the points between two steps alone, thinned less or not at all:
what a reader looks into. With &key=METRIC, the whole curves of these metrics alone and no cursor: what is in sight is
drawn before the rest is read. Intervals of evaluations come beside their points (`app.charts.bounds`). Left out: what
the curves are called (`engine.spec`), and every point as a table (`points_table`).
"""

import re
from collections.abc import Collection
from functools import lru_cache
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app import clients
from app.charts import bounds
from app.markup.json_numbers import json_number
from app.routes.refusals import malformed, refused
from app.translations import N_
from engine.spec import key_metrics
from storage import metrics
from storage.database import Database
from storage.errors import NotFound, StorageError
from storage.records import ACTIVE, Curve, Series, Update

BUCKETS = 400
MOST_KEPT = 4000  # reduced curves, of 13 kB each at most
MOST_RUNS = 1000
CURSOR = re.compile(r"([^:]{1,64}):([0-9]{1,9}):([0-9]{1,15})")
RANGE = re.compile(r"([0-9]{1,9}):([0-9]{1,9})")
BEYOND = 2**40  # past every attempt and step: asks for the state of the cursor without any points
Cursors = dict[str, tuple[int, int]]


def points(request: Request) -> Response:
    """400 for a cursor that is not one of ours and for too many runs; else what `refused` answers."""
    run_ids = list(dict.fromkeys(request.query_params.getlist("run")))
    if len(run_ids) > MOST_RUNS:
        return malformed(f"At most {MOST_RUNS} runs are answered at once.")
    try:
        cursors = _cursors(request.query_params.getlist("after"))
    except ValueError:
        return malformed("A cursor is written RUN:ATTEMPT:STEP.")
    range_text = request.query_params.get("range")
    steps = None if range_text is None else RANGE.fullmatch(range_text)
    if range_text is not None and steps is None:
        return malformed("A range is written FIRST:LAST, in steps.")
    keys = request.query_params.getlist("key")
    try:
        if steps is not None:
            answer = in_range(clients.database(), run_ids, int(steps[1]), int(steps[2]))
        elif keys:
            answer = of_metrics(clients.database(), run_ids, keys)
        else:
            answer = updates(clients.database(), run_ids, cursors)
        bounds.added(clients.database(), answer, key_metrics.HELD_OUT)
    except StorageError as error:
        return refused(error)
    return JSONResponse({"runs": answer}, headers={"Cache-Control": "no-store"})


def updates(db: Database, run_ids: list[str], cursors: Cursors) -> dict[str, Any]:
    """What each run has to say: since its cursor, or its whole curves reduced where it has none."""
    new = [run for run in run_ids if run not in cursors]
    updates_by_run = {**metrics.since(db, [run for run in run_ids if run in cursors], cursors), **_whole(db, new)}
    for run in run_ids:
        if run not in updates_by_run:
            raise NotFound(N_("There is no run {id}."), id=run)
    return {run: _as_json(update) for run, update in updates_by_run.items()}


def in_range(db: Database, run_ids: list[str], first: int, last: int) -> dict[str, Any]:
    """The points of each run between two steps, both included; reduced like whole curves where they are many."""
    series = metrics.series(db, run_ids)
    curves = metrics.read(db, [curve.id for curve in series], start=first, stop=last, buckets=BUCKETS)
    return _by_run(run_ids, [(summary, curves[summary.id]) for summary in series])


def of_metrics(db: Database, run_ids: list[str], keys: Collection[str]) -> dict[str, Any]:
    """The whole curves of some metrics of each run, reduced."""
    return _by_run(run_ids, [(one, _reduced(db, one)) for one in metrics.series(db, run_ids) if one.key in keys])


def _by_run(run_ids: list[str], curves: list[tuple[Series, Curve]]) -> dict[str, Any]:
    answer: dict[str, Any] = {run: {"points": {}} for run in run_ids}
    for summary, curve in curves:
        answer[summary.run_id]["points"][summary.key] = _points(curve.steps.tolist(), curve.values.tolist())
    return answer


@lru_cache(MOST_KEPT)
def _reduced(db: Database, summary: Series) -> Curve:
    """A whole curve, kept: thousands of points are read to answer hundreds. One that grows has another summary."""
    return metrics.read(db, [summary.id], buckets=BUCKETS)[summary.id]


def _whole(db: Database, run_ids: list[str]) -> dict[str, Update]:
    """Every curve as the minimum and maximum of its buckets, so that no spike is hidden, with the cursor to go on.

    The state is read first, then the cursor, then the curves: a run that has ended by then has written all, and what
    comes in between is sent twice, never left out.
    """
    cursors = metrics.since(db, run_ids, dict.fromkeys(run_ids, (BEYOND, BEYOND)))
    series = metrics.series(db, run_ids)
    reached = {run: max((curve.last_step for curve in series if curve.run_id == run), default=0) for run in run_ids}
    points_by_run: dict[str, dict[str, tuple[list[int], list[float]]]] = {run: {} for run in run_ids}
    for one in series:
        curve = _reduced(db, one)
        points_by_run[one.run_id][one.key] = (curve.steps.tolist(), curve.values.tolist())
    return {
        run: Update(cursor.attempt, reached[run], None, cursor.state, points_by_run[run])
        for run, cursor in cursors.items()
    }


def _as_json(update: Update) -> dict[str, Any]:
    return {
        "attempt": update.attempt,
        "step": update.step,
        "rewound_to": update.rewound_to,
        "state": update.state,
        "active": update.state in ACTIVE,
        "points": {key: _points(steps, values) for key, (steps, values) in update.points.items()},
    }


def _points(steps: list[int], values: list[float]) -> dict[str, Any]:
    return {"x": steps, "y": [json_number(value) for value in values]}


def _cursors(parameters: list[str]) -> Cursors:
    cursors: Cursors = {}
    for parameter in parameters:
        cursor = CURSOR.fullmatch(parameter)
        if cursor is None:
            raise ValueError(parameter)
        cursors[cursor[1]] = (int(cursor[2]), int(cursor[3]))
    return cursors
