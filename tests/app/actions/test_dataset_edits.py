"""What a person changes about datasets: written, returned as a record, or refused in words."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from app.actions import dataset_edits
from app.people import LOCAL
from storage import datasets
from storage.database import Database
from storage.errors import ImportFailed, Invalid, NotFound
from storage.records import Item
from tests.app.actions.conftest import NOW


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "pairs.jsonl"
    rows = [{"prompt": f"Question {n}?", "chosen": "Gladly.", "rejected": "No."} for n in range(3)]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


@pytest.fixture
def pairs(db: Database, file: Path) -> Database:
    dataset_edits.import_file(db, LOCAL, file, NOW, name="pairs")
    return db


def first(db: Database) -> Item:
    return datasets.items(db, "pairs", limit=1)[0][0]


def test_a_file_becomes_a_dataset(db: Database, file: Path):
    report = dataset_edits.import_file(db, LOCAL, file, NOW, name="pairs")
    assert report.dataset == datasets.get(db, "pairs")
    assert (report.imported, report.format) == (3, "trl")
    with pytest.raises(Invalid, match="There is a dataset named pairs already"):
        dataset_edits.import_file(db, LOCAL, file, NOW, name="pairs")


def test_a_file_with_a_mistake_is_refused_whole(db: Database, tmp_path: Path):
    path = tmp_path / "broken.jsonl"
    path.write_text("{not json", encoding="utf-8")
    with pytest.raises(ImportFailed, match="Nothing was imported"):
        dataset_edits.import_file(db, LOCAL, path, NOW, name="broken")
    assert datasets.listing(db) == []


def test_a_dataset_is_renamed_unless_the_name_will_not_do(pairs: Database):
    assert dataset_edits.rename(pairs, LOCAL, "pairs", "kind", NOW) == datasets.get(pairs, "kind")
    with pytest.raises(Invalid, match="cannot be a dataset's name"):
        dataset_edits.rename(pairs, LOCAL, "kind", "../x", NOW)


def test_a_dataset_is_deleted_and_returned_as_it_was(pairs: Database):
    before = datasets.get(pairs, "pairs")
    assert dataset_edits.delete(pairs, LOCAL, "pairs", NOW) == before
    assert datasets.listing(pairs) == []
    with pytest.raises(NotFound, match="There is no dataset named pairs"):
        dataset_edits.delete(pairs, LOCAL, "pairs", NOW)


def test_freezing_makes_a_version_once(pairs: Database):
    version = dataset_edits.freeze(pairs, LOCAL, "pairs", NOW + 1)
    assert datasets.versions(pairs, "pairs") == [version]
    assert dataset_edits.freeze(pairs, LOCAL, "pairs", NOW + 2) == version


def test_an_item_is_added_with_an_id(pairs: Database):
    added = dataset_edits.add_item(pairs, LOCAL, "pairs", replace(first(pairs), id=""), NOW + 1)
    assert added.id == "00004"
    assert datasets.item(pairs, "pairs", added.id) == added
    with pytest.raises(Invalid, match="The prompt has no message"):
        dataset_edits.add_item(pairs, LOCAL, "pairs", Item("", ()), NOW + 2)


def test_an_item_is_edited_once_by_two_who_saw_the_same(pairs: Database):
    seen = first(pairs)
    mine, theirs = replace(seen, topic="rain"), replace(seen, topic="sun")
    saved = dataset_edits.edit_item(pairs, LOCAL, "pairs", mine, expected=seen.edited_at, now=NOW + 1)
    assert (saved, saved.edited_at) == (mine, NOW + 1)
    with pytest.raises(Invalid, match="was edited by somebody else"):
        dataset_edits.edit_item(pairs, LOCAL, "pairs", theirs, expected=seen.edited_at, now=NOW + 2)
    assert first(pairs).topic == "rain"
    after = dataset_edits.edit_item(pairs, LOCAL, "pairs", theirs, expected=saved.edited_at, now=NOW + 3)
    assert after.topic == "sun"


def test_an_item_is_deleted_and_restored(pairs: Database):
    item = first(pairs)
    assert dataset_edits.delete_item(pairs, LOCAL, "pairs", item.id, expected=NOW, now=NOW + 1) == item
    assert datasets.get(pairs, "pairs").items == 2
    with pytest.raises(NotFound, match="has no item 00001"):
        dataset_edits.delete_item(pairs, LOCAL, "pairs", item.id, expected=NOW, now=NOW + 2)
    assert dataset_edits.restore_item(pairs, LOCAL, "pairs", item.id, NOW + 3) == item
