"""How a route answers what storage refuses. Left out: queries that are none of ours, which are each route's own."""

from starlette.responses import JSONResponse

from storage.errors import NotFound, Outage, StorageError


def refused(error: StorageError) -> JSONResponse:
    """404 for what is not there, 503 for an outage, after which the same query may succeed, 409 for all else."""
    status = 404 if isinstance(error, NotFound) else 503 if isinstance(error, Outage) else 409
    return JSONResponse({"error": str(error)}, status_code=status)
