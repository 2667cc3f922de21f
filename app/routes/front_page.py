"""The first page under its own name. Streamlit serves it at / alone, and calls /overview a page not found."""

from starlette.requests import Request
from starlette.responses import RedirectResponse


def overview(request: Request) -> RedirectResponse:
    """To the front, with the query as it came."""
    return RedirectResponse(f"/?{request.url.query}" if request.url.query else "/")
