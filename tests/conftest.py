"""What every test stands on: no leftovers of the person's own settings, one thread, the process as it was."""

import os
import shutil
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from storage.database import Database, connect
from storage.workspace import Workspace
from tests.fake_hub import FakeHub

SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"

for name in ("ALIGNLAB_HOME", "ALIGNLAB_DATABASE_URL"):
    os.environ.pop(name, None)
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ["PYTHONSAFEPATH"] = "1"

settings.register_profile("patient", deadline=None)  # a busy machine is no fault of the code
settings.load_profile("patient")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real preference data that lies beside the checkout; absent on most machines."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"real preference data is not on this machine: {SHARED_DATA} does not exist")
    return SHARED_DATA


@pytest.fixture(scope="session")
def empty_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose database has its tables and no rows, to be copied: its migrations run once a session."""
    root = tmp_path_factory.mktemp("empty") / "workspace"
    connect(Workspace(root)).close()
    return root


@pytest.fixture
def db(tmp_path: Path, empty_template: Path) -> Iterator[Database]:
    """The database of an empty workspace."""
    database = connect(Workspace(shutil.copytree(empty_template, tmp_path / "workspace")))
    yield database
    database.close()


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    """A hub on this machine, which `huggingface_hub` takes for the real one, with an empty cache and no token."""
    from huggingface_hub import constants

    hub = FakeHub()
    threading.Thread(target=hub.server.serve_forever, args=(0.01,), daemon=True).start()
    monkeypatch.setattr(constants, "ENDPOINT", hub.url)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", hub.url + "/{repo_id}/resolve/{revision}/{filename}")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "no-token"))
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    yield hub
    hub.server.shutdown()
    hub.server.server_close()


@pytest.fixture(autouse=True)
def process() -> Iterator[None]:
    """Workers take signals over, and AppTest puts its script in the place of __main__ (which spawned processes would
    then run): what runs in this process gives both back."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main
    for number, handler in handlers.items():
        signal.signal(number, handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The quick ones first, the browser last: what is wrong is known early."""
    order = ("slow", "faults", "e2e")
    items.sort(
        key=lambda item: max((order.index(mark.name) for mark in item.iter_markers() if mark.name in order), default=-1)
    )
