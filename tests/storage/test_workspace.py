import os
import stat
from pathlib import Path

import pytest

from storage.database import connect
from storage.errors import Invalid
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


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_folder_that_a_person_made_keeps_its_mode(tmp_path: Path):
    root = tmp_path / "alignlab-workspace"
    (root / "models").mkdir(parents=True)
    for folder, given in ((root, 0o755), (root / "models", 0o750)):
        folder.chmod(given)
    Workspace(root).create()
    assert (mode(root), mode(root / "models"), mode(root / "runs")) == (0o755, 0o750, 0o700)


def test_what_others_could_read_in_an_open_folder_is_for_the_owner_only(tmp_path: Path):
    tmp_path.chmod(0o755)
    db = connect(Workspace(tmp_path))
    with db.write() as connection:
        connection.exec_driver_sql("UPDATE runs SET name = name")
        files = sorted(tmp_path.glob("alignlab.db*"))
        assert {file.name: mode(file) for file in files} == {
            "alignlab.db": 0o600,
            "alignlab.db-shm": 0o600,
            "alignlab.db-wal": 0o600,
        }
    db.close()


@pytest.mark.parametrize(("before", "after"), [(0o644, 0o600), (0o666, 0o600), (0o660, 0o660)])
def test_an_old_database_is_closed_to_others_and_stays_open_to_a_chosen_group(tmp_path: Path, before: int, after: int):
    connect(Workspace(tmp_path)).close()
    (tmp_path / "alignlab.db").chmod(before)
    connect(Workspace(tmp_path)).close()
    assert mode(tmp_path / "alignlab.db") == after


@pytest.mark.parametrize(
    "names",
    [
        (),
        (".DS_Store", "lost+found"),
        ("secrets",),
        ("models", ".gitignore"),
        ("alignlab.db", "notes.txt"),
        ("runs", "datasets", "cache", "models", "notes.txt"),
    ],
)
def test_a_workspace_and_what_may_become_one_are_taken(tmp_path: Path, names: tuple[str, ...]):
    for name in names:
        (tmp_path / name).touch() if "." in name else (tmp_path / name).mkdir()
    assert Workspace(tmp_path).create().runs.is_dir()


@pytest.mark.parametrize("names", [("thesis.tex",), ("models", "train.py"), ("runs", "datasets", "README.md")])
def test_a_folder_of_something_else_is_refused_and_left_as_it_is(tmp_path: Path, names: tuple[str, ...]):
    for name in names:
        (tmp_path / name).touch()
    with pytest.raises(Invalid, match=f"{tmp_path} holds other files and is no AlignLab workspace"):
        connect(Workspace(tmp_path))
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)


def test_a_file_cannot_be_a_workspace(tmp_path: Path):
    (tmp_path / "notes.txt").touch()
    with pytest.raises(Invalid, match=r"notes\.txt is a file"):
        Workspace(tmp_path / "notes.txt").create()
