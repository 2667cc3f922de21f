"""The guard, around an application that would answer everything."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from app.guard import Guard

OURS = "http://127.0.0.1:8501"


async def answer(request: Request) -> PlainTextResponse:
    return PlainTextResponse("secret")


async def talk(socket: WebSocket) -> None:
    await socket.accept()
    await socket.close()


@pytest.fixture
def client() -> TestClient:
    routes = [Route("/", answer, methods=["GET", "POST"]), WebSocketRoute("/talk", talk)]
    return TestClient(Starlette(routes=routes, middleware=[Middleware(Guard)]), base_url=OURS)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8501", "127.0.0.1.evil.example", "[::1", ""])
def test_a_foreign_host_is_refused_for_reads_too(client: TestClient, host: str) -> None:
    refused = client.get("/", headers={"host": host})
    assert refused.status_code == 403
    assert "secret" not in refused.text


@pytest.mark.parametrize("host", ["127.0.0.1:8501", "localhost", "[::1]:8501"])
def test_the_names_of_this_machine_are_served(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"host": host}).text == "secret"


@pytest.mark.parametrize("origin", ["https://evil.example", "http://127.0.0.1:9999", "null"])
def test_a_foreign_origin_may_read_nothing_new_and_change_nothing(client: TestClient, origin: str) -> None:
    assert client.post("/", headers={"origin": origin}).status_code == 403
    with (
        pytest.raises(WebSocketDisconnect),
        client.websocket_connect(f"{OURS.replace('http', 'ws')}/talk", headers={"origin": origin}),
    ):
        pass


def test_a_browser_that_says_cross_site_is_refused_without_an_origin(client: TestClient) -> None:
    assert client.post("/", headers={"sec-fetch-site": "cross-site"}).status_code == 403


def test_our_own_pages_may_change_things(client: TestClient) -> None:
    assert client.post("/", headers={"origin": OURS}).status_code == 200
    with client.websocket_connect(f"{OURS.replace('http', 'ws')}/talk", headers={"origin": OURS}):
        pass


def test_every_answer_carries_the_safety_headers(client: TestClient) -> None:
    headers = client.get("/").headers
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_another_sites_page_cannot_put_work_to_the_engine_by_reading(client: TestClient) -> None:
    assert client.get("/alignlab/fragments/preflight", headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert client.get("/alignlab/fragments/preflight", headers={"sec-fetch-site": "same-origin"}).status_code != 403


@pytest.mark.parametrize("path", ["/alignlab/sign-in", "/alignlab/account", "/alignlab/invitation/token"])
def test_a_mail_or_a_chat_may_link_to_the_pages_of_sign_in_but_not_send_their_forms(
    client: TestClient, path: str
) -> None:
    assert client.get(path, headers={"sec-fetch-site": "cross-site"}).status_code == 404  # there is none in this test
    assert client.post(path, headers={"sec-fetch-site": "cross-site"}).status_code == 403


def test_behind_a_proxy_its_origin_is_ours_and_no_other_scheme_or_port() -> None:
    public = Middleware(Guard, hosts=("127.0.0.1", "lab.example"), public_origin="https://lab.example")
    routes = [Route("/", answer, methods=["GET", "POST"])]
    client = TestClient(Starlette(routes=routes, middleware=[public]), base_url=OURS)
    origins = ("https://lab.example", "http://lab.example", "https://lab.example:8443", "https://x.lab.example")
    for host in ("lab.example", "127.0.0.1:8501"):  # as a proxy passes it on, or as it asks for itself
        answers = [client.post("/", headers={"origin": origin, "host": host}).status_code for origin in origins]
        assert answers == [200, 403, 403, 403]
    assert client.post("/", headers={"origin": OURS}).status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_a_change_at_our_own_routes_needs_the_header_that_no_form_sends(client: TestClient, method: str) -> None:
    assert client.request(method, "/alignlab/annotate/judgements").status_code == 403
    assert client.request(method, "/alignlab/annotate/judgements", headers={"x-alignlab": "1"}).status_code == 404


@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "http://]", "http://[x]"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_origin_that_is_no_address_is_a_bad_request(client: TestClient, origin: str, method: str) -> None:
    refused = client.request(method, "/", headers={"origin": origin})
    assert (refused.status_code, refused.json()) == (400, {"error": "The header Origin holds no address."})


@pytest.mark.parametrize("origin", [b"\xff\xfe", b"", b"a" * 9_000, b"null, null"])
def test_an_odd_origin_changes_nothing(client: TestClient, origin: bytes) -> None:
    assert client.post("/", headers={"origin": origin}).status_code in (400, 403)
