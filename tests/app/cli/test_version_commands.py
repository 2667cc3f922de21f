"""`alignlab data` on whole datasets and their frozen versions."""

import time
from pathlib import Path

import pytest

from storage import dataset_writes, datasets
from storage.database import Database
from storage.records import Item
from tests.app.cli.conftest import Alignlab


@pytest.fixture
def notes(alignlab: Alignlab, tmp_path: Path) -> Alignlab:
    path = tmp_path / "notes.csv"
    path.write_text("prompt,chosen,rejected,topic\ntea 1,a,b,tea\ncup 2,c,d,cup\ntea 3,e,f,tea\n", encoding="utf-8")
    alignlab("data", "import", str(path), "--name", "notes")
    return alignlab


def listed(alignlab: Alignlab) -> dict[str, int]:
    return {row["name"]: row["items"] for row in alignlab("data", "list", "--json").json}


def test_datasets_are_renamed_copied_merged_and_split(notes: Alignlab):
    assert notes("data", "copy", "notes", "again", "--json").json == {"name": "again", "kind": "pairs", "items": 3}
    assert notes("data", "rename", "again", "twin").out == "Renamed to twin: 3 items.\n"
    assert notes("data", "merge", "notes", "twin", "--into", "both", "--json").json["items"] == 6
    parts = notes("data", "split", "both", "--into", "a", "b", "--share", "0.34", "--seed", "3", "--json").json
    assert [part["items"] for part in parts] == [2, 4]
    assert listed(notes) == {"notes": 3, "twin": 3, "both": 6, "a": 2, "b": 4}


@pytest.mark.parametrize("choice", [(), ("--share", "0.5", "--tag", "x")])
def test_a_split_needs_one_reason(notes: Alignlab, choice: tuple[str, ...]):
    refused = notes("data", "split", "notes", "--into", "a", "b", *choice)
    assert refused.code == 2
    assert refused.err == "Name one of --share, --topic and --tag.\n"


def test_a_split_that_leaves_a_part_empty_is_refused(notes: Alignlab):
    refused = notes("data", "split", "notes", "--into", "a", "b", "--topic", "x")
    assert (refused.code, refused.err) == (2, "The part a would hold no item.\n")


def test_versions_are_listed_compared_noted_and_restored(notes: Alignlab, database: Database):
    db = database
    first = dataset_writes.freeze(db, "notes", time.time(), account="ann").hash
    item = datasets.items(db, "notes")[0][0]
    changed = Item(item.id, ({"role": "user", "content": "coffee\x1b[31m 1"},), item.responses, item.preferences)
    dataset_writes.edit_item(db, "notes", changed, expected=item.edited_at, now=time.time() + 1)
    second = dataset_writes.freeze(db, "notes", time.time() + 2).hash
    rows = notes("data", "versions", "notes", "--json").json
    assert [(row["hash"], row["created_by"], row["items"], row["judgements"]) for row in rows] == [
        (second, None, 3, 0),
        (first, "ann", 3, 0),
    ]
    assert notes("data", "note", "notes", first[:8], "before coffee", "--json").json["note"] == "before coffee"
    assert "before coffee" in notes("data", "versions", "notes").out
    found = notes("data", "diff", "notes", first[:8], second[:8], "--json").json
    assert (found["same"], len(found["changed"]), found["added"], found["removed"]) == (2, 1, [], [])
    words = notes("data", "diff", "notes", first[:8]).out
    assert words.startswith("0 added, 0 removed, 1 changed, 2 the same\n~ 00001: coffee")
    assert "      - user: tea 1\n      + user: coffee" in words
    assert "\x1b" not in words
    assert notes("data", "restore", "notes", first[:8], "--json").json["changed"] == 1
    assert notes("data", "diff", "notes", first[:8], "--json").json["same"] == 3
    assert notes("data", "restore", "notes", first[:8]).err.endswith("notes holds that version already.\n")


@pytest.mark.parametrize("verb", ["diff", "restore"])
def test_an_unknown_version_is_bad_input(notes: Alignlab, verb: str):
    refused = notes("data", verb, "notes", "abc")
    assert (refused.code, refused.err) == (2, "The dataset notes has no version abc.\n")
