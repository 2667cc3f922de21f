"""What is done to runs in the browser: ticked ones at once, one on its page, named views; and the disk on Settings."""

import os
import time
from collections.abc import Callable

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app.bridge import dialogs, live
from app.runs import archiving, run_dialogs
from app.settings import usage_table
from storage import run_label_writes, run_lists, run_removal_writes, run_tags, runs, saved_views
from storage.database import Database
from storage.errors import NotFound
from storage.records import RunSummary
from tests.app import families
from tests.app.conftest import open_page, words
from tests.app.datasets.markup import told

Tick = Callable[..., AppTest]


@pytest.fixture
def ticked(monkeypatch: pytest.MonkeyPatch) -> Tick:
    """Opens Runs with these runs ticked: the table is a component, which AppTest does not have."""

    def open_with(*ids: str, **query: str) -> AppTest:
        monkeypatch.setattr(live, "picked", lambda key: list(ids))
        return open_page("runs", **query)

    return open_with


def dialog_words(page: AppTest) -> str:
    """The markup of the whole page, with that of its dialog."""
    return "\n".join(element.proto.body for element in page.get("html"))


def ended(db: Database, name: str = "polite-dpo-seed0") -> RunSummary:
    return next(run for run in run_lists.search(db) if run.name == name)


def test_ticked_runs_are_archived_and_brought_back(filled: Database, ticked: Tick) -> None:
    run = ended(filled)
    page = ticked(run.id)
    assert "1 ticked" in words(page)
    page.button(key="bulk.archive").click().run()
    assert "1 run is archived." in words(page)
    assert run_lists.count(filled) == 7
    page.button(key="archive.undo").click().run()
    assert run_lists.count(filled) == 8


def test_what_is_queued_is_stopped_and_resumed_at_once(filled: Database, ticked: Tick) -> None:
    queued = [run.id for run in run_lists.search(filled, states=["queued"])]
    page = ticked(*queued, ended(filled).id)
    page.button(key="bulk.stop").click().run()
    assert {runs.get(filled, run).state for run in queued} == {"stopped"}
    page.button(key="bulk.resume").click().run()
    assert {runs.get(filled, run).state for run in queued} == {"queued"}


def test_a_deletion_says_what_it_means_and_what_forbids_it(filled: Database, ticked: Tick) -> None:
    run = ended(filled)
    page = ticked(run.id)
    page.button(key="bulk.delete").click().run()
    assert "This cannot be undone" in dialog_words(page)
    page.button(key="runs.delete.go").click().run()
    with pytest.raises(NotFound):
        runs.get(filled, run.id)
    page = ticked(ended(filled, "polite-dpo-seed1").id)
    page.button(key="bulk.delete").click().run()
    text = dialog_words(page)
    assert "<bdi>polite-dpo-seed1</bdi> is running: stop it first." in text
    assert "<bdi>dpo-after-seed1</bdi> rests on it" in text
    assert "runs.delete.go" not in [button.key for button in page.button]


def test_tags_are_given_to_all_ticked_runs(filled: Database, ticked: Tick) -> None:
    first, second = ended(filled), ended(filled, "starter-sft")
    run_label_writes.change_tags(filled, [first.id], run_tags.TagChanges(added=("old",)))
    page = ticked(first.id, second.id)
    page.button(key="bulk.tag").click().run()
    page.multiselect(key="tags.removed").select("old").run()
    page.multiselect(key="tags.added").set_value(["old"]).run()
    page.multiselect(key="tags.removed").set_value([]).run()
    page.button(key="tags.save").click().run()
    assert run_tags.of_runs(filled, [first.id, second.id]) == {first.id: ("old",), second.id: ("old",)}


def test_name_note_and_tags_stand_on_the_page_of_the_run(filled: Database) -> None:
    run = ended(filled)
    run_label_writes.set_note(filled, run.id, "**Why** <script>")
    run_label_writes.change_tags(filled, [run.id], run_tags.TagChanges(added=("good",)))
    page = open_page("run", id=run.id, tab="log")
    assert "<strong>Why</strong> &lt;script&gt;" in words(page)
    assert '<span class="al-tag">good</span>' in words(page)
    page.session_state[dialogs.OPEN] = (run_dialogs.NAME, [run.id])
    page.run()
    page.text_input(key="run.name").set_value("renamed").run()
    page.button(key="run.rename").click().run()
    assert runs.get(filled, run.id).name == "renamed"


def test_a_view_is_saved_and_forgotten(filled: Database) -> None:
    page = open_page("runs", group="method", sort="-result")
    page.session_state["runs.views"] = True
    page.run()
    page.text_input(key="runs.view.name").set_value("best").run()
    page.button(key="runs.view.save").click().run()
    (view,) = saved_views.listing(filled)
    assert (view.name, view.query) == ("best", {"columns": "none", "group": "method", "sort": "-result"})


def test_filters_are_chosen_in_their_menu_and_say_what_the_address_says(filled: Database) -> None:
    run_removal_writes.archive(filled, [ended(filled).id], 1.0)
    page = open_page("runs", method="sft", archived="1")
    page.session_state["runs.filter"] = True
    page.run()
    assert page.checkbox(key="ticked_archived").value
    assert page.selectbox(key="choice_method").value == "sft"
    page.checkbox(key="ticked_archived").uncheck()
    page.selectbox(key="choice_method").set_value("dpo")
    page.session_state["runs.filter"] = True
    page.run()
    assert "archived" not in page.query_params
    assert page.query_params["method"] == "dpo"
    assert "polite-dpo-seed1" in words(page)
    assert "starter-sft" not in words(page)


def test_columns_are_chosen_in_their_menu(filled: Database) -> None:
    page = open_page("runs")
    for field, columns, address in [
        ("settings", ["seed"], "seed"),
        ("metrics", ["eval/kl@last"], "seed,eval/kl@last"),
        ("settings", [], "eval/kl@last"),
        ("metrics", [], "none"),
    ]:
        page.session_state["runs.columns"] = True  # the browser says again and again that the menu is open
        page.run()
        page.multiselect(key=f"runs.columns.{field}").set_value(columns)
        page.session_state["runs.columns"] = True
        page.run()
        assert page.query_params["columns"] == address


def test_a_menu_stays_the_same_while_its_count_changes(filled: Database) -> None:
    """Streamlit takes a menu with another label for another one, and closes it."""

    def menus(page: AppTest) -> list[str]:
        return [block.proto.popover.id for block in page.get("popover")]

    before, after = menus(open_page("runs", columns="none")), open_page("runs", columns="seed,beta")
    assert len(before) >= 4
    assert menus(after) == before
    assert '.st-key-runs-columns { --al-count: " · 2"; }' in told(after)


def test_the_disk_is_shown_by_run_and_kind_of_files(filled: Database) -> None:
    html = str(usage_table.usage({}).html)
    assert "polite-dpo-seed0" in html
    stray = filled.workspace.runs / "gone"
    stray.mkdir()
    (stray / "log").write_bytes(b"x" * 5000)
    assert "Cleaning would free nothing." in html
    for path in (stray / "log", stray):
        os.utime(path, (0, 0))
    html = usage_table.usage({}).html
    assert "Cleaning would free 5 kB: 1 file or folder" in html
    listed = html.partition("What goes")[2]
    assert all(each in listed for each in (os.path.join("runs", "gone"), "no run of this name", "5 kB"))


def test_of_much_that_cleaning_takes_the_largest_are_named(filled: Database) -> None:
    for number in range(usage_table.SHOWN + 2):
        stray = filled.workspace.runs / f"gone{number:02d}"
        stray.mkdir()
        (stray / "log").write_bytes(b"x" * (1000 * (number + 1)))
        for path in (stray / "log", stray):
            os.utime(path, (0, 0))
    listed = usage_table.usage({}).html.partition("What goes")[2]
    assert "gone11" in listed
    assert "gone01" not in listed
    assert "2 smaller ones" in listed


def test_first_steps_go_once_a_run_has_succeeded(empty: Database) -> None:
    families.put(empty, "queued", families.spec("dpo"), time.time())
    assert "First steps" in words(open_page())
    families.trained(empty, "own", families.spec("dpo"), time.time())
    assert "First steps" not in words(open_page())


def test_what_keeps_a_run_from_the_archive_is_said_and_nothing_breaks(
    filled: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(st, "toast", lambda text, icon: said.append(text))
    (running,) = run_lists.search(filled, states=["running"])
    assert archiving.archive(filled, [running.id]) is None
    assert archiving.unarchive(filled, ["gone"]) is None
    refused, unknown = said
    assert refused.startswith("Only runs that have ended or are paused can be archived")
    assert unknown.startswith("There is no run gone")
