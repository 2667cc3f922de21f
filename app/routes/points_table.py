"""Every point of some metrics of some runs as CSV, for whoever takes a chart away.

/alignlab/points.csv?run=ID&run=ID&key=METRIC&key=METRIC. Left out: the reduced points that charts draw (`points`).
"""

from collections.abc import Iterator
from itertools import islice

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from app import clients
from app.markup import csv_text
from app.routes.points import MOST_RUNS
from app.routes.refusals import malformed, refused
from storage import intervals, metrics, runs
from storage.database import Database
from storage.errors import StorageError
from storage.records import Interval

COLUMNS = ("run", "name", "metric", "step", "value", "wall_time", "low", "high")
ROWS_AT_ONCE = 2_000  # each piece of a streamed answer costs a change of threads


def table(request: Request) -> Response:
    """One row a point, in the order of runs, metrics and steps; wall_time in seconds since the epoch.

    `low` and `high` are its 95 % interval, empty where none is kept.

    400 for too many runs; else what `refused` answers.
    """
    run_ids = list(dict.fromkeys(request.query_params.getlist("run")))
    keys = list(dict.fromkeys(request.query_params.getlist("key")))
    if len(run_ids) > MOST_RUNS:
        return malformed(f"At most {MOST_RUNS} runs are answered at once.")
    db = clients.database()
    try:
        names = {run_id: csv_text.inert(runs.get(db, run_id).name) for run_id in run_ids}
    except StorageError as error:
        return refused(error)
    return StreamingResponse(_lines(db, names, keys), media_type="text/csv; charset=utf-8")


def bounds(interval: Interval | None) -> tuple[float | str, float | str]:
    """The ends of an interval as cells."""
    return ("", "") if interval is None else (interval.low, interval.high)


def _intervals(db: Database, run_id: str, keys: list[str]) -> Iterator[tuple[str, dict[int, Interval]]]:
    by_key = intervals.listing(db, [run_id], keys).get(run_id, {})
    yield from ((key, by_key.get(key, {})) for key in keys)


def _lines(db: Database, names: dict[str, str], keys: list[str]) -> Iterator[str]:
    rows = (
        (run_id, name, key, step, value, wall_time, *bounds(interval))
        for run_id, name in names.items()
        for key, by_step in _intervals(db, run_id, keys)
        for _key, step, value, wall_time in metrics.points(db, run_id, key)
        for interval in [by_step.get(step)]
    )
    yield csv_text.lines([COLUMNS])
    while batch := list(islice(rows, ROWS_AT_ONCE)):
        yield csv_text.lines(batch)
