import os
import stat
from pathlib import Path

import pytest

from storage.database import connect
from storage.workspace import Workspace, locate


def test_an_explicit_folder_beats_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ALIGNLAB_HOME", str(tmp_path / "home"))
    assert locate(tmp_path / "chosen").root == tmp_path / "chosen"
    assert locate().root == tmp_path / "home"


def test_the_folder_beside_the_person_is_used_where_it_exists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("ALIGNLAB_HOME", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    assert locate().root == tmp_path / "data" / "alignlab"
    (tmp_path / "alignlab-workspace").mkdir()
    assert locate().root == tmp_path / "alignlab-workspace"


def test_the_database_lies_in_the_workspace_unless_another_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    workspace = Workspace(tmp_path)
    assert workspace.url == f"sqlite:///{tmp_path}/alignlab.db"
    monkeypatch.setenv("ALIGNLAB_DATABASE_URL", "postgresql+psycopg://somewhere/alignlab")
    assert workspace.url == "postgresql+psycopg://somewhere/alignlab"
    monkeypatch.setenv("ALIGNLAB_DATABASE_URL", "sqlite:////elsewhere/shared.db")
    assert workspace.url == "sqlite:////elsewhere/shared.db"


def test_a_relative_database_is_the_same_file_from_every_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ALIGNLAB_DATABASE_URL", "sqlite:///shared.db")
    assert Workspace(tmp_path).url == f"sqlite:///{tmp_path}/shared.db"


@pytest.mark.parametrize("name", ["a%20b", "what?x=1", "100%25 &c", os.fsdecode(b"caf\xe9")])
def test_a_folder_may_have_any_name(name: str, tmp_path: Path):
    workspace = Workspace(tmp_path / name).create()
    connect(workspace)
    assert (workspace.root / "alignlab.db").exists()


def test_its_folders_are_for_their_owner_only(tmp_path: Path):
    workspace = Workspace(tmp_path / "deep" / "workspace").create()
    for folder in (workspace.root, workspace.runs, workspace.datasets, workspace.cache, workspace.models):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert workspace.create() is workspace, "a second time is no mistake"


def test_a_run_has_its_log_and_checkpoints_in_its_own_folder(tmp_path: Path):
    workspace = Workspace(tmp_path)
    assert workspace.log("r1") == tmp_path / "runs" / "r1" / "log"
    assert workspace.checkpoints("r1") == tmp_path / "runs" / "r1" / "checkpoints"


def test_a_path_that_is_kept_moves_with_the_workspace(tmp_path: Path):
    here, moved = Workspace(tmp_path / "here"), Workspace(tmp_path / "moved")
    kept = here.to_relative(here.log("r1"))
    assert (kept, here.to_absolute(kept), moved.to_absolute(kept)) == ("runs/r1/log", here.log("r1"), moved.log("r1"))
    elsewhere = tmp_path / "elsewhere"
    assert moved.to_absolute(here.to_relative(elsewhere)) == elsewhere


def test_a_folder_that_a_person_made_is_closed_to_others(tmp_path: Path):
    root = tmp_path / "alignlab-workspace"
    root.mkdir(mode=0o755)
    Workspace(root).create()
    assert root.stat().st_mode & 0o777 == 0o700
