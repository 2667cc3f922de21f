"""A workspace with a tiny model and pairs, and leases on runs as a worker has them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from storage import queue
from storage.database import Database
from storage.records import Lease, Run
from tests import tiny

NOW = 1_000.0


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.write_model(tmp_path_factory.mktemp("model"))


@pytest.fixture
def pairs(db: Database) -> str:
    """The name of a dataset of 40 pairs."""
    tiny.write_pairs(db, "pairs", 40)
    return "pairs"


@pytest.fixture
def claim(db: Database) -> Callable[[Run], Lease]:
    """Take a run as a worker's engine does."""

    def take(run: Run) -> Lease:
        lease = queue.claim_run(db, run.id, host="here", device="cpu", seconds=60, now=NOW)
        assert lease is not None
        return lease

    return take
