"""The preflight of the form: asked by its fragment, once for each form, and what its problems do to the page."""

import time

import pytest

from app.launch import preflight_cache
from storage import dataset_writes
from storage.database import Database
from tests.app.conftest import open_page, words
from tests.app.launch.conftest import fragment_of, pair, set_preflight


def test_the_engine_is_asked_by_the_figures_themselves_and_not_twice(
    stocked: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_files = set_preflight(monkeypatch)
    page = open_page("launch")
    assert run_files == []
    assert "Asking the engine what this run will take" in words(page)
    assert fragment_of(page).html in words(page.run())
    assert len(run_files) == 1
    page.number_input(key="form0.seed").set_value(1).run()
    assert "Asking the engine" in words(page)
    dataset_writes.add_item(stocked, "polite", pair("New?"), time.time())
    fragment_of(page.run())
    assert [spec["seed"] for spec in run_files] == [0, 1]


def test_the_engine_is_asked_one_question_at_a_time(stocked: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    run_files = set_preflight(monkeypatch)
    page = open_page("launch")
    with preflight_cache._asking:  # another form's question is on its way
        assert "Asking the engine" in fragment_of(page).html
    assert run_files == []
    assert "passes over" in fragment_of(page).html


def test_what_is_known_to_be_wrong_shuts_the_button_and_marks_its_field(
    stocked: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = ["There is no model named {name} on this machine.", {"name": "nobody"}]
    set_preflight(monkeypatch, problems=[{"path": "model.name", "text": text}], estimate=None)
    page = open_page("launch")
    assert "There is no model named <bdi>nobody</bdi>" in fragment_of(page).html
    assert (
        fragment_of(page).version != preflight_cache.initial_fragment({"spec": "{}", "data": ""}, None).version
    )  # so the page runs again
    page.run()
    assert page.button(key="launch.go").disabled
    assert (
        words(page).count("There is no model named nobody on this machine.") == 3
    )  # at the field, at the button, in the bar
    assert '<div class="al-mistake">' in words(page)
    assert "It can be launched when this is put right." in words(page)
    page.number_input(key="form0.seed").set_value(1).run()
    assert not page.button(key="launch.go").disabled


def test_a_problem_that_was_put_right_elsewhere_opens_the_button_by_itself(
    stocked: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    problems = [{"path": "model.name", "text": ["Fetch it with alignlab models add.", {}]}]
    set_preflight(monkeypatch, problems=problems, estimate=None)
    page = open_page("launch")
    assert fragment_of(page).every == preflight_cache.PROBLEM_LIFETIME_SECONDS
    assert page.run().button(key="launch.go").disabled
    run_files = set_preflight(monkeypatch)
    assert fragment_of(page).version != "[]", "asked a moment ago"
    (key, (at, answer)) = preflight_cache._answers.popitem()
    preflight_cache._answers[key] = (at - preflight_cache.PROBLEM_LIFETIME_SECONDS, answer)
    assert fragment_of(page).version == "[]"  # which makes the page run again
    assert fragment_of(page).every is None
    assert len(run_files) == 1
    assert not page.run().button(key="launch.go").disabled


def test_a_problem_of_a_whole_block_stands_in_its_fold(stocked: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    text = ["The run needs {needed} MB of disk.", {"needed": 7}]
    set_preflight(monkeypatch, problems=[{"path": "checkpoint", "text": text}], estimate=None)
    page = open_page("launch")
    fragment_of(page)
    page.run()
    fold = next(fold for fold in page.expander if "Checkpoints" in fold.label)
    assert "1 mistake" in fold.label
    assert "The run needs 7 MB of disk." in fold.get("html")[0].proto.body
