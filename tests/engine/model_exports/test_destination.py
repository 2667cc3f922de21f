"""A folder is made whole or not at all, and only an earlier export is ever replaced."""

from pathlib import Path

import pytest

from engine.model_exports import destination
from storage.errors import Invalid


def write(folder: Path, text: str, *, force: bool = False) -> None:
    with destination.unfinished(folder, force=force, size=10) as scratch:
        (scratch / destination.RECORD).write_text('{"checkpoint": "run:a@1"}')
        (scratch / "text").write_text(text)


def test_an_earlier_export_is_replaced_whole_where_that_is_asked_for(tmp_path: Path):
    write(tmp_path / "out", "first")
    with pytest.raises(Invalid, match="is there already"):
        write(tmp_path / "out", "second")
    write(tmp_path / "out", "second", force=True)
    assert (tmp_path / "out" / "text").read_text() == "second"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_what_fails_leaves_the_earlier_export(tmp_path: Path):
    write(tmp_path / "out", "first")
    with pytest.raises(RuntimeError), destination.unfinished(tmp_path / "out", force=True, size=10):
        raise RuntimeError
    assert (tmp_path / "out" / "text").read_text() == "first"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_an_empty_folder_is_taken(tmp_path: Path):
    (tmp_path / "out").mkdir()
    write(tmp_path / "out", "first")
    assert (tmp_path / "out" / "text").read_text() == "first"


def test_other_folders_and_files_stay(tmp_path: Path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis").write_text("years of work")
    with pytest.raises(Invalid, match="other than an exported model"):
        write(tmp_path / "mine", "first", force=True)
    with pytest.raises(Invalid, match="is not a folder"):
        write(tmp_path / "mine" / "thesis", "first", force=True)
    with pytest.raises(Invalid, match="There is no folder"):
        write(tmp_path / "absent" / "out", "first")
    assert (tmp_path / "mine" / "thesis").read_text() == "years of work"


def test_a_disk_without_room_is_told_before_anything_is_loaded(tmp_path: Path):
    with (
        pytest.raises(Invalid, match="make room first"),
        destination.unfinished(tmp_path / "out", force=False, size=10**18),
    ):
        pass
    assert list(tmp_path.iterdir()) == []
