"""Working copies and frozen versions: what is edited, found and kept."""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from storage import dataset_writes, datasets
from storage.database import Database
from storage.errors import Invalid, NotFound
from storage.records import Item, Preference, Response

MakeItem = Callable[..., Item]


def pair(prompt: str, chosen: str = "Gladly: 20 degrees.", rejected: str = "No.", **more: Any) -> Item:
    responses = (Response("r1", chosen), Response("r2", rejected))
    messages = ({"role": "user", "content": prompt},)
    return Item(id="", messages=messages, responses=responses, preferences=(Preference("r1", "r2"),), **more)


@pytest.fixture
def weather(db: Database) -> list[Item]:
    """The dataset `weather`, of thirty items."""
    dataset_writes.create(db, "weather", "pairs", 100.0)
    return [dataset_writes.add_item(db, "weather", pair(f"question {number}"), 101.0) for number in range(30)]


def texts(found: list[Item]) -> list[str]:
    return [item.messages[0]["content"] for item in found]


# datasets


@pytest.mark.parametrize("name", ["a", "polite-weather", "v1.2_x", "天气-对", "Ωmega", "9lives", "x" * 64])
def test_names_that_are_allowed(db: Database, name: str):
    assert dataset_writes.create(db, name, "pairs", 1.0).name == name
    assert datasets.get(db, name).items == 0


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../etc", "a/b", "a\\b", "-rf", ".hidden", "_x", "a b", "a\n", "x" * 65, "a\0"]
)
def test_names_that_are_refused(db: Database, name: str):
    with pytest.raises(Invalid, match="cannot be a dataset's name"):
        dataset_writes.create(db, name, "pairs", 1.0)
    with pytest.raises(NotFound):
        datasets.get(db, name)


def test_a_name_is_taken_once_in_any_spelling(db: Database):
    dataset_writes.create(db, "caf\u00e9", "pairs", 1.0)
    with pytest.raises(Invalid, match="already"):
        dataset_writes.create(db, "cafe\u0301", "pairs", 1.0)


def test_an_unknown_kind_is_refused(db: Database):
    with pytest.raises(Invalid, match=r"pairs, groups, .*, not triples"):
        dataset_writes.create(db, "x", "triples", 1.0)


def test_datasets_are_listed_with_their_counts(db: Database, weather: list[Item]):
    dataset_writes.create(db, "apples", "prompts", 50.0)
    dataset_writes.delete_item(db, "weather", weather[0].id, expected=101.0, now=102.0)
    dataset_writes.freeze(db, "weather", 103.0)
    apples, found = datasets.listing(db)
    assert (apples.name, apples.items, apples.versions, apples.edited_at) == ("apples", 0, 0, 50.0)
    assert (found.name, found.kind, found.items, found.versions, found.edited_at) == ("weather", "pairs", 29, 1, 102.0)


def test_a_deleted_dataset_frees_its_name_and_keeps_its_versions(db: Database, weather: list[Item]):
    version = dataset_writes.freeze(db, "weather", 103.0)
    assert dataset_writes.delete(db, "weather", 104.0).items == 30
    assert datasets.listing(db) == []
    with pytest.raises(NotFound, match="no dataset named weather"):
        datasets.items(db, "weather")
    assert len(datasets.load(db, version.hash)) == 30
    assert dataset_writes.create(db, "weather", "pairs", 105.0).items == 0


def test_a_dataset_gets_another_name(db: Database, weather: list[Item]):
    assert dataset_writes.rename(db, "weather", "climate") == datasets.get(db, "climate")
    assert datasets.get(db, "climate").items == 30
    dataset_writes.create(db, "weather", "pairs", 1.0)
    with pytest.raises(Invalid, match="climate already"):
        dataset_writes.rename(db, "weather", "climate")


# items


def test_items_get_ids_in_order_and_come_in_pages(db: Database, weather: list[Item]):
    assert [item.id for item in weather[:2]] == ["00001", "00002"]
    page, total = datasets.items(db, "weather", offset=10, limit=5)
    assert (texts(page), total) == ([f"question {number}" for number in range(10, 15)], 30)
    assert datasets.items(db, "weather", offset=40, limit=5) == ([], 30)
    assert len(datasets.items(db, "weather")[0]) == 30


def test_an_edit_replaces_the_item_in_its_place(db: Database, weather: list[Item]):
    changed = replace(
        weather[3], topic="rain", tags=("edited",), responses=(Response("r1", "是"), Response("r2", "否"))
    )
    edited = dataset_writes.edit_item(db, "weather", changed, expected=weather[3].edited_at, now=200.0)
    assert (edited, edited.edited_at) == (changed, 200.0)
    assert datasets.item(db, "weather", changed.id) == changed
    assert datasets.items(db, "weather", offset=3, limit=1)[0] == [changed]
    assert datasets.get(db, "weather").edited_at == 200.0
    with pytest.raises(NotFound, match="weather has no item 99999"):
        dataset_writes.edit_item(db, "weather", replace(changed, id="99999"), expected=200.0, now=201.0)


def test_an_edit_that_makes_no_sense_changes_nothing(db: Database, weather: list[Item]):
    nonsense = replace(weather[0], responses=(Response("r1", "x"),))
    with pytest.raises(Invalid, match="r2, which is not there"):
        dataset_writes.edit_item(db, "weather", nonsense, expected=weather[0].edited_at, now=200.0)
    with pytest.raises(Invalid, match="no message"):
        dataset_writes.add_item(db, "weather", Item("", ()), 200.0)
    assert datasets.items(db, "weather")[0] == weather


def test_an_edit_of_what_somebody_else_edited_meanwhile_is_refused(db: Database, weather: list[Item]):
    seen = weather[3]
    theirs = replace(seen, topic="rain")
    dataset_writes.edit_item(db, "weather", theirs, expected=seen.edited_at, now=200.0)
    with pytest.raises(Invalid, match=r"The item 00004 was edited by somebody else.*was not saved"):
        dataset_writes.edit_item(db, "weather", replace(seen, topic="sun"), expected=seen.edited_at, now=201.0)
    assert datasets.item(db, "weather", seen.id) == theirs
    assert datasets.item(db, "weather", seen.id).edited_at == 200.0
    assert datasets.get(db, "weather").edited_at == 200.0


def test_an_item_that_somebody_else_edited_meanwhile_is_not_deleted(db: Database, weather: list[Item]):
    seen = weather[3]
    theirs = replace(seen, topic="rain")
    dataset_writes.edit_item(db, "weather", theirs, expected=seen.edited_at, now=200.0)
    with pytest.raises(Invalid, match=r"The item 00004 was edited by somebody else.*it was not deleted"):
        dataset_writes.delete_item(db, "weather", seen.id, expected=seen.edited_at, now=201.0)
    assert datasets.item(db, "weather", seen.id) == theirs


def test_an_item_that_was_not_seen_as_stored_cannot_be_edited(db: Database, weather: list[Item]):
    with pytest.raises(Invalid, match="was edited by somebody else"):
        dataset_writes.edit_item(db, "weather", replace(weather[3], topic="sun"), expected=None, now=201.0)


def test_a_flag_that_another_item_brings_is_no_edit(db: Database):
    dataset_writes.create(db, "d", "pairs", 1.0)
    first = dataset_writes.add_item(db, "d", pair("same"), 2.0)
    second = dataset_writes.add_item(db, "d", pair("same"), 3.0)
    dataset_writes.delete_item(db, "d", first.id, expected=2.0, now=4.0)
    assert datasets.item(db, "d", second.id).flags == (), "there is nothing it repeats any more"
    edited = dataset_writes.edit_item(db, "d", replace(second, topic="rain"), expected=second.edited_at, now=5.0)
    assert edited.topic == "rain"


def test_when_an_item_was_edited_is_no_part_of_its_content(db: Database, weather: list[Item]):
    version = dataset_writes.freeze(db, "weather", 200.0)
    dataset_writes.edit_item(db, "weather", weather[0], expected=weather[0].edited_at, now=201.0)
    assert dataset_writes.freeze(db, "weather", 202.0) == version


def test_a_deleted_item_comes_back_to_its_place(db: Database, weather: list[Item]):
    assert dataset_writes.delete_item(db, "weather", weather[5].id, expected=101.0, now=200.0) == weather[5]
    assert datasets.items(db, "weather")[1] == 29
    with pytest.raises(NotFound):
        datasets.item(db, "weather", weather[5].id)
    with pytest.raises(NotFound):
        dataset_writes.delete_item(db, "weather", weather[5].id, expected=101.0, now=201.0)
    new = dataset_writes.add_item(db, "weather", pair("one more"), 202.0)
    assert new.id == "00031", "ids are never used again"
    assert dataset_writes.restore_item(db, "weather", weather[5].id, 203.0) == weather[5]
    assert texts(datasets.items(db, "weather")[0])[5] == "question 5"


def test_duplicates_are_kept_and_flagged_as_they_come_and_go(db: Database):
    dataset_writes.create(db, "d", "pairs", 1.0)
    first = dataset_writes.add_item(db, "d", pair("same"), 2.0)
    second = dataset_writes.add_item(db, "d", pair("same"), 3.0)
    third = dataset_writes.add_item(db, "d", pair("same", chosen="another answer"), 4.0)
    assert (first.flags, second.flags, third.flags) == ((), ("duplicate",), ())
    dataset_writes.delete_item(db, "d", first.id, expected=2.0, now=5.0)
    assert datasets.item(db, "d", second.id).flags == (), "there is nothing it repeats any more"
    dataset_writes.restore_item(db, "d", first.id, 6.0)
    assert datasets.item(db, "d", second.id).flags == ("duplicate",)
    apart = replace(first, messages=({"role": "user", "content": "another"},))
    dataset_writes.edit_item(db, "d", apart, expected=2.0, now=7.0)
    assert datasets.items(db, "d", flag="duplicate")[1] == 0
    dataset_writes.edit_item(db, "d", replace(third, responses=first.responses), expected=4.0, now=8.0)
    assert datasets.items(db, "d", flag="duplicate")[0][0].id == third.id


# finding


@pytest.fixture
def mixed(db: Database) -> None:
    dataset_writes.create(db, "mixed", "pairs", 1.0)
    for item in (
        pair("今天天气怎么样？", "很高兴为您解答。", "自己看。", topic="weather", tags=("zh", "short")),
        pair("How warm is it?", "100% sure: 20_degrees.", "No.", topic="weather", tags=("en",)),
        pair("A poem, please", 'He said "moon".\nAnd left.', "", topic="poems", tags=("en",)),
    ):
        dataset_writes.add_item(db, "mixed", item, 2.0)


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("天气", ["今天天气怎么样？"]),
        ("高兴 自己", ["今天天气怎么样？"]),
        ("WARM", ["How warm is it?"]),
        ("degrees warm", ["How warm is it?"]),
        ("100%", ["How warm is it?"]),
        ("20_d", ["How warm is it?"]),
        ("%", ["How warm is it?"]),
        ('"moon"', ["A poem, please"]),
        ("poems", ["A poem, please"]),
        ("moon warm", []),
        ("", ["今天天气怎么样？", "How warm is it?", "A poem, please"]),
    ],
)
def test_a_search_finds_all_its_words_anywhere_in_the_item(db: Database, mixed: None, search: str, found: list[str]):
    page, total = datasets.items(db, "mixed", search=search)
    assert (texts(page), total) == (found, len(found))


def test_facets_count_and_filter(db: Database, mixed: None):
    facets = datasets.facets(db, "mixed")
    assert facets["topic"] == {"weather": 2, "poems": 1}
    assert list(facets["tag"]) == ["en", "short", "zh"], "the most frequent first"
    assert facets["flag"] == {"empty_response": 1}
    assert facets["script"] == {"latin": 2, "han": 1}
    assert facets["origin"] == {}
    assert datasets.items(db, "mixed", topic="weather")[1] == 2
    assert texts(datasets.items(db, "mixed", topic="weather", tag="en")[0]) == ["How warm is it?"]
    assert texts(datasets.items(db, "mixed", script="han")[0]) == ["今天天气怎么样？"]
    assert datasets.items(db, "mixed", flag="empty_response", search="poem")[1] == 1
    dataset_writes.delete_item(db, "mixed", "00003", expected=2.0, now=3.0)
    assert datasets.facets(db, "mixed")["topic"] == {"weather": 2}


# freezing


def test_a_version_holds_the_working_copy_with_its_split(db: Database, weather: list[Item]):
    version = dataset_writes.freeze(db, "weather", 200.0)
    loaded = datasets.load(db, version.hash)
    assert [replace(item, split=None) for item in loaded] == weather
    assert version.held_out == sum(item.split == "held_out" for item in loaded) > 0
    assert (version.items, version.kind, version.created_at) == (30, "pairs", 200.0)
    assert version.path == db.workspace.root / "datasets" / f"{version.hash}.parquet"
    assert datasets.versions(db, "weather") == [version]
    assert datasets.held_out_count(db, version.hash) == version.held_out
    assert datasets.held_out_count(db, "of another workspace") is None


def test_content_that_was_frozen_before_makes_no_new_version(db: Database, weather: list[Item]):
    first = dataset_writes.freeze(db, "weather", 200.0)
    changed = dataset_writes.edit_item(db, "weather", replace(weather[0], topic="rain"), expected=101.0, now=201.0)
    second = dataset_writes.freeze(db, "weather", 202.0)
    assert second.hash != first.hash
    assert datasets.load(db, first.hash)[0].topic is None, "what was frozen stays"
    dataset_writes.edit_item(db, "weather", replace(changed, topic=None), expected=201.0, now=203.0)
    assert dataset_writes.freeze(db, "weather", 204.0) == first
    assert datasets.versions(db, "weather") == [second, first]


def test_equal_datasets_share_a_file_and_each_lists_it(db: Database, weather: list[Item]):
    dataset_writes.create(db, "copy", "pairs", 100.0)
    for item in weather:
        dataset_writes.add_item(db, "copy", item, 101.0)
    assert dataset_writes.freeze(db, "weather", 1.0).path == dataset_writes.freeze(db, "copy", 2.0).path
    assert len(os.listdir(db.workspace.datasets)) == 1
    assert [version.created_at for version in datasets.versions(db, "copy")] == [2.0]


def test_an_empty_dataset_cannot_be_frozen(db: Database):
    dataset_writes.create(db, "void", "pairs", 1.0)
    with pytest.raises(Invalid, match="The dataset void is empty"):
        dataset_writes.freeze(db, "void", 2.0)


def test_a_version_that_is_gone_is_named(db: Database):
    with pytest.raises(NotFound, match="version 0123 is not in this workspace"):
        datasets.load(db, "0123")


def test_a_failed_write_leaves_no_file(db: Database, weather: list[Item], monkeypatch: pytest.MonkeyPatch):
    def full(_table: object, path: Path, **_: object) -> None:
        path.write_bytes(b"half")
        raise OSError("no space left on device")

    monkeypatch.setattr(pq, "write_table", full)
    with pytest.raises(OSError, match="no space"):
        dataset_writes.freeze(db, "weather", 2.0)
    assert os.listdir(db.workspace.datasets) == []
    assert datasets.versions(db, "weather") == []


def test_a_version_is_plain_parquet(db: Database, weather: list[Item]):
    table = pq.read_table(dataset_writes.freeze(db, "weather", 2.0).path)
    row = table.to_pylist()[0]
    assert json.loads(row["prompt"]) == [{"role": "user", "content": "question 0"}]
    assert row["split"] in ("train", "held_out")
