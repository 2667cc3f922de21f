"""The backends that every contract test runs against, and the things most tests begin with."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from storage import queue, run_writes
from storage.database import Database, connect
from storage.records import Lease, Run
from storage.workspace import Workspace


def sqlite(folder: Path) -> str:
    return f"sqlite:///{folder / 'workspace' / 'alignlab.db'}"


BACKENDS = [sqlite]
"""Each gives the address of an empty database; a further backend is a further function."""


@pytest.fixture(params=BACKENDS, ids=lambda backend: backend.__name__)
def workspace(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setenv("ALIGNLAB_DATABASE_URL", request.param(tmp_path))
    return Workspace(tmp_path / "workspace")


@pytest.fixture
def db(workspace: Workspace, empty_template: Path) -> Iterator[Database]:
    shutil.copytree(empty_template, workspace.root)  # the database of SQLite; in another, connect makes the tables
    database = connect(workspace)
    yield database
    database.close()


@pytest.fixture
def make_run(db: Database) -> Callable[..., Run]:
    """Creates a run that says only what the test cares for."""

    def make(name: str = "a run", **more: object) -> Run:
        values = {"spec": {"beta": 0.1}, "kind": "train", "algorithm": "dpo", "lane": "train", "now": 100.0, **more}
        return run_writes.create(db, name=name, **values)

    return make


@pytest.fixture
def claim(db: Database) -> Callable[..., Lease | None]:
    """Claims the next run of the lane `train` at time 100, for a minute."""

    def claim(lane: str = "train", *, now: float = 100.0, seconds: float = 60.0, device: str = "cpu") -> Lease | None:
        return queue.claim(db, host="here", device=device, lane=lane, seconds=seconds, now=now)

    return claim


@pytest.fixture
def lease(make_run: Callable[..., Run], claim: Callable[..., Lease | None]) -> Lease:
    """The lease of a run that is running."""
    make_run()
    held = claim()
    assert held is not None
    return held
