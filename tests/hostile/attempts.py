"""How each kind of generated input is handed in: to the functions and routes that take it from a person."""

import contextlib
import io
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from app import clients
from app.cli import main
from app.guard import Guard
from app.routes import ROUTES
from app.routes.fragments import FRAGMENTS
from engine.rewards import texts
from engine.runtime.preflight.check import preflight
from engine.service.routes import Service
from engine.spec import apply, apply_to_stages, dump, is_chain, parse, parse_chain, read_yaml
from engine.spec.rewards import Regex
from storage import datasets, run_lists
from storage.database import Database
from tests import tiny
from tests.app import invented
from tests.hostile.bounded import Attempt
from tests.hostile.dataset_files import dataset_file, rows, rows_file
from tests.hostile.odd_values import TEXTS
from tests.hostile.requests import Sent, to_dashboard, to_engine
from tests.hostile.run_files import change, pattern, run_file, yaml_text

TOKEN = "the token of the engine"
ADDRESS = "http://127.0.0.1:8501"


def attempts(root: Path) -> dict[str, Attempt]:
    """An attempt for each kind of input, with a workspace in the empty folder `root`, which ALIGNLAB_HOME names."""
    invented.workspace(root / "workspace", time.time()).close()
    db = clients.database()
    tiny.write_pairs(db, "polite-weather", 30)
    return {
        "run files": _run_file,
        "yaml": _yaml,
        "changes": _change,
        "patterns": _pattern,
        "preflights": _preflight(db),
        "rows": _dataset(root, lambda random: ("rows.jsonl", rows_file(rows(random), random))),
        "files": _dataset(root, dataset_file),
        "dashboard": _dashboard(db),
        "engine": _engine(db),
        "commands": _command,
    }


def _run_file(random: Random) -> None:
    data = run_file(random)
    if is_chain(data):
        parse_chain(data)
    else:
        spec = parse(data)
        assert parse(dump(spec)) == spec


def _yaml(random: Random) -> None:
    data = read_yaml(yaml_text(random))
    if is_chain(data):
        parse_chain(data)
    else:
        parse(data)


def _change(random: Random) -> None:
    file: dict[str, Any] = {"algorithm": "dpo", "data": {"dataset": "d"}}
    changes = [change(random) for _ in range(random.choice((1, 2, 5)))]
    if random.random() < 0.3:
        parse_chain(apply_to_stages({"stages": [{**file, "name": "first"}]}, changes))
    else:
        parse(apply(file, changes))


def _pattern(random: Random) -> None:
    written = pattern(random)
    parse({"algorithm": "dpo", "data": {"dataset": "d"}, "reward": [{"kind": "regex", "pattern": written}]})
    texts.regex(Regex(pattern=written))("thank you " * 40 + "aaab" * 40)


def _preflight(db: Database) -> Attempt:
    def attempt(random: Random) -> str | None:
        data = run_file(random)
        answer = preflight(db, data).to_json()
        return None if answer["problems"] or answer["spec"] or "stages" in answer else "no problem and no answer"

    return attempt


def _dataset(root: Path, make: Callable[[Random], tuple[str, bytes]]) -> Attempt:
    def attempt(random: Random) -> None:
        name, content = make(random)
        path = root / name
        path.write_bytes(content)
        datasets.inspect_file(path)

    return attempt


def _dashboard(db: Database) -> Attempt:
    application = Starlette(routes=ROUTES, middleware=[Middleware(Guard)])
    fragments, ids = list(FRAGMENTS), [run.id for run in run_lists.search(db)]
    return _routes(application, lambda random: to_dashboard(random, fragments, ids))


def _engine(db: Database) -> Attempt:
    service = Service(db, _Idle(), TOKEN, "here", "cpu")  # type: ignore[arg-type]
    return _routes(service.application(), lambda random: to_engine(random, TOKEN))


class _Idle:
    """A supervisor that runs nothing."""

    def running(self) -> list[str]:
        return []


def _routes(application: Starlette, make: Callable[[Random], Sent]) -> Attempt:
    client = TestClient(application, ADDRESS, raise_server_exceptions=True, follow_redirects=False)

    def attempt(random: Random) -> str | None:
        sent = make(random)
        answer = client.request(sent.method, sent.path, headers=sent.headers, content=sent.body)
        return f"{answer.status_code}: {sent.path[:200]}" if answer.status_code >= 500 else None

    return attempt


def _command(random: Random) -> str | None:
    text = random.choice(TEXTS).replace("\0", "")[:60_000]  # no process is given a null byte
    arguments = random.choice(
        (
            ["runs", "show", text],
            ["runs", "log", text],
            ["runs", "list", "--limit", text],
            ["runs", "list", "--state", text],
            ["runs", "metrics", text, "--key", text],
            ["runs", "list"],
            ["runs", "list", "--json"],
            ["data", "list", text],
            ["data", "export", text, "--format", text, "--out", "/nowhere/x"],
            ["data", "import", text, "--name", text],
            ["train", text, "--detach"],
            [text],
            ["--version"],
        )
    )
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(arguments)
    printed = out.getvalue() + err.getvalue()
    if code not in (0, 1, 2) or "error of its own" in printed:
        return f"{arguments!a:.200}: {code}, {printed:.300}"
    return None if printed.replace("\n", "").replace("\t", "").isprintable() else f"prints {printed!a:.300}"
