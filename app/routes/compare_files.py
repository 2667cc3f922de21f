"""A comparison to take away: /alignlab/compare.csv and compare.html?runs=ID,ID&group=seed&baseline=ID.

Left out: what stands in them (`app.compare.group_figures`, `app.compare.html_report`).
"""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from app import clients
from app.compare import compared_groups, group_figures, html_report
from app.compare.compared_groups import MOST_RUNS, Comparison
from app.routes.refusals import malformed, refused
from storage.database import Database
from storage.errors import StorageError


def figures(request: Request) -> Response:
    """The final figures of runs and groups; 400 for no runs or too many, else what `refused` answers."""
    return _file(request, _csv, "comparison.csv", "text/csv; charset=utf-8")


def report(request: Request) -> Response:
    """The whole comparison as one file; 400 for no runs or too many, else what `refused` answers."""
    return _file(request, _html, "comparison.html", "text/html; charset=utf-8")


def _file(request: Request, write: Callable[[Database, Comparison], str], name: str, kind: str) -> Response:
    db = clients.database()
    try:
        comparison = compared_groups.of_request(db, request.query_params)
    except StorageError as error:
        return refused(error)
    if comparison is None:
        return malformed(f"Between 1 and {MOST_RUNS} runs are compared at once.")
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(write(db, comparison), media_type=kind, headers=headers)


def _csv(db: Database, comparison: Comparison) -> str:
    return group_figures.csv_lines(comparison, group_figures.final_figures(db, comparison))


def _html(db: Database, comparison: Comparison) -> str:
    return html_report.page(db, comparison, html_report.heading(comparison))
