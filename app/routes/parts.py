"""A live part of a page, as markup in the reader's language: /alignlab/parts/NAME?language=zh&..."""

from starlette.requests import Request
from starlette.responses import JSONResponse

from app.parts import PARTS
from app.translations import speaking
from storage.errors import NotFound, StorageError


def part(request: Request) -> JSONResponse:
    """404 for a part or a run that is not there, so that a page left open says that it is stale; 400 for a query that
    lacks something, 409 for what storage refuses otherwise. What is a mistake of ours stays a 500."""
    build = PARTS.get(request.path_params["name"])
    if build is None:
        return JSONResponse({"error": "There is no such part."}, status_code=404)
    query = _Query(request.query_params)
    try:
        with speaking(query.pop("language", "en")):
            fresh = build(query)
    except _Unasked as error:
        return JSONResponse({"error": f"This part needs {error}."}, status_code=400)
    except StorageError as error:
        return JSONResponse({"error": str(error)}, status_code=404 if isinstance(error, NotFound) else 409)
    return JSONResponse(
        {"html": fresh.html, "stamp": fresh.stamp, "every": fresh.every}, headers={"Cache-Control": "no-store"}
    )


class _Unasked(LookupError):
    """The query has no such field."""


class _Query(dict[str, str]):
    """The fields of a query, which tells a field that is missing from a mistake of a part."""

    def __missing__(self, name: str) -> str:
        raise _Unasked(name)
