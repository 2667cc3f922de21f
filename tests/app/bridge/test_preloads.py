"""The header that names the scripts of charts ahead."""

import re

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from app.bridge.preloads import Preloads
from app.routes import ROUTES


def page(_request: Request) -> Response:
    return PlainTextResponse("a page")


def test_pages_with_charts_name_scripts_that_are_served_and_others_name_none() -> None:
    pages = [Route("/run", page), Route("/data", page)]
    client = TestClient(Starlette(routes=[*pages, *ROUTES], middleware=[Middleware(Preloads)]))
    named = re.findall(r"</(\S+)>; rel=(\w+)", client.get("/run").headers["Link"])
    assert {rel for _path, rel in named} == {"preload", "modulepreload"}
    assert sum("plotly" in path for path, _rel in named) >= 1
    assert all(client.get(f"/{path}").status_code == 200 for path, _rel in named)
    assert "Link" not in client.get("/data").headers
