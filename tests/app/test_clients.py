"""The engine's client: what it says of an engine that is off, alive, silent, or of another version."""

import ast
import inspect
import json
import os
import threading
import typing
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from app import clients
from app.clients import EngineClient, EngineError
from engine.spec import answers
from engine.spec.answers import Health, Message, PreflightAnswer, Preview, PreviewRequest, TemplateCheck
from storage import dataset_writes, datasets, file_locks
from storage.workspace import Workspace
from tests.answers import HEALTH

APP = Path(clients.__file__).parent
TOKEN = "t0ken"
REQUEST = PreviewRequest(dataset="pairs", item="1", model="starter", max_tokens=96, max_prompt_tokens=64)


class Service(BaseHTTPRequestHandler):
    """An engine that is alive, and answers what a test puts into `answers`, by path. It notes the requests."""

    answers: dict[str, object]
    requests: list[tuple[str, object]]

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self.requests.append((self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
        self._answer()

    def _answer(self) -> None:
        content = self.answers.get(self.path)
        allowed = self.headers["Authorization"] == f"Bearer {TOKEN}"
        self.send_response(200 if allowed else 401)
        self.end_headers()
        self.wfile.write(content if isinstance(content, bytes) else json.dumps(content).encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def alive(tmp_path: Path) -> Iterator[EngineClient]:
    Service.answers = {"/health": HEALTH.to_json()}
    Service.requests = []
    server = HTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    workspace = Workspace(tmp_path).create()
    workspace.engine_file.write_text(
        json.dumps({"url": f"http://127.0.0.1:{server.server_port}", "token": TOKEN, "pid": 1})
    )
    yield EngineClient(workspace)
    server.shutdown()
    server.server_close()


def test_an_engine_that_never_started_is_off(tmp_path: Path) -> None:
    assert EngineClient(Workspace(tmp_path)).health() is None


def test_an_engine_that_died_is_off(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path).create()
    workspace.engine_file.write_text(json.dumps({"url": "http://127.0.0.1:9", "token": TOKEN, "pid": 1}))
    assert EngineClient(workspace).health() is None


def test_a_half_written_address_is_no_crash(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path).create()
    workspace.engine_file.write_text('{"url": "http')
    assert EngineClient(workspace).health() is None


def test_a_living_engine_answers_with_its_token(alive: EngineClient) -> None:
    answer = PreflightAnswer(problems=(), warnings=(), estimate=None, spec={"seed": 1})
    preview = Preview(pieces=())
    Service.answers |= {"/preflight": answer.to_json(), "/preview": preview.to_json()}
    assert alive.health() == HEALTH
    assert alive.preflight({"seed": 1}) == answer
    assert alive.preview(REQUEST) == preview
    assert Service.requests == [("/preflight", {"spec": {"seed": 1}}), ("/preview", REQUEST.to_json())]


@pytest.mark.parametrize(
    ("answer", "key"),
    [
        ({"problems": [], "warnings": [], "estimate": None}, "spec"),
        ({"problems": [{"path": "seed"}], "warnings": [], "estimate": None, "spec": None}, r"problems\.0\.text"),
        ({"problems": [], "warnings": [], "estimate": {"steps": "many"}, "spec": None}, r"estimate\.steps"),
        ([], "PreflightAnswer"),
        (b"<html>", "PreflightAnswer"),
        (b'"\xff"', "PreflightAnswer"),
    ],
)
def test_an_answer_of_another_version_is_told_as_an_error(alive: EngineClient, answer: object, key: str) -> None:
    Service.answers["/preflight"] = answer
    sentence = rf"^The engine's answer to /preflight does not fit this version of AlignLab \({key}\): stop the engine"
    with pytest.raises(EngineError, match=sentence):
        alive.preflight({})


def test_what_a_newer_engine_adds_is_ignored(alive: EngineClient) -> None:
    Service.answers["/health"] = {**HEALTH.to_json(), "mood": "good"}
    assert alive.health() == HEALTH


@pytest.mark.parametrize("answer", [{"state": "alive"}, {}, b"<html>"])
def test_what_is_no_engine_counts_as_an_engine_that_is_off(alive: EngineClient, answer: object) -> None:
    Service.answers["/health"] = answer  # a killed engine's port may have gone to another service
    assert alive.health() is None


@pytest.mark.parametrize("content", ["[]", "{}", '{"url": "http://127.0.0.1:9", "pid": 1}'])
def test_an_address_of_another_form_is_no_crash(alive: EngineClient, content: str) -> None:
    alive.workspace.engine_file.write_text(content)
    assert alive.health() is None


def test_a_wrong_token_is_told_as_an_error(alive: EngineClient) -> None:
    alive.workspace.engine_file.write_text(alive.workspace.engine_file.read_text().replace(TOKEN, "other"))
    with pytest.raises(EngineError, match="401"):
        alive.preview(REQUEST)


def test_a_proxy_of_the_environment_never_sees_the_token(alive: EngineClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert alive.health() is not None


@pytest.mark.slow
def test_without_an_engine_a_child_process_does_the_preflight(workspace: Path) -> None:
    answer = clients.engine().preflight({"algorithm": "nope"})
    assert list(answer.problems_by_path) == ["algorithm"]


def test_every_answer_of_the_engine_is_a_model() -> None:
    methods = {name: method for name, method in vars(EngineClient).items() if inspect.isfunction(method)}
    returned = {
        part
        for name, method in methods.items()
        if not name.startswith("_")
        for part in flattened(typing.get_type_hints(method)["return"])
    }
    assert returned - {type(None), str} == {Health, PreflightAnswer, Preview, TemplateCheck}


def flattened(hint: object) -> tuple[object, ...]:
    """The members of a union, or the type itself."""
    return typing.get_args(hint) or (hint,)


# Keys of run and study files, requests and tables too, which are dictionaries.
SHARED = {
    "answers", "base", "dataset", "final_prompts", "folder", "form", "groups", "host", "kind", "model", "name", "path",
    "prompts", "runs", "spec", "stages", "state", "steps", "study", "text", "version",
}  # fmt: skip
# Modules that ask the engine for nothing: a view of tokens, a component's state, another trainer's process.
WITHOUT_ANSWERS = {"cli/tokens_command.py", "samples/samples_tab.py", "trainer_callback.py"}


def test_no_page_reads_an_answer_as_a_dictionary() -> None:
    messages = [model for model in vars(answers).values() if inspect.isclass(model) and issubclass(model, Message)]
    keys = {name for model in messages for name in model.model_fields} - SHARED
    assert {"problems", "warnings", "estimate", "memory_mb", "pieces", "problem", "running"} <= keys
    lookups = [
        f"{path.relative_to(APP)}:{node.lineno} {key}"
        for path in sorted(APP.rglob("*.py"))
        if path.relative_to(APP).as_posix() not in WITHOUT_ANSWERS
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (key := looked_up(node)) in keys
    ]
    assert lookups == []


def looked_up(node: ast.AST) -> object:
    """The constant of x[constant] or x.get(constant)."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return node.slice.value
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
        return node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else None
    return None


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


@pytest.mark.slow
def test_samples_that_were_thrown_out_can_be_had_again(workspace: Path) -> None:
    clients.engine().bring_samples()
    db = clients.database()
    dataset_writes.delete(db, "polite-weather", 1.0)
    clients.engine().bring_samples()
    assert datasets.get(db, "polite-weather").items > 1000


def test_an_engine_that_is_not_there_is_off_unless_one_is_on_its_way(tmp_path: Path):
    workspace = Workspace(tmp_path)
    client = EngineClient(workspace)
    assert client.soon() is None
    for lock in (file_locks.shared(workspace.up_lock), file_locks.exclusive(workspace.engine_lock)):
        with lock:
            assert client.soon() == clients.STARTING
    assert client.soon() is None


@pytest.mark.parametrize(
    ("pid", "words"), [(os.getpid(), clients.SILENT), (2**31 - 1, clients.STARTING)], ids=["alive", "gone"]
)
def test_an_engine_that_lives_and_does_not_answer_is_told_from_one_whose_address_is_old(
    tmp_path: Path, pid: int, words: str
):
    workspace = Workspace(tmp_path)
    workspace.engine_file.write_text(json.dumps({"url": "http://127.0.0.1:1", "token": TOKEN, "pid": pid}))
    with file_locks.exclusive(workspace.engine_lock):
        assert EngineClient(workspace).soon() == words
