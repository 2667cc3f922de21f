"""The Data page on many items and on whole datasets: bulk changes, undo, conflicts, versions, copies."""

import time
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from app.bridge import dialogs
from app.datasets import item_changes
from storage import dataset_writes, datasets, item_edits
from storage.database import Database
from storage.item_content import EXCLUDED
from storage.records import Item, Response
from tests.app.conftest import open_page
from tests.app.datasets.conftest import first, opened
from tests.app.datasets.markup import live_parts, told


def changed(page: AppTest, action: str, **values: str) -> AppTest:
    """The page after one thing was done to all that it shows."""
    page.selectbox(key="bulk.action").set_value(action).run()
    for name, value in values.items():
        page.selectbox(key=f"bulk.{name}").set_value(value).run()
    return page.button(key="bulk.go").click().run()


def dialog(page: AppTest, name: str) -> AppTest:
    page.session_state[dialogs.OPEN] = (name, None)
    return page.run()


def test_all_that_the_filters_leave_is_changed_and_that_is_undone(stocked: Database) -> None:
    before = datasets.facets(stocked, "polite")["topic"]
    page = open_page("data", dataset="polite")
    page.text_input(key="q").set_value("Number").run()
    assert page.button(key="bulk.go").label == "Add a tag: 30 pairs"
    assert page.button(key="bulk.go").disabled, "a tag is missing"
    changed(page, "topic", topic="weather")
    assert datasets.facets(stocked, "polite")["topic"]["weather"] == 31
    assert "topic set: 30 pairs" in told(page)
    page.button(key="data.undo.go").click().run()
    assert datasets.facets(stocked, "polite")["topic"] == before
    assert "Undone: 30 items are as before." in told(page)


def test_excluded_and_deleted_items_come_back_by_the_menu(stocked: Database) -> None:
    page = changed(open_page("data", dataset="polite"), "exclude")
    assert datasets.facets(stocked, "polite")["tag"] == {EXCLUDED: 33}
    page = changed(open_page("data", dataset="polite"), "delete")
    assert datasets.get(stocked, "polite").items == 0
    batch = item_edits.last_batch(stocked, "polite", "local")
    assert (batch.action, batch.items) == ("delete", 33)
    page.button(key="data.undo.go").click().run()
    assert datasets.get(stocked, "polite").items == 33


def test_filters_that_leave_others_by_now_change_nothing(stocked: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    page = open_page("data", dataset="polite")
    page.selectbox(key="bulk.action").set_value("delete").run()
    seen = first(stocked)
    monkeypatch.setattr(datasets, "items", lambda *_args, **_more: ([seen], 33))  # as the page showed them
    dataset_writes.delete_item(stocked, "polite", seen.id, expected=seen.edited_at, now=time.time())
    page.button(key="bulk.go").click().run()
    assert "The filters leave 32 items now, not 33" in told(page)
    assert datasets.get(stocked, "polite").items == 32


def conflicting(stocked: Database) -> tuple[AppTest, Item]:
    """The editor after somebody else was quicker, and what that person stored."""
    item = first(stocked)
    page = opened(stocked, item)
    responses = (Response("a", "Theirs, which is so kind."), *item.responses[1:])
    theirs = replace(item, responses=responses)
    dataset_writes.edit_item(stocked, "polite", theirs, expected=item.edited_at, now=time.time())
    page.text_area(key="edit.answer.a").set_value("Mine, which is so kind.").run()
    page.button(key="edit.save").click().run()
    assert "<mark>Theirs</mark>," in told(page)
    assert "<mark>Mine</mark>," in told(page)
    return page, theirs


def test_who_was_second_saves_over_what_is_stored_having_seen_it(stocked: Database) -> None:
    page, _theirs = conflicting(stocked)
    page.button(key="edit.conflict.mine").click().run()
    assert first(stocked).responses[0].text == "Mine, which is so kind."
    assert not page.text_area
    page.button(key="data.undo.go").click().run()
    assert first(stocked).responses[0].text == "Theirs, which is so kind."


def test_who_was_second_goes_on_from_what_is_stored(stocked: Database) -> None:
    page, _theirs = conflicting(stocked)
    page.button(key="edit.conflict.theirs").click().run()
    assert page.text_area(key="edit.answer.a").value == "Theirs, which is so kind."
    page.text_area(key="edit.answer.a").set_value("Both.").run()
    page.button(key="edit.save").click().run()
    assert first(stocked).responses[0].text == "Both."


def test_what_was_written_into_an_item_that_is_gone_becomes_a_new_one(stocked: Database) -> None:
    item = first(stocked)
    page = opened(stocked, item)
    dataset_writes.delete_item(stocked, "polite", item.id, expected=item.edited_at, now=time.time())
    page.text_area(key="edit.answer.a").set_value("Mine.").run()
    page.button(key="edit.save").click().run()
    assert "The dataset polite has no item 00001." in told(page)
    page.button(key="edit.conflict.new").click().run()
    items, total = datasets.items(stocked, "polite")
    assert (total, items[-1].messages, items[-1].responses[0].text) == (33, item.messages, "Mine.")


def test_the_editor_shows_who_changed_the_item(stocked: Database) -> None:
    item = first(stocked)
    dataset_writes.edit_item(
        stocked, "polite", replace(item, topic="<rain>"), expected=item.edited_at, now=5.0, account="ann"
    )
    said = live_parts(opened(stocked, first(stocked)))
    assert "<bdi>ann</bdi>" in said
    assert "<b>topic</b>" in said
    assert "&lt;rain&gt;" in said


def test_a_version_is_compared_noted_and_restored(stocked: Database) -> None:
    page = open_page("data", dataset="polite")
    page.text_input(key="data.freeze.note").set_value("for the paper").run()
    page.button(key="data.freeze").click().run()
    (version,) = datasets.versions(stocked, "polite")
    assert (version.note, version.created_by) == ("for the paper", "local")
    assert "for the paper" in live_parts(page)
    item = first(stocked)
    dataset_writes.edit_item(
        stocked, "polite", replace(item, topic="rain"), expected=item.edited_at, now=time.time() + 1
    )
    page = dialog(open_page("data", dataset="polite"), "versions")
    assert "1 changed" in live_parts(page)
    assert "edited since" in told(page)
    page.text_input(key=f"versions.note.{version.hash}").set_value("old").run()
    page.button(key="versions.note").click().run()
    assert datasets.versions(stocked, "polite")[0].note == "old"
    page.button(key="versions.restore").click().run()
    assert first(stocked) == item
    assert "as in an earlier version: 1 pair" in told(page)
    assert f"as frozen in {version.hash[:7]}" in told(page), "nothing differs from it any more"
    assert page.button(key="data.freeze").disabled


def test_datasets_are_copied_merged_and_split(stocked: Database) -> None:
    page = dialog(open_page("data", dataset="polite"), "copy")
    page.button(key="copy.go").click().run()
    assert datasets.get(stocked, "polite-copy").items == 33
    page = dialog(open_page("data", dataset="polite"), "merge")
    page.multiselect(key="merge.names").set_value(["polite-copy"]).run()
    page.button(key="merge.go").click().run()
    assert datasets.get(stocked, "polite-merged").items == 66
    page = dialog(open_page("data", dataset="polite"), "split")
    page.button(key="split.go").click().run()
    parts = [datasets.get(stocked, name).items for name in ("polite-a", "polite-b")]
    assert sum(parts) == 33
    page = dialog(open_page("data", dataset="polite"), "copy")
    page.button(key="copy.go").click().run()
    assert "There is a dataset named polite-copy already." in told(page)


def test_differences_are_escaped_and_name_what_is_new_or_gone() -> None:
    before = Item("1", ({"role": "user", "content": "<a>"},), (Response("x", "1"),))
    markup = item_changes.table(before, replace(before, responses=(), tags=("t",)))
    assert "<b>answer x</b><del><div" in markup
    assert markup.count("nothing") == 2
    assert "<a>" not in item_changes.table(None, before)
