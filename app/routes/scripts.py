"""Our JavaScript modules, /alignlab/js/VERSION/PATH: browsers keep them for good, since a change gets a new version."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from app.bridge import javascript


def script(request: Request) -> Response:
    """404 for another version too: a page left open across an upgrade must not mix old modules with new ones."""
    content = javascript.modules().get(request.path_params["path"])
    if content is None or request.path_params["version"] != javascript.version():
        return PlainTextResponse("There is no such script.", status_code=404)
    headers = {"Cache-Control": "max-age=31536000, immutable"}
    return Response(content, media_type="text/javascript", headers=headers)
