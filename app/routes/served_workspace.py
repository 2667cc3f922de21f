"""Which workspace is served here: what `alignlab up` asks a port that is taken."""

import hashlib

from starlette.requests import Request
from starlette.responses import JSONResponse

from app import clients, people


def workspace(_request: Request) -> JSONResponse:
    """The folder of the workspace, or its digest alone where people sign in: this is asked without a session."""
    root = str(clients.workspace().root)
    answer = {"digest": digest(root)}
    try:
        people.local()
    except people.SignedOut:
        return JSONResponse(answer)
    return JSONResponse({**answer, "workspace": root})


def digest(root: str) -> str:
    """What tells one workspace from another without naming it."""
    return hashlib.sha256(root.encode("utf-8", "surrogateescape")).hexdigest()
