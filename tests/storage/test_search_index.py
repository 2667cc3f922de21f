"""The index of searches finds exactly what a scan of the texts finds."""

import sqlite3

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import dataset_writes, datasets, search_index
from storage.database import Database
from storage.item_content import normal
from storage.records import Item
from storage.search_words import search_words

SIGNS = st.sampled_from(
    [*"ab礼天气的é한ß_7.,'\"*-^() \t\n\u3000\x01\x7f\ue000\ue020", "AB", "museum", "天气", "ﬁ", "e\u0301"]
)
TEXTS = st.lists(SIGNS, max_size=12).map("".join)


def add(db: Database, text: str, name: str = "notes") -> Item:
    return dataset_writes.add_item(db, name, Item("", ({"role": "user", "content": text},)), 1.0)


def hits(db: Database, search: str, name: str = "notes") -> list[str]:
    items, total = datasets.items(db, name, search=search)
    assert total == len(items)
    return [item.messages[0]["content"] for item in items]


def scan(texts: list[str], search: str) -> list[str]:
    return [text for text in texts if all(word in normal(text) for word in search_words(search))]


@pytest.fixture
def notes(db: Database) -> Database:
    dataset_writes.create(db, "notes", "prompts", 1.0)
    dataset_writes.create(db, "others", "prompts", 1.0)
    return db


@pytest.mark.slow
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(texts=st.lists(TEXTS, min_size=1, max_size=6), searches=st.lists(TEXTS, min_size=1, max_size=6))
def test_random_searches_find_what_a_scan_finds(notes: Database, texts: list[str], searches: list[str]):
    added = [add(notes, text) for text in texts]
    for search in [*searches, *(text[1:4] for text in texts)]:
        assert hits(notes, search) == scan(texts, search)
    for item in added:
        dataset_writes.delete_item(notes, "notes", item.id, expected=1.0, now=1.0)
    assert hits(notes, "") == []


TEXT = "Das 天气 in Lisbon: museums, 天气预报 2024, don't “ask” 天 气 (a*b)"


@pytest.mark.parametrize(
    ("search", "is_in"),
    [
        *[(word, True) for word in ("天气", "天", "气", "museum", "USE", "seum", "isbon:", "天气预报", "气预", "预报")],
        *[
            (word, True)
            for word in ("2024,", "02", "don't", "n't", "(a*b)", "*", "a", "“ask”", "天气 museum LISBON", "s,")
        ],
        *[(word, False) for word in ("气天", "天气museum", "報", "museumss", "don'tx", "气预报2024", "lisbon天")],
    ],
)
def test_a_part_of_a_text_is_found_wherever_it_begins(notes: Database, search: str, is_in: bool):
    add(notes, TEXT)
    add(notes, "something else")
    add(notes, TEXT, "others")
    assert hits(notes, search) == ([TEXT] if is_in else [])
    assert scan([TEXT], search) == ([TEXT] if is_in else [])


def test_runs_and_signs_that_touch_are_found_together(notes: Database):
    for text in (
        "artmuseum天气gallery",
        "museum天气gal",
        "museum 天气gallery",
        "museum天 气gallery",
        "museumx天气gallery",
    ):
        add(notes, text)
    assert hits(notes, "museum天气gal") == ["artmuseum天气gallery", "museum天气gal"]
    assert hits(notes, "museum天气gallery") == ["artmuseum天气gallery"]
    assert hits(notes, "天气g") == ["artmuseum天气gallery", "museum天气gal", "museum 天气gallery", "museumx天气gallery"]


def test_the_index_follows_edits_deletions_and_failed_imports(notes: Database, tmp_path):
    item = add(notes, "天气")
    changed = Item(item.id, ({"role": "user", "content": "礼貌"},))
    dataset_writes.edit_item(notes, "notes", changed, expected=1.0, now=2.0)
    assert (hits(notes, "天气"), hits(notes, "礼貌")) == ([], ["礼貌"])
    dataset_writes.delete_item(notes, "notes", item.id, expected=2.0, now=3.0)
    assert hits(notes, "礼貌") == []
    dataset_writes.restore_item(notes, "notes", item.id, 4.0)
    assert hits(notes, "礼貌") == ["礼貌"]


def test_more_runs_than_an_expression_holds_are_scanned_for(notes: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(search_index, "MOST_RUNS", 3)
    texts = [f"{letter}x" for letter in "abcde"]
    for text in texts:
        add(notes, text)
    assert hits(notes, "x") == texts
    assert hits(notes, "ax") == ["ax"]


def test_a_part_in_as_many_runs_as_an_expression_may_hold_is_found(notes: Database):
    texts = [f"q{number}" for number in range(search_index.MOST_RUNS)]
    add(notes, " ".join(texts))
    assert hits(notes, "q") == [" ".join(texts)]


def test_without_the_index_every_search_is_a_scan(notes: Database):
    with notes.write() as connection:
        connection.execute(sa.text(f"DROP TABLE {search_index.TABLE}"))
    add(notes, TEXT)
    assert hits(notes, "天气 useum") == [TEXT]


def test_sqlite_here_has_the_index(notes: Database):
    if notes.engine.dialect.name == "sqlite":
        assert sqlite3.sqlite_version_info >= (3, 31)
        with notes.read() as connection:
            assert search_index.is_there(connection)
