"""The engine process as its clients meet it."""

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from starlette.testclient import TestClient

from engine.runtime.engine.supervisor import Supervisor
from engine.service import __main__ as process
from engine.service.address import AlreadyRunning, only_engine, published
from engine.service.routes import Service
from engine.starter import install
from storage import dataset_writes, datasets
from storage.database import Database, connect
from storage.records import Item, Preference, Response
from storage.workspace import Workspace
from tests import tiny
from tests.engine.data.chat_models import CALLING, TOOL, calling
from tests.engine.service.conftest import address, start
from words import english

pytestmark = pytest.mark.slow  # it starts processes

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


@pytest.fixture
def client(db: Database) -> TestClient:
    """The routes in this process: an error of theirs is raised here."""
    service = Service(db, Supervisor(db, "here", "cpu"), "token", "here", "cpu")
    return TestClient(service.application(), "http://127.0.0.1")


@pytest.mark.parametrize(
    "token", [b"Bearer \xff\xfe", "Bearer \u4ee4\u724c".encode(), b"\xc3\xa9", b"", b"Bearer " + b"x" * 9_000]
)
def test_a_token_that_is_no_ascii_is_a_wrong_one(client: TestClient, token: bytes):
    assert client.get("/health", headers={"Authorization": token}).status_code == 401


@pytest.mark.parametrize("path", ["/preflight", "/preview"])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"1",
        b"null",
        b"\xff",
        b"[" * 500_000,
        b'{"spec": ' * 2_000 + b"1" + b"}" * 2_000,
        b'{"spec": ' + b"[" * 60 + b"]" * 60 + b"}",
        b'{"spec": "\\ud800"}',
        b'{"spec": ' + b"9" * 6_000 + b"}",
        b'{"spec": "' + b"a" * 5_000_000 + b'"}',
        b"{}",
    ],
    ids=range(13),
)
def test_a_body_that_is_no_request_is_told_so(client: TestClient, path: str, body: bytes):
    answer = client.post(path, content=body, headers={"Authorization": "Bearer token"})
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("not a request this service knows: ")
    assert len(answer.content) < 500


@pytest.mark.parametrize("spec", [1, "dpo", [], None, {"algorithm": ["{x}", {}]}, {"seed": 10**30, "algorithm": "dpo"}])
def test_a_run_of_any_type_has_an_answer(client: TestClient, spec: object):
    answer = client.post("/preflight", json={"spec": spec}, headers={"Authorization": "Bearer token"})
    assert answer.json()["problems"]


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


@pytest.mark.slow
def test_calls_and_tools_are_shown_as_the_template_writes_them_and_refused_where_it_does_not(
    db: Database, ask: Ask, model: Path, tmp_path: Path
):
    folder = shutil.copytree(model, tmp_path / "calling")
    (folder / "chat_template.jinja").write_text(CALLING.replace("<|im_end|>", "<|end|>"), encoding="utf-8")
    calls = {"a": {"tool_calls": calling("rain", day="Monday")["tool_calls"]}}
    item = Item(
        "",
        ({"role": "user", "content": "Rain?"},),
        (Response("a", ""), Response("b", "No idea.")),
        (Preference("a", "b"),),
    )
    dataset_writes.create(db, "calls", "pairs", 1.0)
    dataset_writes.add_item(db, "calls", replace(item, extra={"tools": [TOOL], "answer_fields": calls}), 1.0)
    limits = {"max_tokens": 900, "max_prompt_tokens": 800}
    request = {"dataset": "calls", "item": "00001", "model": str(folder), **limits}
    pieces = ask("POST", "/preview", request).json()["pieces"]
    assert '"parameters"' in pieces[0][0][0]
    assert [answer[1][0] for answer in pieces] == [
        '<call>{"name": "rain", "arguments": {"day": "Monday"}}</call>',
        "No idea.",
    ]
    refused = ask("POST", "/template-check", {"dataset": "calls", "model": str(model)}).json()
    assert [entry["item"] for entry in refused["items"]] == ["00001"]
    assert "does not write the calls of tools" in english(refused["items"][0]["cause"])
