"""A workspace for pages: empty, or with invented runs in every state. Each is made once, and copied for each test."""

import json
import re
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from argon2 import PasswordHasher
from streamlit import config
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from app import clients
from app.main import options
from storage.database import Database, connect
from storage.people import passwords
from storage.workspace import Workspace
from tests.app import invented

FRAME = Path(__file__).parents[2] / "app" / "frame.py"
T = TypeVar("T")
SECONDS = 60  # a first run imports pandas and plotly


@pytest.fixture
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords are hashed in no time."""
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture(scope="session", autouse=True)
def _scripts_run_as_in_the_product() -> None:
    """Streamlit rewrites no syntax tree of a script before its runs, and takes no statistics of its calls."""
    for name in ("runner.magicEnabled", "browser.gatherUsageStats"):
        config.set_option(name, options("127.0.0.1", 8501)[name])


@pytest.fixture(scope="session", autouse=True)
def _packages_are_searched_for_components_once() -> Iterator[None]:
    """AppTest reads the metadata of every installed package for each page, which takes longer than the page."""
    manifests = manifest_scanner.scan_component_manifests()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", lambda: manifests)
        yield


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty workspace that pages, routes and clients find by themselves."""
    monkeypatch.setenv("ALIGNLAB_HOME", str(tmp_path / "workspace"))
    yield tmp_path / "workspace"
    clients.database().close()


@pytest.fixture(scope="session")
def filled_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with invented runs, to be copied."""
    root = tmp_path_factory.mktemp("filled") / "workspace"
    invented.workspace(root, time.time()).close()
    return root


@pytest.fixture
def filled(workspace: Path, filled_template: Path) -> Database:
    """The workspace with invented runs."""
    return copied(filled_template, workspace)


@pytest.fixture
def empty(workspace: Path, empty_template: Path) -> Database:
    """The workspace without any."""
    return copied(empty_template, workspace)


def filled_copy(template: Path, root: Path, fill: Callable[[Database], T]) -> T:
    """Make a further template at `root` of another one; returns what `fill` does."""
    db = connect(Workspace(shutil.copytree(template, root)))
    content = fill(db)
    db.close()
    return content


def copied(template: Path, root: Path) -> Database:
    """The workspace at `root`, as a copy of a template that nothing has open (its WAL is in its database)."""
    shutil.copytree(template, root)
    return clients.database()


def open_page(name: str = "overview", language: str = "en", **query: str) -> AppTest:
    """A page as a browser session sees it first."""
    page = AppTest.from_file(str(FRAME), default_timeout=SECONDS)
    for key, value in {"lang": language, **query}.items():
        page.query_params[key] = value
    page.switch_page(f"views/{name}.py").run()  # before a first run: each of our pages bears the name of its file
    assert not page.exception
    return page


def words(page: AppTest) -> str:
    """What the page says: its markup, the first markup of its live parts, and the words of its widgets.

    Without the marks that set a name apart from its sentence.
    """
    said = []
    for element in page.main:
        if element.type == "bidi_component":
            said.append(str(json.loads(element.proto.json).get("html", "")))
        elif element.type == "html":
            said.append(element.proto.body)
        else:
            said.append(getattr(element, "label", "") or getattr(element, "value", "") or "")
    return re.sub("</?bdi>", "", "\n".join(map(str, said)))
