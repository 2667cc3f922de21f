"""A folder that came as one .zip: what is in it comes out where it should, or nothing does and a sentence says why."""

import zipfile
from pathlib import Path

import pytest

from storage.containers.limits import Limits
from storage.errors import Invalid
from storage.foreign_runs import zipped_folders

LIMITS = Limits()


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def test_the_first_folder_that_holds_more_than_one_folder_is_what_was_sent(tmp_path: Path) -> None:
    files = {"out/run/trainer_state.json": b"{}", "out/run/logs/empty": b"", "__MACOSX/out/._run": b"x"}
    folder = zipped_folders.unpack(zipped(tmp_path / "a.zip", files), tmp_path / "a", LIMITS)
    assert folder == tmp_path / "a" / "out" / "run"
    assert sorted(path.name for path in folder.rglob("*")) == ["empty", "logs", "trainer_state.json"]
    assert (folder / "trainer_state.json").read_bytes() == b"{}"


@pytest.mark.parametrize("name", ["../up", "/etc/x", "a/../../b", "c:\\x", "a\\..\\b"])
def test_a_name_that_leads_outside_is_refused(tmp_path: Path, name: str) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    with pytest.raises(Invalid, match="leads out of it"):
        zipped_folders.unpack(zipped(inner / "a.zip", {"fine": b"1", name: b"2"}), inner / "a", LIMITS)
    assert [path.name for path in tmp_path.rglob("*")] == ["inner", "a.zip", "a"] or not list((inner / "a").iterdir())


def test_what_unpacks_to_too_much_is_refused_whatever_its_head_says(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"zeros": bytes(300_000)})
    with pytest.raises(Invalid, match="more than 200,000 bytes"):
        zipped_folders.unpack(path, tmp_path / "a", Limits(unpacked_bytes=200_000))


def test_too_many_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipped_folders, "MOST_FILES", 2)
    with pytest.raises(Invalid, match="holds 3 files; at most 2"):
        zipped_folders.unpack(zipped(tmp_path / "a.zip", dict.fromkeys("abc", b"")), tmp_path / "a", LIMITS)


def test_a_broken_file_is_told(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"text": b"abc" * 5000})
    content = bytearray(path.read_bytes())
    content[40:60] = bytes(20)
    path.write_bytes(content)
    with pytest.raises(Invalid, match="broken or cut off"):
        zipped_folders.unpack(path, tmp_path / "a", LIMITS)
