"""How a route answers what storage refuses. Left out: queries that are none of ours, which are each route's own."""

from starlette.requests import Request

from app.sign_in.refusal import Refusal
from storage.errors import NotFound, Outage, StorageError
from words import N_


def refused(error: StorageError) -> Refusal:
    """404 for what is not there, 503 for an outage, after which the same query may succeed, 409 for all else."""
    status = 404 if isinstance(error, NotFound) else 503 if isinstance(error, Outage) else 409
    return Refusal(error.text, status)


def malformed(reason: str) -> Refusal:
    """400 for a query that no page of ours writes; in English, like all that only a script's author reads."""
    return Refusal(("{reason}", {"reason": reason}), 400)


def nothing(_request: Request) -> Refusal:
    """404 at an address of ours that no other route has."""
    return Refusal((N_("Nothing is shown at this address. Was the link cut? Then ask for all of it."), {}), 404)
