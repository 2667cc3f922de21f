"""How a route answers what storage refuses. Left out: queries that are none of ours, which are each route's own."""

from starlette.requests import Request

from app.sign_in.refusal import RefusalResponse
from storage.errors import NotFound, Outage, StorageError
from words import N_


def refused(error: StorageError) -> RefusalResponse:
    """404 for what is not there, 503 for an outage, after which the same query may succeed, 409 for all else."""
    status = 404 if isinstance(error, NotFound) else 503 if isinstance(error, Outage) else 409
    return RefusalResponse(error.text, status)


def malformed(reason: str) -> RefusalResponse:
    """400 for a query that no page of ours writes; in English, like all that only a script's author reads."""
    return RefusalResponse(("{reason}", {"reason": reason}), 400)


def nothing(_request: Request) -> RefusalResponse:
    """404 at an address of ours that no other route has."""
    return RefusalResponse((N_("Nothing is shown at this address. Was the link cut? Then ask for all of it."), {}), 404)
