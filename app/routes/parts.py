"""A live part of a page, as markup in the reader's language: /alignlab/parts/NAME?language=zh&..."""

from starlette.requests import Request
from starlette.responses import JSONResponse

from app.parts import PARTS
from app.translations import speaking
from storage.errors import StorageError


def part(request: Request) -> JSONResponse:
    """404 for a part or a run that is not there, so that a page left open says that it is stale."""
    build = PARTS.get(request.path_params["name"])
    if build is None:
        return JSONResponse({"error": "There is no such part."}, status_code=404)
    query = dict(request.query_params)
    try:
        with speaking(query.pop("language", "en")):
            fresh = build(query)
    except (StorageError, KeyError) as error:
        return JSONResponse({"error": str(error)}, status_code=404)
    return JSONResponse(
        {"html": fresh.html, "stamp": fresh.stamp, "every": fresh.every}, headers={"Cache-Control": "no-store"}
    )
