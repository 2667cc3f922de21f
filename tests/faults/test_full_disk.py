"""A disk without a free byte: reading and making room work, writing says what is wrong, and with room all is well."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from storage.database import connect
from storage.workspace import Workspace
from tests import tiny

pytestmark = pytest.mark.faults

SENTENCE = "The disk is full: make room (`alignlab clean` deletes what nothing needs), then try again.\n"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 32 MB."""
    mounting = ["mount", "-t", "tmpfs", "-o", "size=32m", "alignlab-test", str(tmp_path)]
    if subprocess.run(mounting, capture_output=True, check=False).returncode:
        pytest.skip("a small file system cannot be mounted here")
    yield tmp_path
    subprocess.run(["umount", "-l", str(tmp_path)], check=True)


@pytest.fixture
def workspace(disk: Path) -> Workspace:
    """With a dataset, a cache that `clean` may delete, and without a process that has the database open."""
    db = connect(Workspace(disk / "workspace"))
    tiny.write_pairs(db, "pairs", 20)
    (db.workspace.datasets / "shipped.json").write_text("[]")
    cache = db.workspace.cache / "old"
    cache.write_bytes(bytes(1 << 18))
    os.utime(cache, (0, 0))
    db.close()
    return db.workspace


def fill(disk: Path) -> Path:
    """A file that takes all that is left."""
    filling = disk / "filling"
    with filling.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(1 << 12)):
            pass
    assert shutil.disk_usage(disk).free == 0
    return filling


def alignlab(workspace: Workspace, *words: str) -> tuple[int, str, str]:
    command = [sys.executable, "-P", "-c", "import sys; from app.cli import main; sys.exit(main())", *words]
    environment = {**os.environ, "ALIGNLAB_HOME": str(workspace.root), "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def test_reading_needs_no_room_and_writing_says_what_is_wrong(disk: Path, workspace: Workspace):
    filling = fill(disk)
    assert alignlab(workspace, "data", "delete", "pairs") == (1, "", SENTENCE)
    code, out, err = alignlab(workspace, "data", "list", "--json")
    assert (code, '"items": 20' in out, err) == (0, True, "")
    assert alignlab(workspace, "runs", "list", "--json") == (0, "[]\n", "")
    filling.unlink()
    assert alignlab(workspace, "data", "delete", "pairs") == (0, "", "Deleted pairs.\n")


def test_clean_makes_room(disk: Path, workspace: Workspace):
    fill(disk)
    code, out, err = alignlab(workspace, "clean")
    assert (code, out.splitlines()[-1], err) == (0, "0.3 MB were freed.", "")
    assert alignlab(workspace, "data", "delete", "pairs") == (0, "", "Deleted pairs.\n")


def test_a_new_workspace_on_a_full_disk_is_told(disk: Path):
    fill(disk)
    assert alignlab(Workspace(disk / "new"), "data", "list")[0] == 1
    assert alignlab(Workspace(disk / "new"), "data", "list")[2].endswith(SENTENCE)
