"""A workspace with a tiny model and pairs, and an engine that carries a run in this very process."""

import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.runtime import worker
from storage import queue, runs
from storage.database import Database, connect
from storage.records import Run
from storage.workspace import Workspace
from tests import tiny

Carry = Callable[..., Run]


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.write_model(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = connect(Workspace(tmp_path_factory.mktemp("workspace")).create())
    tiny.write_pairs(database, "pairs", 40)
    yield database
    database.close()


def attempt(db: Database, run: Run) -> Run:
    """One attempt at a queued run, in this process."""
    before = signal.getsignal(signal.SIGTERM)
    lease = queue.claim_run(db, run.id, host="here", device="cpu", seconds=600, now=time.time())
    assert lease is not None
    worker.work(db, runs.get(db, run.id), lease)
    signal.signal(signal.SIGTERM, before)
    return runs.get(db, run.id)


@pytest.fixture
def carry(db: Database, model: Path) -> Carry:
    """Launch a tiny run with these settings; one attempt carries it as far as it comes."""

    def launch(dataset: str = "pairs", **settings: Any) -> Run:
        origin = {"model": settings.pop("model")} if "model" in settings else {}
        return attempt(db, tiny.submit(db, tiny.settings(model, dataset, **settings) | origin))

    return launch
