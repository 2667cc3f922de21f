"""The engine process as its clients meet it."""

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from engine.runtime.engine.supervisor import Supervisor
from engine.service import __main__ as process
from engine.service.address import AlreadyRunning, only_engine, published
from engine.starter import install
from storage import datasets
from storage.database import Database, connect
from storage.workspace import Workspace
from tests import tiny
from tests.engine.service.conftest import address, start
from words import english

Ask = Callable[..., httpx.Response]


def test_it_says_that_it_lives(db: Database, ask: Ask, engine: subprocess.Popen[str]):
    health = ask("GET", "/health").json()
    assert list(health) == ["state", "pid", "host", "device", "version", "started_at", "running"]
    assert health["state"] == "alive"
    assert health["pid"] == engine.pid == address(db)["pid"]
    assert health["running"] == []


def test_its_address_is_for_its_owner_only(db: Database, ask: Ask):
    assert db.workspace.engine_file.stat().st_mode & 0o777 == 0o600
    assert address(db)["url"].startswith("http://127.0.0.1:")


@pytest.mark.parametrize("path", ["/health", "/preflight", "/preview", "/template-check"])
def test_nobody_is_answered_without_the_token(ask: Ask, path: str):
    method = "GET" if path == "/health" else "POST"
    assert ask(method, path, {}, Authorization="Bearer guessed").status_code == 401
    assert ask(method, path, {}, Accept="*/*").status_code == 401


def test_a_foreign_host_is_refused(db: Database, ask: Ask):
    token = address(db)["token"]
    answer = ask("GET", "/health", Authorization=f"Bearer {token}", Host="evil.example")
    assert answer.status_code == 400


def test_it_estimates_a_run(ask: Ask, model: Path):
    answer = ask("POST", "/preflight", {"spec": tiny.settings(model, "pairs")}).json()
    assert answer["problems"] == []
    assert answer["estimate"]["steps"] == 12
    wrong = ask("POST", "/preflight", {"spec": {"algorithm": "dpo2"}}).json()
    assert [problem["path"] for problem in wrong["problems"]] == ["algorithm"]


@pytest.mark.slow
def test_it_shows_an_example_with_its_trained_tokens(db: Database, ask: Ask, model: Path):
    (item, *_), _ = datasets.items(db, "pairs", limit=1)
    request = {"dataset": "pairs", "item": item.id, "model": str(model), "max_tokens": 96, "max_prompt_tokens": 64}
    answer = ask("POST", "/preview", request).json()
    assert list(answer) == ["pieces"]
    pieces = answer["pieces"]
    assert len(pieces) == 2
    assert [kind for _, kind in pieces[0]] == ["prompt", "response", "end"]
    assert item.messages[0]["content"] in pieces[0][0][0]
    assert pieces[0][1][0] == item.responses[0].text
    missing = ask("POST", "/preview", {**request, "item": "none"}).json()
    assert list(missing) == ["problem", "pieces"]
    assert missing["pieces"] == []
    assert english(missing["problem"]) == "The dataset pairs has no item none."


@pytest.mark.slow
def test_it_says_which_prompts_a_model_cannot_read(ask: Ask, model: Path):
    answer = ask("POST", "/template-check", {"dataset": "pairs", "model": str(model)}).json()
    assert (answer["prompts_read"], answer["refused"]) == (answer["prompts_in_all"], 0)
    missing = ask("POST", "/template-check", {"dataset": "none", "model": str(model)}).json()
    assert english(missing["problem"]) == "There is no dataset named none."


@pytest.mark.parametrize("path", ["/preflight", "/preview", "/template-check"])
@pytest.mark.parametrize("body", [None, [], {"sped": {}}, "text"])
def test_a_request_it_does_not_know_is_refused_in_words(ask: Ask, path: str, body: object):
    answer = ask("POST", path, body)
    assert answer.status_code == 400
    assert "not a request" in answer.json()["error"]


@pytest.mark.slow
def test_a_second_engine_is_refused(db: Database, ask: Ask):
    with start(db, subprocess.PIPE) as second:
        _, output = second.communicate(timeout=60)
    assert second.returncode == 1
    assert "already running" in output
    assert ask("GET", "/health").json()["state"] == "alive"


def test_the_lock_goes_with_its_holder(tmp_path: Path):
    workspace = Workspace(tmp_path)
    with only_engine(workspace), pytest.raises(AlreadyRunning), only_engine(workspace):
        pass
    with only_engine(workspace):
        pass


def test_a_killed_engines_address_is_replaced_and_a_leaving_ones_goes(tmp_path: Path):
    workspace = Workspace(tmp_path)
    workspace.engine_file.write_text("left behind")
    with published(workspace, 1234, "secret"):
        assert '"http://127.0.0.1:1234"' in workspace.engine_file.read_text()
    assert not workspace.engine_file.exists()


@pytest.mark.slow
def test_it_needs_no_torch():
    code = "import engine.service.__main__, sys; print('torch' in sys.modules, 'streamlit' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_an_engine_whose_supervisor_breaks_ends_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    def broken(self: Supervisor, now: float) -> None:
        raise ZeroDivisionError

    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    monkeypatch.setattr(Supervisor, "turn", broken)
    monkeypatch.setattr(install, "samples", lambda db: None)
    database = connect(Workspace(tmp_path / "other"))
    assert process.serve(database) == 1
    assert "so the engine ends" in caplog.text
    assert not database.workspace.engine_file.exists()
    for number, handler in before.items():
        signal.signal(number, handler)
    database.close()
