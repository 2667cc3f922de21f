"""The whole stack without Streamlit: guard, gate and our routes, around a page, a route and a websocket of tests."""

import re
import time
from collections.abc import Callable
from contextlib import suppress

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from app import people
from app.guard import Guard
from app.routes import ROUTES
from app.sign_in import pages
from app.sign_in.attempts import Attempts
from app.sign_in.gate import Gate
from storage.database import Database
from storage.people.people_records import User
from tests.app import accounts
from tests.app.accounts import BROWSER

URL = "http://127.0.0.1:8501"


def page(request: Request) -> PlainTextResponse:
    return PlainTextResponse(f"a page for {people.of(request).name}, {people.current().role}")


async def talk(socket: WebSocket) -> None:
    await socket.accept()
    with suppress(WebSocketDisconnect):
        while True:
            await socket.send_text(f"heard {await socket.receive_text()}")


def application(exposed: bool = False, **options: object) -> Starlette:
    routes = [
        *ROUTES,
        Route("/_stcore/health", lambda request: PlainTextResponse("ok")),
        WebSocketRoute("/_stcore/stream", talk),
        Route("/{path:path}", page, methods=["GET", "POST"]),
    ]
    return Starlette(routes=routes, middleware=[Middleware(Guard, **options), Middleware(Gate, exposed=exposed)])


@pytest.fixture(autouse=True)
def _fresh(quick_hashes: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has failed yet, and nobody looks into a page's session."""
    monkeypatch.setattr(pages, "attempts", Attempts())
    monkeypatch.setattr(people, "_session_persons", [])


def browser(exposed: bool = False, url: str = URL, name: str = BROWSER, **options: object) -> TestClient:
    """A browser of its own, which follows no redirects."""
    return TestClient(
        application(exposed, **options), base_url=url, follow_redirects=False, headers={"user-agent": name}
    )


@pytest.fixture
def client(empty: Database) -> TestClient:
    return browser()


@pytest.fixture
def ann(empty: Database) -> User:
    """An admin."""
    return accounts.add(empty, "Ann", "admin")


@pytest.fixture
def signed_in(empty: Database) -> Callable[[str], TestClient]:
    """A browser in which somebody of a role is signed in."""

    def as_role(role: str) -> TestClient:
        client = browser()
        client.cookies.update(accounts.cookie(empty, accounts.add(empty, f"a {role}", role), time.time()))
        return client

    return as_role


def send(client: TestClient, path: str, **fields: str) -> object:
    """Fill in the form of a page and send it."""
    token = re.search(r'name="form" value="([^"]+)"', client.get(path).text)
    assert token is not None
    return client.post(path, data={"form": token[1], **fields})
