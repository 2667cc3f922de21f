"""Commands on a workspace whose database is damaged, held, or another program's: one sentence, no class name."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app import clients
from app.cli.options import SAMPLES_MARK
from storage import database as database_module
from storage.database import Database
from storage.workspace import Workspace
from tests.app.cli.conftest import Alignlab

COMMANDS = [
    ("data", "list"),
    ("runs", "list", "--json"),
    ("runs", "show", "a1"),
    ("runs", "stop", "a1"),
    ("clean",),
    ("engine",),
    ("dashboard",),
    ("up", "--no-browser"),
]


def garbage(path: Path) -> None:
    path.write_bytes(bytes(range(256)) * 64)


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 3)


def foreign(path: Path) -> None:
    path.unlink()
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE songs (title)")
    other.close()


@pytest.fixture
def closed(database: Database) -> Iterator[Workspace]:
    """A workspace that no connection of this process holds open."""
    database.close()
    clients._connected.cache_clear()
    yield database.workspace
    clients._connected.cache_clear()


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("harm", [garbage, cut, foreign])
def test_a_broken_database_is_told_in_one_sentence(
    closed: Workspace, alignlab: Alignlab, command: tuple[str, ...], harm: Callable[[Path], None]
):
    harm(closed.root / "alignlab.db")
    answer = alignlab(*command)
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.count("\n") == 1
    assert "Error" not in answer.err
    assert "sqlite" not in answer.err
    assert str(closed.root) in answer.err


def test_a_held_database_is_told_in_one_sentence(
    closed: Workspace, alignlab: Alignlab, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(database_module, "PRAGMAS", ("PRAGMA busy_timeout = 1", *database_module.PRAGMAS[1:]))
    holder = sqlite3.connect(closed.root / "alignlab.db", isolation_level=None)
    holder.execute("PRAGMA locking_mode = EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")
    answer = alignlab("data", "list")
    holder.close()
    held = f"The database of the workspace {closed.root} is held by another process: try again in a moment.\n"
    assert (answer.code, answer.err) == (1, held)


def test_a_folder_of_something_else_is_no_workspace(alignlab: Alignlab, tmp_path: Path):
    folder = tmp_path / "thesis"
    folder.mkdir()
    (folder / "chapter.tex").touch()
    answer = alignlab("data", "list", "--workspace", str(folder))
    assert answer.code == 2
    assert answer.err.startswith(f"The folder {folder} holds other files and is no AlignLab workspace: choose")
    assert [path.name for path in folder.iterdir()] == ["chapter.tex"]
    assert not (folder / "datasets" / SAMPLES_MARK).exists()
