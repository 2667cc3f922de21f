"""The engine's client: what it says of an engine that is off, alive, or silent."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from app import clients
from app.clients import EngineClient, EngineError
from storage import dataset_writes, datasets
from storage.workspace import Workspace

TOKEN = "t0ken"


class Service(BaseHTTPRequestHandler):
    """An engine that is alive and says what it was asked."""

    def do_GET(self) -> None:
        self._answer({"state": "alive"})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._answer({"path": self.path, "body": body})

    def _answer(self, content: dict[str, object]) -> None:
        allowed = self.headers["Authorization"] == f"Bearer {TOKEN}"
        self.send_response(200 if allowed else 401)
        self.end_headers()
        self.wfile.write(json.dumps(content).encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def alive(tmp_path: Path) -> Iterator[EngineClient]:
    server = HTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    place = Workspace(tmp_path).create()
    place.engine_file.write_text(
        json.dumps({"url": f"http://127.0.0.1:{server.server_port}", "token": TOKEN, "pid": 1})
    )
    yield EngineClient(place)
    server.shutdown()
    server.server_close()


def test_an_engine_that_never_started_is_off(tmp_path: Path) -> None:
    assert EngineClient(Workspace(tmp_path)).health() is None


def test_an_engine_that_died_is_off(tmp_path: Path) -> None:
    place = Workspace(tmp_path).create()
    place.engine_file.write_text(json.dumps({"url": "http://127.0.0.1:9", "token": TOKEN, "pid": 1}))
    assert EngineClient(place).health() is None


def test_a_half_written_address_is_no_crash(tmp_path: Path) -> None:
    place = Workspace(tmp_path).create()
    place.engine_file.write_text('{"url": "http')
    assert EngineClient(place).health() is None


def test_a_living_engine_answers_with_its_token(alive: EngineClient) -> None:
    assert alive.health() == {"state": "alive"}
    assert alive.preflight({"seed": 1}) == {"path": "/preflight", "body": {"spec": {"seed": 1}}}


def test_a_wrong_token_is_told_as_an_error(alive: EngineClient) -> None:
    alive.workspace.engine_file.write_text(alive.workspace.engine_file.read_text().replace(TOKEN, "other"))
    with pytest.raises(EngineError, match="401"):
        alive.preview({})


def test_a_proxy_of_the_environment_never_sees_the_token(alive: EngineClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert alive.health() is not None


def test_without_an_engine_a_child_process_does_the_preflight(workspace: Path) -> None:
    answer = clients.engine().preflight({"algorithm": "nope"})
    assert answer["problems"]


def test_a_child_that_fails_says_why(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(EngineError, match="No module named"):
        clients.engine()._child("engine.no_such_module")


def test_the_storage_of_a_workspace_is_opened_once(workspace: Path) -> None:
    assert clients.database() is clients.database()
    assert clients.database().workspace.root == workspace


def test_a_child_that_takes_too_long_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "ANSWER_SECONDS", 0.01)
    with pytest.raises(EngineError, match="gave no answer within"):
        EngineClient(Workspace(tmp_path).create()).preflight({})


def test_a_child_hands_on_that_stray_modules_are_never_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHONSAFEPATH")
    (tmp_path / "nosy.py").write_text("import os; print(os.environ.get('PYTHONSAFEPATH'))")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert EngineClient(Workspace(tmp_path))._child("nosy") == "1\n"


def test_what_starts_the_engine_names_this_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALIGNLAB_HOME", str(tmp_path / "my work"))
    assert clients.engine_command() == f"alignlab engine --workspace '{tmp_path / 'my work'}'"


def test_samples_that_were_thrown_out_can_be_had_again(workspace: Path) -> None:
    clients.engine().bring_samples()
    db = clients.database()
    dataset_writes.delete(db, "polite-weather", 1.0)
    clients.engine().bring_samples()
    assert datasets.get(db, "polite-weather").items > 1000
