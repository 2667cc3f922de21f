"""The gate: what opens and what does not, by page, route and websocket."""

import time
from collections.abc import Callable

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from app.bridge import reload
from app.people import SignedOut
from app.sign_in import cookies, gate
from storage.database import Database
from storage.errors import Damaged
from storage.people import sessions, users
from storage.people.people_records import User
from tests.app import accounts
from tests.app.sign_in.conftest import browser

SOCKET = "ws://127.0.0.1:8501/_stcore/stream"
As = Callable[[str], TestClient]


def opens(client: TestClient) -> bool:
    """Whether a page, a route and a websocket open; all do or none."""
    page = client.get("/runs").status_code == 200
    route = client.get("/alignlab/fragments/recent_runs").status_code == 200
    try:
        with client.websocket_connect(SOCKET) as socket:
            socket.send_text("hello")
            websocket = socket.receive().get("text") == "heard hello"
    except WebSocketDisconnect:
        websocket = False
    assert page == route == websocket
    return page


def test_without_accounts_the_loopback_is_one_local_admin(client: TestClient) -> None:
    assert client.get("/runs").text == "a page for local, admin"
    assert opens(client)


def test_without_accounts_nobody_else_is_let_in(empty: Database) -> None:
    assert not opens(browser(exposed=True))


def test_with_an_account_nobody_is_let_in_without_a_cookie(client: TestClient, ann: User) -> None:
    assert not opens(client)


@pytest.mark.parametrize("role", ["viewer", "researcher", "admin"])
def test_a_cookie_opens_as_its_role(signed_in: As, role: str) -> None:
    client = signed_in(role)
    assert client.get("/runs").text == f"a page for a {role}, {role}"
    assert opens(client)


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/", "/alignlab/sign-in"),
        ("/runs?state=failed", "/alignlab/sign-in?next=%2Fruns%3Fstate%3Dfailed"),
        ("/alignlab/account", "/alignlab/sign-in?next=%2Falignlab%2Faccount"),
        ("/_stcore/metrics", "/alignlab/sign-in"),
        ("//evil.example/x", "/alignlab/sign-in"),
    ],
)
def test_whoever_is_signed_out_is_led_to_sign_in_and_back(
    client: TestClient, ann: User, path: str, target: str
) -> None:
    answer = client.get(f"http://127.0.0.1:8501{path}")
    assert (answer.status_code, answer.headers["location"]) == (303, target)
    assert answer.headers["cache-control"] == "no-store"


def test_routes_and_changes_answer_whoever_is_signed_out_in_words(client: TestClient, ann: User) -> None:
    for answer in (client.get("/alignlab/points?run=x"), client.post("/_stcore/upload_file/x/y")):
        assert (answer.status_code, answer.json()) == (401, {"error": "You are signed out: sign in again."})


def test_health_sign_in_and_invitations_are_open(client: TestClient, ann: User) -> None:
    assert client.get("/_stcore/health").text == "ok"
    assert client.get("/alignlab/sign-in").status_code == 200
    assert client.get("/alignlab/invitation/none").status_code == 404


def test_the_folder_is_told_to_nobody_who_is_signed_out(client: TestClient, ann: User, empty: Database) -> None:
    answer = client.get("/alignlab/workspace").json()
    assert set(answer) == {"digest"}
    assert str(empty.workspace.root) not in str(answer)


@pytest.mark.parametrize(
    "path", ["/alignlab/sign-in/x", "/_stcore/healthy", "/alignlab/invitations", "/_stcore/health/"]
)
def test_a_path_that_looks_open_is_not(client: TestClient, ann: User, path: str) -> None:
    assert client.get(path).status_code in (303, 401)


def test_a_forged_cookie_opens_nothing(client: TestClient, ann: User, empty: Database) -> None:
    (value,) = accounts.cookie(empty, ann, time.time()).values()
    token, signature = value.rsplit(".", 1)
    others = cookies.Signer(b"another key", salt="alignlab session").sign(token).decode()
    for forged in ("", token, others, f"{token}.x", f"x{token}.{signature}", "." * 5000):
        client.cookies.set(cookies.session_name(), forged)
        assert not opens(client), forged
    client.cookies.set(cookies.session_name(), value)
    assert opens(client)
    odd = {"cookie": cookies.session_name().encode() + b"=\xe9.\xff"}
    client.cookies.clear()
    assert client.get("/runs", headers=odd).status_code == 303


def test_an_expired_cookie_opens_nothing(client: TestClient, ann: User, empty: Database) -> None:
    client.cookies.update(accounts.cookie(empty, ann, time.time() - sessions.IDLE_SECONDS - 1))
    assert not opens(client)


def test_a_stolen_cookie_opens_nothing_in_another_browser(ann: User, empty: Database) -> None:
    stolen = accounts.cookie(empty, ann, time.time())
    thief = browser(name="another browser")
    thief.cookies.update(stolen)
    assert not opens(thief)
    owner = browser()
    owner.cookies.update(stolen)
    assert opens(owner)


@pytest.mark.parametrize("end", ["role", "disable", "everywhere"])
def test_a_change_of_the_account_ends_its_sessions_at_once(signed_in: As, empty: Database, end: str) -> None:
    client = signed_in("viewer")
    assert opens(client)
    changes = {
        "role": lambda: users.set_role(empty, "a viewer", "researcher"),
        "disable": lambda: users.disable(empty, "a viewer", time.time()),
        "everywhere": lambda: users.end_sessions(empty, "a viewer"),
    }
    changes[end]()
    assert not opens(client)


def test_an_open_websocket_is_closed_with_its_session(signed_in: As, empty: Database) -> None:
    with signed_in("viewer").websocket_connect(SOCKET) as socket:
        socket.send_text("before")
        assert socket.receive_text() == "heard before"
        users.set_role(empty, "a viewer", "annotator")
        socket.send_text("after")
        assert socket.receive_bytes() == reload.message()
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_text()
    assert closed.value.code == 1008


def test_an_idle_page_is_told_soon_that_its_session_has_ended(
    signed_in: As, empty: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "LOOK_SECONDS", 0.01)
    with signed_in("annotator").websocket_connect(SOCKET) as socket:
        socket.send_text("before")
        assert socket.receive_text() == "heard before"
        users.set_role(empty, "a annotator", "viewer")
        assert socket.receive_bytes() == reload.message()


def test_a_page_that_is_signed_out_while_it_loads_is_led_on(client: TestClient, ann: User) -> None:
    for path in ("/static/js/index.js", "/_stcore/host-config"):
        with pytest.raises(SignedOut):  # the page of tests, which answers all paths, asks for its person
            client.get(path)
    probe = client.get("/annotate/_stcore/health", headers={"sec-fetch-mode": "cors"})
    assert probe.status_code == 401, "a page there would be taken for the answer"
    with client.websocket_connect(SOCKET, subprotocols=["streamlit", "a token"]) as socket:
        assert socket.accepted_subprotocol == "streamlit"
        assert socket.receive_bytes() == reload.message()
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("ws://127.0.0.1:8501/another"):
        pass


def test_the_local_persons_websocket_is_closed_by_the_first_account(client: TestClient, empty: Database) -> None:
    with client.websocket_connect(SOCKET) as socket:
        socket.send_text("before")
        assert socket.receive_text() == "heard before"
        accounts.add(empty, "Ann", "admin")
        socket.send_text("after")
        assert socket.receive_bytes() == reload.message()
        with pytest.raises(WebSocketDisconnect):
            socket.receive_text()


@pytest.mark.parametrize("role", ["viewer", "annotator", "researcher", "admin"])
def test_routes_that_show_runs_answer_nobody_who_judges_blind(signed_in: As, role: str) -> None:
    client = signed_in(role)
    for path in ("/alignlab/fragments/recent_runs", "/alignlab/points"):
        answer = client.get(path)
        assert answer.status_code == (403 if role == "annotator" else 200), path
        if role == "annotator":
            assert answer.json()["error"] == "Your role, annotator, does not show this page."


@pytest.mark.parametrize("role", ["viewer", "annotator", "researcher", "admin"])
@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_only_who_imports_uploads_files(signed_in: As, role: str, method: str) -> None:
    answer = signed_in(role).request(method, "/_stcore/upload_file/session/file")
    assert (answer.status_code == 403) == (role in ("viewer", "annotator"))


def test_a_link_from_another_site_is_asked_again_by_our_own_page(client: TestClient, ann: User) -> None:
    answer = client.get("/runs", headers={"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"})
    assert (answer.status_code, 'http-equiv="refresh"' in answer.text) == (200, True)
    assert "runs" not in answer.text


def test_a_change_at_a_route_of_ours_needs_a_script_of_ours(signed_in: As) -> None:
    client = signed_in("admin")
    path = "/alignlab/anything"
    assert client.post(path).json() == {"error": "A change needs the header X-AlignLab: 1."}
    assert client.post(path, headers={"x-alignlab": "1"}).status_code == 200  # the page of tests answers all paths
    assert client.post(path, headers={"x-alignlab": "1", "origin": "https://evil.example"}).status_code == 403


def test_a_database_that_cannot_be_read_lets_nobody_in(
    client: TestClient, ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise Damaged("The database is damaged.")

    monkeypatch.setattr(users, "exist", fail)
    assert client.get("/runs").status_code == 503
