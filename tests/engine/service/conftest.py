"""A workspace with a tiny model, and the engine process that serves it."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from storage.database import Database, connect
from storage.workspace import Workspace
from tests import tiny


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.write_model(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = connect(Workspace(tmp_path_factory.mktemp("workspace")))
    tiny.write_pairs(database, "pairs", 30)
    yield database
    database.close()


def start(db: Database, stderr: int | None = None) -> subprocess.Popen[str]:
    """An engine process."""
    command = [sys.executable, "-P", "-m", "engine.service", "--workspace", str(db.workspace.root)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    return subprocess.Popen(command, env=environment, stderr=stderr, text=True)


def address(db: Database, seconds: float = 30) -> dict[str, Any]:
    """What the engine wrote down, once it has."""
    limit = time.monotonic() + seconds
    while not db.workspace.engine_file.exists():
        assert time.monotonic() < limit, "no engine within its time"
        time.sleep(0.02)
    content: dict[str, Any] = json.loads(db.workspace.engine_file.read_text())
    return content


@pytest.fixture(scope="module")
def engine(db: Database) -> Iterator[subprocess.Popen[str]]:
    process = start(db)
    yield process
    process.terminate()
    process.wait(30)


@pytest.fixture
def ask(db: Database, engine: subprocess.Popen[str]) -> Callable[..., httpx.Response]:
    """Send a request to the engine, with its token unless other headers are given."""
    engine_address = address(db)

    def send(method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        sent = headers or {"Authorization": f"Bearer {engine_address['token']}"}
        with httpx.Client(trust_env=False, timeout=60) as client:
            return client.request(method, engine_address["url"] + path, json=body, headers=sent)

    return send
