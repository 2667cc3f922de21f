"""Which workspace is served here: what `alignlab up` asks a port that is taken."""

from starlette.requests import Request
from starlette.responses import JSONResponse

from app import clients


def workspace(_request: Request) -> JSONResponse:
    """The folder of the workspace."""
    return JSONResponse({"workspace": str(clients.workspace().root)})
