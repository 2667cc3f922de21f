"""A dataset of 33 pairs, its first item, and the page with that item's editor."""

import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from storage import dataset_writes, datasets
from storage.database import Database
from storage.records import Item, Preference, Response
from tests.app.conftest import copied, filled_copy, open_page

QUESTIONS = ("How is the weather in Lisbon?", "请问去火车站怎么走？", "How long do I boil an egg?")


def pair(prompt: str, chosen: str, rejected: str, topic: str | None = None) -> Item:
    answers = (Response("a", chosen, origin="import"), Response("b", rejected, origin="import"))
    return Item("", ({"role": "user", "content": prompt},), answers, (Preference("a", "b"),), topic)


def stock(db: Database) -> None:
    """Three pairs, one of them with markup in it, and thirty more."""
    dataset_writes.create(db, "polite", "pairs", time.time())
    for number, question in enumerate(QUESTIONS):
        item = pair(
            question, f"Gladly: {number} <b>bold</b> **star**", "", ("weather", "directions", "cooking")[number]
        )
        dataset_writes.add_item(db, "polite", item, time.time())
    for number in range(30):
        dataset_writes.add_item(db, "polite", pair(f"Number {number}?", "Yes, of course.", "No."), time.time())


@pytest.fixture(scope="module")
def stocked_template(empty_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("stocked") / "workspace"
    filled_copy(empty_template, root, stock)
    return root


@pytest.fixture
def stocked(workspace: Path, stocked_template: Path) -> Database:
    return copied(stocked_template, workspace)


def first(db: Database) -> Item:
    return datasets.items(db, "polite", limit=1)[0][0]


def opened(db: Database, item: Item) -> AppTest:
    """The page with the item's dialog, as its own link opens it."""
    page = open_page("data", dataset="polite", item=item.id)
    assert page.text_area(key="edit.turn.0").value == item.messages[0]["content"]
    return page
