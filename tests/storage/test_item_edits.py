"""Changes of items are noted, done to many at once, and undone; what somebody else changed since stays."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from storage import dataset_writes, datasets, item_edit_writes, item_edits
from storage.database import Database
from storage.errors import Invalid
from storage.item_content import EXCLUDED
from storage.item_edit_writes import author
from storage.item_edits import Batch, EditConflict
from storage.item_filter import ItemFilter
from storage.records import Item, Preference, Response

ME, YOU = "me", "you"


def pair(text: str) -> Item:
    responses = (Response("a", "Gern."), Response("b", "Nein."))
    return Item("", ({"role": "user", "content": text},), responses, (Preference("a", "b"),), topic="rain")


@pytest.fixture
def db(db: Database) -> Database:
    dataset_writes.create(db, "notes", "pairs", 1.0)
    for number in range(6):
        dataset_writes.add_item(db, "notes", pair(f"{'天气' if number % 2 else 'tea'} {number}"), 2.0 + number, YOU)
    return db


def change(db: Database, action: str, value: str | None = None, now: float = 50.0, **selection: str) -> Batch | None:
    item_filter = ItemFilter(**selection)
    count = datasets.items(db, "notes", **selection)[1]
    by = author(ME, now, action)
    return item_edit_writes.change_all(db, "notes", item_filter, action, value, expected=count, by=by)


def prompts(db: Database, **filters: str) -> list[str]:
    return [item.messages[0]["content"] for item in datasets.items(db, "notes", **filters)[0]]


def state(db: Database) -> list[Item]:
    return datasets.items(db, "notes")[0]


@pytest.mark.parametrize(
    ("action", "value"), [("delete", None), ("tag", "fresh"), ("topic", "sun"), ("topic", ""), ("exclude", None)]
)
@pytest.mark.parametrize("part", [250, 2])
def test_what_is_done_to_all_that_a_filter_leaves_is_undone_at_once(
    db: Database, action: str, value: str | None, part: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(item_edit_writes, "BATCH_ITEMS", part)
    before = state(db)
    batch = change(db, action, value, search="天气")
    assert (batch.action, batch.items, batch.account, batch.at) == (action, 3, ME, 50.0)
    assert state(db) != before
    assert item_edits.last_batch(db, "notes", ME) == batch
    assert item_edit_writes.undo(db, "notes", batch.id, 60.0) == item_edit_writes.Undone(3, ())
    assert state(db) == before
    assert prompts(db, search="天气", topic="rain") == ["天气 1", "天气 3", "天气 5"]
    assert item_edits.last_batch(db, "notes", ME) is None
    with pytest.raises(Invalid, match="undone already"):
        item_edit_writes.undo(db, "notes", batch.id, 61.0)


def test_tags_come_and_go_and_are_searched_and_filtered_by(db: Database):
    change(db, "tag", " fresh ", search="天气")
    assert prompts(db, tag="fresh") == prompts(db, search="fresh") == ["天气 1", "天气 3", "天气 5"]
    assert change(db, "tag", "fresh").items == 3, "those that have it are not changed"
    assert change(db, "untag", "fresh", search="tea").items == 3
    assert prompts(db, tag="fresh") == ["天气 1", "天气 3", "天气 5"]
    assert change(db, "untag", "nothing") is None
    with pytest.raises(Invalid, match="Name a tag"):
        change(db, "tag", " ")
    with pytest.raises(Invalid, match="cannot be stored"):
        change(db, "topic", "a\0")


def test_a_filter_that_leaves_others_than_were_seen_changes_nothing(db: Database):
    with pytest.raises(Invalid, match="leave 3 items now, not 4"):
        item_edit_writes.change_all(
            db, "notes", ItemFilter("tea"), "delete", None, expected=4, by=author(ME, 9.0, "delete")
        )
    assert len(state(db)) == 6


def test_an_undo_leaves_what_somebody_else_changed_since(db: Database):
    batch = change(db, "tag", "fresh")
    theirs = replace(state(db)[0], topic="wind")
    dataset_writes.edit_item(db, "notes", theirs, expected=50.0, now=55.0, account=YOU)
    assert item_edit_writes.undo(db, "notes", batch.id, 60.0) == item_edit_writes.Undone(5, (theirs.id,))
    assert state(db)[0] == theirs
    assert prompts(db, tag="fresh") == ["tea 0"]
    with pytest.raises(Invalid, match="all its items were changed since"):
        item_edit_writes.undo(db, "notes", batch.id, 61.0)


def test_single_changes_are_undone_too_and_make_the_history_of_an_item(db: Database):
    first = state(db)[0]
    edited = dataset_writes.edit_item(db, "notes", replace(first, topic="sun"), expected=2.0, now=10.0, account=ME)
    dataset_writes.delete_item(db, "notes", first.id, expected=10.0, now=11.0, account=ME)
    dataset_writes.restore_item(db, "notes", first.id, 12.0, account=ME)
    for action in ("restore", "delete", "edit"):
        batch = item_edits.last_batch(db, "notes", ME)
        assert (batch.action, batch.items) == (action, 1)
        item_edit_writes.undo(db, "notes", batch.id, 20.0)
    assert state(db)[0] == first
    history = item_edits.of_item(db, "notes", first.id)
    assert [(edit.action, edit.account, edit.at) for edit in history] == [
        ("restore", ME, 12.0),
        ("delete", ME, 11.0),
        ("edit", ME, 10.0),
        ("add", YOU, 2.0),
    ]
    assert (history[2].before, history[2].after, history[3].before) == (first, edited, None)
    assert [edit.undone_at for edit in history] == [20.0, 20.0, 20.0, None]
    dataset_writes.edit_item(db, "notes", replace(first, topic="sun"), expected=20.0, now=30.0, account=ME)
    assert item_edits.last_batch(db, "notes", YOU).action == "add", "the change of another account is not offered"


def test_flags_of_duplicates_follow_changes_and_undo(db: Database):
    twin = dataset_writes.add_item(db, "notes", pair("tea 0"), 20.0, ME)
    assert prompts(db, flag="duplicate") == ["tea 0"]
    batch = change(db, "tag", "fresh", flag="duplicate")
    assert prompts(db, flag="duplicate", tag="fresh") == ["tea 0"], "a tag makes no other item of it"
    item_edit_writes.undo(db, "notes", batch.id, 21.0)
    first = state(db)[0]
    dataset_writes.delete_item(db, "notes", first.id, expected=first.edited_at, now=22.0, account=ME)
    assert prompts(db, flag="duplicate") == []
    item_edit_writes.undo(db, "notes", item_edits.last_batch(db, "notes", ME).id, 23.0)
    assert [item.id for item in datasets.items(db, "notes", flag="duplicate")[0]] == [twin.id]


def test_who_was_second_is_shown_what_the_item_holds_now(db: Database):
    seen = state(db)[0]
    theirs = dataset_writes.edit_item(db, "notes", replace(seen, topic="wind"), expected=2.0, now=10.0, account=YOU)
    with pytest.raises(EditConflict) as conflict:
        dataset_writes.edit_item(db, "notes", replace(seen, topic="sun"), expected=2.0, now=11.0, account=ME)
    assert conflict.value.current == theirs
    mine = replace(seen, topic="sun")
    dataset_writes.edit_item(db, "notes", mine, expected=conflict.value.current.edited_at, now=12.0, account=ME)
    assert state(db)[0] == mine


def test_excluded_items_stay_but_are_neither_frozen_nor_exported(db: Database, tmp_path):
    change(db, "exclude", search="天气")
    assert len(prompts(db, tag=EXCLUDED)) == 3
    version = dataset_writes.freeze(db, "notes", 60.0, account=ME, note="without weather")
    assert (version.items, version.created_by, version.note) == (3, ME, "without weather")
    assert datasets.export(db, "notes", "jsonl", tmp_path / "out.jsonl").rows == 3
    change(db, "include")
    assert dataset_writes.freeze(db, "notes", 61.0).items == 6
    change(db, "exclude")
    with pytest.raises(Invalid, match="All items of notes are excluded"):
        dataset_writes.freeze(db, "notes", 62.0)


def test_no_change_of_an_item_reads_the_whole_dataset(db: Database):
    statements: list[tuple[str, object]] = []
    sa.event.listen(db.engine, "before_cursor_execute", lambda *call: statements.append((call[2], call[3])))
    first = state(db)[0]
    statements.clear()  # the list of all is read whole
    turned = replace(first, topic="sun", responses=first.responses[::-1])
    edited = dataset_writes.edit_item(db, "notes", turned, expected=2.0, now=9.0)
    dataset_writes.delete_item(db, "notes", first.id, expected=edited.edited_at, now=10.0)
    dataset_writes.restore_item(db, "notes", first.id, 11.0)
    of_items = [call for call in statements if "FROM items" in call[0] and call[0].startswith("SELECT")]
    assert of_items
    with db.read() as connection:
        for sql, values in of_items:
            plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)]
            assert all("AND" in step for step in plan if step.startswith("SEARCH items")), (sql, plan)
