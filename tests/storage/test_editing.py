"""Items of the working copy change, and change back."""

from dataclasses import replace
from pathlib import Path

from storage import datasets
from storage.database import connect
from storage.records import Item, Preference, Response
from storage.workspace import Workspace

PAIR = Item(
    "",
    ({"role": "user", "content": "Is it open?"},),
    (Response("a", "It is, until six."), Response("b", "No idea.")),
    (Preference("a", "b"),),
)


def test_an_edited_item_is_stored_as_it_was_given(tmp_path: Path):
    db = connect(Workspace(tmp_path))
    datasets.create(db, "shop", "pairs", 1.0)
    first = datasets.add_item(db, "shop", PAIR, 1.0)
    edited = replace(first, messages=({"role": "user", "content": "Is it closed?"},), topic="shops")
    datasets.edit_item(db, "shop", edited, 2.0)
    assert datasets.item(db, "shop", first.id) == edited
    datasets.edit_item(db, "shop", first, 3.0)
    assert datasets.item(db, "shop", first.id) == first
