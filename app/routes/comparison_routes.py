"""What the routes of a comparison have in common: their query names its runs.

Left out: the answers (`compare_files`, `grouped_points`).
"""

from collections.abc import Callable
from functools import wraps

from starlette.requests import Request
from starlette.responses import Response

from app import clients
from app.compare import compared_groups
from app.compare.compared_groups import MOST_RUNS, Comparison
from app.routes.refusals import malformed, refused
from storage.database import Database
from storage.errors import StorageError


def of_comparison(answer: Callable[[Request, Database, Comparison], Response]) -> Callable[[Request], Response]:
    """The route that gives this answer; 400 for no runs or too many, else what `refused` answers."""

    @wraps(answer)
    def route(request: Request) -> Response:
        db = clients.database()
        try:
            comparison = compared_groups.of_request(db, request.query_params)
        except StorageError as error:
            return refused(error)
        if comparison is None:
            return malformed(f"Between 1 and {MOST_RUNS} runs are compared at once.")
        return answer(request, db, comparison)

    return route
