"""Frozen versions that were cut, overwritten or deleted: told in a sentence, written anew, and no list breaks."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from storage import dataset_writes, datasets, version_files
from storage.database import Database
from storage.errors import Damaged
from tests import tiny
from words import english


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def empty(path: Path) -> None:
    os.truncate(path, 0)


def replace(path: Path) -> None:
    path.write_text('{"prompt": "no Parquet at all"}')


def delete(path: Path) -> None:
    path.unlink()


def flip_a_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[60] ^= 0xFF
    path.write_bytes(content)


@pytest.fixture
def path(db: Database) -> Path:
    """The file of the version of a dataset of 20 pairs; a second dataset lies beside it."""
    tiny.write_pairs(db, "pairs", 20)
    tiny.write_pairs(db, "other", 3)
    dataset_writes.freeze(db, "other", 1.0)
    return dataset_writes.freeze(db, "pairs", 2.0).path


@pytest.mark.parametrize("harm", [cut, empty, replace, delete, flip_a_byte])
def test_a_damaged_version_is_told_when_it_is_read(path: Path, harm: Callable[[Path], None]):
    harm(path)
    with pytest.raises(Damaged, match=rf"frozen version {path.stem[:8]} is (damaged|missing)"):
        version_files.read(path)


@pytest.mark.parametrize("harm", [cut, empty, replace, delete])
def test_the_list_names_the_damaged_version_and_no_other(db: Database, path: Path, harm: Callable[[Path], None]):
    assert datasets.damaged(db) == {}
    harm(path)
    assert [dataset.name for dataset in datasets.listing(db)] == ["other", "pairs"]
    sentences = datasets.damaged(db)
    assert list(sentences) == ["pairs"]
    assert path.stem[:8] in english(sentences["pairs"][0])


@pytest.mark.parametrize("harm", [cut, delete, flip_a_byte])
def test_freezing_the_same_content_again_mends_the_file(db: Database, path: Path, harm: Callable[[Path], None]):
    content = version_files.read(path)
    harm(path)
    assert dataset_writes.freeze(db, "pairs", 3.0).path == path
    assert version_files.read(path) == content
