"""`up` keeps an engine alive, and ports and processes are chosen with care. The real thing runs in tests/e2e."""

import json
import os
import socket
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from app.cli import child_processes, engine_process, kept_process, serve
from app.cli.engine_process import EngineProcess
from app.cli.output import Refusal
from app.clients import EngineClient
from app.routes import served_workspace
from storage import file_locks
from storage.workspace import Workspace
from tests.app.cli.conftest import Alignlab


@dataclass
class Child:
    """A process that ends when the test says so."""

    returncode: int | None = None

    def poll(self) -> int | None:
        return self.returncode


@dataclass
class Births:
    """Every engine that was started."""

    children: list[Child] = field(default_factory=list)

    def start(self, *_: str) -> Child:
        self.children.append(Child())
        return self.children[-1]


@pytest.fixture
def births(monkeypatch: pytest.MonkeyPatch) -> Births:
    births = Births()
    monkeypatch.setattr(child_processes, "start", births.start)
    return births


def test_a_dead_engine_is_started_again_ever_more_patiently(births: Births, tmp_path: Path):
    kept = EngineProcess(EngineClient(Workspace(tmp_path)))
    now, waits = 0.0, []
    kept.poll(now)
    for count in range(1, 8):
        births.children[-1].returncode = 1
        kept.poll(now)
        died = now
        while len(births.children) == count:
            now += 0.25
            kept.poll(now)
        waits.append(now - died)
    assert waits == [1, 2, 4, 8, 16, 30, 30]


def test_an_engine_that_lived_long_is_started_again_at_once(births: Births, tmp_path: Path):
    kept = EngineProcess(EngineClient(Workspace(tmp_path)))
    kept.poll(0.0)
    births.children[-1].returncode = 1
    kept.poll(1.0)
    kept.poll(2.0)
    births.children[-1].returncode = 1
    kept.poll(2.0 + kept_process.HEALTHY_SECONDS)
    kept.poll(3.0 + kept_process.HEALTHY_SECONDS)
    assert len(births.children) == 3


def test_an_engine_that_runs_already_is_used_until_it_is_gone(births: Births, tmp_path: Path):
    workspace = Workspace(tmp_path)
    kept = EngineProcess(EngineClient(workspace))
    with file_locks.exclusive(workspace.engine_lock):
        kept.poll(0.0)
    kept.poll(1.0)
    assert births.children == []
    kept.poll(engine_process.FOREIGN_SECONDS)
    assert len(births.children) == 1


def test_an_engine_that_keeps_dying_is_given_up_and_no_longer_promised(
    births: Births, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    workspace = Workspace(tmp_path)
    kept = EngineProcess(EngineClient(workspace))
    for now in range(1000):
        kept.poll(float(now))
        births.children[-1].returncode = 1
        if len(births.children) < kept_process.MOST_QUICK_DEATHS:
            assert file_locks.is_held(workspace.up_lock)
    assert len(births.children) == kept_process.MOST_QUICK_DEATHS
    assert not file_locks.is_held(workspace.up_lock)
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("The engine ended 8 times soon after its start (last with code 1), so it is not started")


def test_a_child_knows_whom_it_must_not_outlive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    started: list[tuple[str, ...]] = []
    monkeypatch.setattr(child_processes, "start", lambda *words: started.append(words) or Child())
    EngineProcess(EngineClient(Workspace(tmp_path))).poll(0.0)
    assert started[0][-2:] == ("--parent", str(os.getpid()))


@pytest.mark.slow
def test_the_next_free_port_is_taken_and_a_wanted_one_is_insisted_on():
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        with pytest.raises(Refusal, match=f"Port {port} of 127.0.0.1 is taken"):
            serve._free_port("127.0.0.1", port, None)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(serve, "FIRST_PORT", port)
            assert port < serve._free_port("127.0.0.1", None, None) < port + 100


class Dashboard(BaseHTTPRequestHandler):
    """Says which workspace it serves, as ours does."""

    workspace = ""
    answer: dict[str, str] | None = None

    def do_GET(self) -> None:
        self.send_response(200 if self.path == serve.WORKSPACE_PATH else 404)
        self.end_headers()
        self.wfile.write(json.dumps(self.answer or {"workspace": self.workspace}).encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def dashboard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The port of a dashboard for the workspace `served`; it is the first that is looked at."""
    monkeypatch.setattr(Dashboard, "workspace", str(tmp_path / "served"))
    server = HTTPServer(("127.0.0.1", 0), Dashboard)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(serve, "FIRST_PORT", server.server_port)
    yield server.server_port
    server.shutdown()
    server.server_close()


def test_a_port_that_another_alignlab_serves_on_is_refused_with_its_workspace(dashboard: int, tmp_path: Path):
    ours = f"An AlignLab for the workspace {tmp_path / 'served'} is served at http://127.0.0.1:{dashboard}: open it, or"
    with pytest.raises(Refusal, match=f"^{ours} choose another port with --port"):
        serve._free_port("127.0.0.1", dashboard, tmp_path / "mine")


def test_a_second_dashboard_of_one_workspace_needs_a_port_of_its_own(
    dashboard: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("ALIGNLAB_HOME", "")
    with pytest.raises(Refusal, match="open it, or choose a port with --port"):
        serve._free_port("127.0.0.1", None, tmp_path / "served")
    assert serve._free_port("127.0.0.1", None, tmp_path / "mine") != dashboard


def test_a_dashboard_with_sign_in_is_known_by_the_digest_of_its_workspace(
    dashboard: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    digest = served_workspace.digest(str(tmp_path / "served"))
    monkeypatch.setattr(Dashboard, "answer", {"digest": digest})
    with pytest.raises(Refusal, match=f"the workspace {tmp_path / 'served'} is served"):
        serve._free_port("127.0.0.1", None, tmp_path / "served")
    with pytest.raises(Refusal, match="An AlignLab for another workspace is served"):
        serve._free_port("127.0.0.1", dashboard, tmp_path / "mine")


@pytest.mark.parametrize("command", ["up", "dashboard"])
def test_a_proxy_needs_an_account_and_an_address(alignlab: Alignlab, command: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ALIGNLAB_PUBLIC_URL", "")  # set again by the command, and taken back after the test
    answer = alignlab(command, "--public-url", "https://lab.example/")
    assert (answer.code, answer.err.split(",")[0]) == (2, "https://lab.example/ can be reached by others")
    answer = alignlab(command, "--public-url", "lab.example")
    assert (answer.code, answer.err.split(":")[0]) == (2, "lab.example is no address of a dashboard")


def test_a_host_that_is_none_is_bad_input(alignlab: Alignlab):
    answer = alignlab("up", "--host", "no such host", "--no-browser")
    assert (answer.code, answer.err) == (2, "no such host is not an address of this machine.\n")


@pytest.mark.parametrize("command", ["up", "dashboard"])
def test_an_address_that_others_could_reach_is_refused_before_anything_is_said(alignlab: Alignlab, command: str):
    answer = alignlab(command, "--host", "0.0.0.0", "--workspace", "new")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("0.0.0.0 can be reached by others, and this workspace has no account yet: ")
    assert answer.err.count("\n") == 1
    assert not Path("new").exists()


@pytest.mark.parametrize(
    ("command", "module"),
    [(["engine"], "engine.service"), (["dashboard"], "app")],
)
def test_engine_and_dashboard_become_what_they_start(
    alignlab: Alignlab, monkeypatch: pytest.MonkeyPatch, command: list[str], module: str
):
    became: list[list[str]] = []
    monkeypatch.setattr("os.execve", lambda path, arguments, environment: became.append([path, *arguments]))
    assert alignlab(*command).code == 0
    assert became[0][:6] == [sys.executable, sys.executable, "-P", "-m", module, "--workspace"]


def test_children_are_safe_from_stray_modules():
    assert child_processes.environment()["PYTHONSAFEPATH"] == "1"
    assert child_processes.arguments("engine.service")[1] == "-P"
