"""A workspace with a tiny model and data, and processes that are ended with the test."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from storage.database import Database, connect
from storage.workspace import Workspace
from tests import tiny


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.write_model(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = connect(Workspace(tmp_path_factory.mktemp("workspace")))
    tiny.write_pairs(database, "pairs", 60)
    yield database
    database.close()


@pytest.fixture
def start(db: Database) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start a module of the engine on the workspace; it is killed when the test ends."""
    started: list[subprocess.Popen[bytes]] = []

    def run(module: str, *words: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-P", "-m", module, "--workspace", str(db.workspace.root), *words]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "OMP_NUM_THREADS": "1"}
        started.append(subprocess.Popen(command, env=environment))
        return started[-1]

    yield run
    for process in started:
        process.kill()
        process.wait()
