"""The file that a trainer elsewhere runs: standard library alone, as old as Python 3.9, and never in training's way."""

import ast
import logging
import math
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware

from app import people, trainer_callback
from app.actions import ingest_tokens
from app.guard import Guard
from app.routes import ROUTES
from app.sign_in.gate import Gate
from app.trainer_callback import AlignLabCallback, Run
from storage import metrics, runs
from storage.database import Database
from tests.storage.foreign_runs.sources import TRL_DPO_EVALUATION, TRL_DPO_LOG

Answer = tuple[dict[str, Any] | None, float | None]


class Dashboard:
    """Stands in for the route: keeps what was taken, and answers as told."""

    def __init__(self) -> None:
        self.reports: list[dict[str, Any]] = []
        self.answers: list[Answer] = []

    def post(self, body: dict[str, Any]) -> Answer:
        answer = self.answers.pop(0) if self.answers else ({"id": "arun", "state": body["state"]}, None)
        if answer[0] == {"id": "arun", "state": body["state"]}:
            self.reports.append(body)
        return answer

    @property
    def points(self) -> list[tuple[int, dict[str, Any]]]:
        return [(step, values) for report in self.reports for step, _at, values in report["points"]]


@pytest.fixture
def dashboard(monkeypatch: pytest.MonkeyPatch) -> Dashboard:
    board = Dashboard()
    monkeypatch.setattr(trainer_callback, "_poster", lambda url, token: board.post)
    monkeypatch.setattr(trainer_callback, "INTERVAL_SECONDS", 0.01)
    return board


def until(condition: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.005)


def trainer(folder: Path, step: int = 0, **more: Any) -> tuple[SimpleNamespace, SimpleNamespace]:
    """Arguments and state as transformers hands them to a callback."""
    args = type("DPOConfig", (SimpleNamespace,), {"to_dict": lambda self: dict(vars(self))})
    return (
        args(output_dir=str(folder), run_name=None, beta=0.1, hub_token="hf_secret", learning_rate=math.nan),
        SimpleNamespace(global_step=step, max_steps=20, is_world_process_zero=True, **more),
    )


def test_it_needs_python_3_9_and_the_standard_library_alone() -> None:
    tree = ast.parse(Path(trainer_callback.__file__).read_text(encoding="utf-8"), feature_version=(3, 9))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} <= set(sys.stdlib_module_names)


def test_what_a_trl_trainer_logs_arrives(dashboard: Dashboard, tmp_path: Path) -> None:
    callback = AlignLabCallback("http://127.0.0.1:1", "token")
    args, state = trainer(tmp_path)
    model = SimpleNamespace(config=SimpleNamespace(_name_or_path="org/base"))
    callback.on_init_end(args, state, None)
    callback.on_train_begin(args, state, None, model=model)
    state.global_step = 10
    callback.on_log(args, state, None, logs={**TRL_DPO_LOG, "grad_norm": math.nan}, model=model)
    callback.on_log(args, state, None, logs=TRL_DPO_EVALUATION)
    callback.on_train_end(args, state, None)
    assert dashboard.points == [(10, {**TRL_DPO_LOG, "grad_norm": "NaN"}), (10, TRL_DPO_EVALUATION)]
    first, last = dashboard.reports[0], dashboard.reports[-1]
    assert (first["trainer"], first["name"], first["total_steps"]) == ("DPOConfig", tmp_path.name, 20)
    assert first["settings"]["model_name_or_path"] == "org/base"
    assert first["settings"]["learning_rate"] == "NaN"
    assert "hub_token" not in first["settings"]
    assert (last["state"], "settings" in last) == ("succeeded", False)


def test_a_trainer_that_goes_on_from_a_checkpoint_goes_on_with_its_run(dashboard: Dashboard, tmp_path: Path) -> None:
    for step in (0, 5, 0):
        callback = AlignLabCallback("http://127.0.0.1:1", "token")
        callback.on_train_begin(*trainer(tmp_path, step), None)
        callback.run.finish()
    first, second, third = ({report["key"] for report in dashboard.reports[at : at + 1]} for at in _firsts(dashboard))
    assert first == second != third
    assert [dashboard.reports[at]["rewind_to"] for at in _firsts(dashboard)] == [None, 5, None]


def _firsts(dashboard: Dashboard) -> list[int]:
    sessions = [report["session"] for report in dashboard.reports]
    return [sessions.index(session) for session in dict.fromkeys(sessions)]


def test_other_processes_of_a_trainer_send_nothing(dashboard: Dashboard, tmp_path: Path) -> None:
    callback = AlignLabCallback("http://127.0.0.1:1", "token")
    args, state = trainer(tmp_path)
    state.is_world_process_zero = False
    callback.on_train_begin(args, state, None)
    callback.on_log(args, state, None, logs={"loss": 1.0})
    callback.on_train_end(args, state, None)
    assert dashboard.reports == []


def test_points_wait_while_the_dashboard_is_away(dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch) -> None:
    dashboard.answers = [(None, 0.01)] * 3
    run = Run("mine")
    for step in range(1200):
        run.log({"loss": 0.5, "note": "no number", "gone": None}, step)
    run.finish()
    assert [step for step, _values in dashboard.points] == list(range(1200))
    assert max(len(report["points"]) for report in dashboard.reports) == trainer_callback.ROWS_AT_ONCE
    assert (run.dropped, run.id) == (0, "arun")


def test_a_dashboard_that_stays_away_costs_the_oldest_points_which_are_counted(
    dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trainer_callback, "MOST_ROWS", 10)
    back = threading.Event()

    def post(body: dict[str, Any]) -> Answer:
        return dashboard.post(body) if back.is_set() else (None, 0.01)

    monkeypatch.setattr(trainer_callback, "_poster", lambda url, token: post)
    run = Run("mine")
    for step in range(15):
        run.log({"loss": 0.5}, step)
    back.set()
    run.finish()
    assert [step for step, _values in dashboard.points] == list(range(5, 15))
    assert (run.dropped, dashboard.reports[-1]["dropped"]) == (5, 5)


def test_a_refused_report_is_counted_and_the_next_ones_go_on(dashboard: Dashboard) -> None:
    dashboard.answers = [({"refused": True}, None)]
    run = Run("mine")
    run.log({"loss": 0.5}, 0)
    until(lambda: run.dropped or dashboard.reports)
    run.log({"loss": 0.5}, 1)
    run.finish()
    assert dashboard.reports[-1]["state"] == "succeeded"
    assert len(dashboard.points) + run.dropped == 2


def test_a_revoked_token_ends_the_sending(dashboard: Dashboard) -> None:
    dashboard.answers = [(None, None)]
    run = Run("mine")
    until(lambda: run._post is None)
    run.log({"loss": 0.5, "kl": 0.1}, 0)
    run.finish()
    assert (dashboard.reports, run.dropped) == ([], 2)


def test_how_a_block_ends_is_how_the_run_ends(dashboard: Dashboard) -> None:
    with pytest.raises(ValueError, match="broken"), Run("mine"):
        raise ValueError("broken")
    assert (dashboard.reports[-1]["state"], dashboard.reports[-1]["error"]) == ("failed", "ValueError: broken")
    with pytest.raises(KeyboardInterrupt), Run("mine"):
        raise KeyboardInterrupt
    assert dashboard.reports[-1]["state"] == "stopped"


def test_values_after_the_end_still_arrive(dashboard: Dashboard) -> None:
    run = Run("mine")
    run.finish()
    run.log({"eval/loss": 0.5}, 7)
    until(lambda: dashboard.points)
    assert dashboard.reports[-1]["state"] == "succeeded"


@pytest.mark.parametrize("odd", [None, {}, {"loss": object()}, 5, {1: "x"}])
def test_nothing_that_is_logged_raises(dashboard: Dashboard, odd: Any) -> None:
    run = Run("mine")
    run.log(odd, 0)
    run.log({"loss": 0.5}, "no step")
    run.finish()
    assert dashboard.points == []


def test_without_an_address_it_says_so_once_and_trains_on(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    callback = AlignLabCallback()
    with caplog.at_level(logging.WARNING):
        callback.on_train_begin(*trainer(tmp_path), None)
        callback.on_log(*trainer(tmp_path), None, logs={"loss": 0.5})
        callback.on_train_end(*trainer(tmp_path), None)
    assert [record.getMessage() for record in caplog.records] == [
        "AlignLab: the run is not sent: give url and token, or set ALIGNLAB_URL and ALIGNLAB_TOKEN."
    ]


def test_over_http_a_run_arrives_and_a_revoked_token_ends_it(empty: Database, caplog: pytest.LogCaptureFixture) -> None:
    token, _kept = ingest_tokens.create(empty, people.COMMAND_LINE, "laptop", 1.0)
    with served() as url:
        with Run("mine", url, token, {"beta": 0.1}, trainer="DPOTrainer") as run:
            for step in range(3):
                run.log({**TRL_DPO_LOG, "kl": math.inf}, step)
        stored = runs.get(empty, str(run.id))
        assert (stored.state, stored.step, stored.algorithm, stored.origin) == ("succeeded", 2, "dpo", "live")
        assert [value for key, _, value, _ in metrics.points(empty, stored.id) if key == "kl"] == [math.inf] * 3
        ingest_tokens.revoke(empty, people.COMMAND_LINE, "laptop", 2.0)
        with caplog.at_level(logging.WARNING), Run("more", url, token) as refused:
            until(lambda: refused._post is None)
        assert "the dashboard refused the run: The token is not known here, or was revoked" in caplog.text
        assert token not in caplog.text


def test_a_token_follows_no_redirect(caplog: pytest.LogCaptureFixture) -> None:
    seen: list[str] = []

    class Elsewhere(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            seen.append(self.path)
            self.send_response(302)
            self.send_header("Location", "/caught")
            self.end_headers()

        do_GET = do_POST

        def log_message(self, *_arguments: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        post = trainer_callback._poster(f"http://127.0.0.1:{server.server_port}", "secret")
        assert post is not None
        assert post({}) == (None, None)
        server.shutdown()
    assert seen == [trainer_callback.PATH]


@contextmanager
def served() -> Iterator[str]:
    """Our routes behind guard and gate, as the dashboard serves them; the address."""
    middleware = [Middleware(Guard, hosts=["127.0.0.1"]), Middleware(Gate)]
    app = Starlette(routes=ROUTES, middleware=middleware)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until(lambda: server.started)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()
