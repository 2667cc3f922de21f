"""`alignlab doctor`: what is fit and what is in the way."""

import re
from pathlib import Path

import pytest

from app.cli import doctor
from tests.app.cli.conftest import Alignlab


@pytest.fixture
def no_torch_child(monkeypatch: pytest.MonkeyPatch) -> None:
    """Importing torch takes seconds; what it says is tested once, from the hostile folder."""
    monkeypatch.setattr(doctor, "_torch", lambda: ("ok", "torch"))


def test_a_sound_installation_is_fit(alignlab: Alignlab, no_torch_child: None):
    answer = alignlab("doctor", "--json")
    states = {check["name"]: check["state"] for check in answer.json["checks"]}
    assert (answer.code, answer.json["ok"]) == (0, True)
    assert {name: states[name] for name in ("python", "packages", "workspace", "database", "engine")} == {
        "python": "ok",
        "packages": "ok",
        "workspace": "ok",
        "database": "ok",
        "engine": "note",
    }


def test_a_broken_database_is_found(alignlab: Alignlab, no_torch_child: None, tmp_path: Path):
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "alignlab.db").write_text("this is no database")
    answer = alignlab("doctor", "--workspace", str(broken))
    assert answer.code == 1
    assert re.search(r"wrong +database .*file is not a database", answer.out)


def test_a_workspace_that_cannot_be_written_is_found(alignlab: Alignlab, no_torch_child: None, tmp_path: Path):
    (tmp_path / "file").touch()
    answer = alignlab("doctor", "--workspace", str(tmp_path / "file" / "workspace"))
    assert answer.code == 1
    assert "cannot be written: Not a directory" in answer.out


def test_a_folder_of_something_else_is_found_and_left_alone(alignlab: Alignlab, no_torch_child: None, tmp_path: Path):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.tex").touch()
    answer = alignlab("doctor", "--workspace", str(tmp_path / "thesis"))
    assert answer.code == 1
    assert re.search(r"wrong +workspace .* holds other files and is no AlignLab workspace", answer.out)
    assert [path.name for path in (tmp_path / "thesis").iterdir()] == ["chapter.tex"]


def test_a_package_of_the_wrong_version_is_found(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(doctor, "_installed", lambda package: "0.1" if package == "streamlit" else "999")
    state, detail = doctor._packages()
    assert state == "wrong"
    assert "streamlit==1.67.0" in detail
