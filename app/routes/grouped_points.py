"""The curves of groups of runs for live charts: /alignlab/groups?runs=ID,ID&group=seed&baseline=ID&x=METRIC.

The answer has the form of `points`, with groups in place of runs. Its cursor counts the points of all runs, and where
they have changed the whole is sent again: a mean changes when any of its runs does. `less=1` answers differences to the
baseline, `single=1` the runs as well, `range=FIRST:LAST` a part of the axis, `key=METRIC` some metrics ahead of all.
Left out: the means (`app.compare`).
"""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.compare import group_points
from app.compare.compared_groups import Comparison
from app.markup import csv_text
from app.routes.comparison_routes import of_comparison
from app.routes.points import CURSOR, RANGE
from app.routes.refusals import malformed
from storage import metrics
from storage.database import Database

COLUMNS = ("group", "runs", "metric", "x", "mean", "low", "high", "band")


@of_comparison
def points(request: Request, db: Database, comparison: Comparison) -> Response:
    """400 for a query that is not one of ours."""
    query = request.query_params
    span = RANGE.fullmatch(query["range"]) if "range" in query else None
    if "range" in query and span is None:
        return malformed("A range is written FIRST:LAST, in units of the axis.")
    ahead = _metrics(query.getlist("key"))
    if span or ahead:
        part = (float(span[1]), float(span[2])) if span else None
        groups = _answer(db, comparison, query, ahead or _metrics(query.get("keys", "").split(",")), part)
        answer = {group: {"points": by_key} for group, by_key in groups.items()}
    else:
        answer = _updates(db, comparison, request)
    return JSONResponse({"runs": answer}, headers={"Cache-Control": "no-store"})


@of_comparison
def table(request: Request, db: Database, comparison: Comparison) -> Response:
    """Mean and band of the metrics `key` at every point, as CSV."""
    query = request.query_params
    curves = _curves(db, comparison, query, keys=_metrics(query.getlist("key")))
    band = group_points.band_of(comparison)
    rows = [
        (csv_text.inert(group.label), len(group.runs), key, *values, band)
        for group in comparison.groups
        for key, curve in curves[group.id].items()
        for values in zip(*(each.tolist() for each in (curve.x, curve.mean, curve.low, curve.high)), strict=True)
    ]
    return Response(csv_text.lines([COLUMNS, *rows]), media_type="text/csv; charset=utf-8")


def _metrics(parts: list[str]) -> list[str]:
    """The metrics to which these curves belong, each once."""
    return list(dict.fromkeys(part.partition("~")[0] for part in parts if part))


def _updates(db: Database, comparison: Comparison, request: Request) -> dict[str, Any]:
    """All points where any are new since the reader's cursors, which are all the same number; else none."""
    matches = [CURSOR.fullmatch(word) for word in request.query_params.getlist("after")]
    read = {match[1]: int(match[3]) for match in matches if match}
    total = group_points.count(metrics.by_run(db, [run.id for run in comparison.runs]))
    fresh = any(read.get(group.id) != total for group in comparison.groups)
    keys = _metrics(request.query_params.get("keys", "").split(","))
    points_by_group = _answer(db, comparison, request.query_params, keys, None) if fresh else {}
    return {
        group.id: {
            "attempt": 0,
            "step": total,
            "rewound_to": -1 if fresh else None,
            "active": group_points.is_active(group),
            "points": points_by_group.get(group.id, {}),
        }
        for group in comparison.groups
    }


def _answer(
    db: Database,
    comparison: Comparison,
    query: Mapping[str, str],
    keys: list[str],
    span: tuple[float, float] | None,
) -> dict[str, Any]:
    curves = _curves(db, comparison, query, keys=keys or None, span=span)
    return group_points.as_json(comparison, curves, query.get("single") == "1")


def _curves(db: Database, comparison: Comparison, query: Mapping[str, str], **wanted: Any) -> group_points.Curves:
    series = metrics.by_run(db, [run.id for run in comparison.runs])
    curves = group_points.group_curves(db, comparison, series, axis=query.get("x", ""), **wanted)
    return group_points.differences(comparison, curves) if query.get("less") == "1" else curves
