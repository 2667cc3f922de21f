"""A comparison to take away: /alignlab/compare.csv, verdict.csv and compare.html?runs=ID,ID&group=seed&baseline=ID.

Left out: what stands in them (`app.compare.group_figures`, `app.compare.group_verdicts`, `app.compare.html_report`).
"""

from starlette.requests import Request
from starlette.responses import Response

from app.charts import axes
from app.compare import group_figures, group_verdicts, html_report
from app.compare.compared_groups import Comparison
from app.routes.comparison_routes import of_comparison
from storage.database import Database


@of_comparison
def figures(_request: Request, db: Database, comparison: Comparison) -> Response:
    """The final figures of runs and groups."""
    lines = group_figures.csv_lines(comparison, group_figures.final_figures(db, comparison))
    return _file(lines, "comparison.csv", "text/csv; charset=utf-8")


@of_comparison
def verdict(_request: Request, db: Database, comparison: Comparison) -> Response:
    """The pairs of the verdict."""
    lines = group_verdicts.csv_lines(group_verdicts.of_comparison(db, comparison, detailed=True))
    return _file(lines, "verdict.csv", "text/csv; charset=utf-8")


@of_comparison
def report(request: Request, db: Database, comparison: Comparison) -> Response:
    """The whole comparison as one file."""
    page = html_report.page(db, comparison, html_report.heading(comparison), request.query_params.get(axes.NAME, ""))
    return _file(page, "comparison.html", "text/html; charset=utf-8")


def _file(content: str, name: str, kind: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type=kind, headers=headers)
