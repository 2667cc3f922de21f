"""The button: it makes one row, waits for what the run starts from, and makes none where the engine refuses."""

import time
from typing import Any

import pytest
import streamlit as st

from app import clients
from app.bridge import pending_values
from app.launch import preset_cards
from app.launch import run_file as run_file_panel
from engine.spec import dump, parse
from engine.spec.answers import PreflightAnswer
from storage import dataset_writes, datasets, run_writes, runs
from storage.database import Database
from tests.app import invented
from tests.app.conftest import open_page, words
from tests.app.launch.conftest import fragment_of, pair, set_preflight


def test_launch_writes_a_row_with_the_data_as_it_is_now_and_goes_to_the_run(stocked: Database) -> None:
    page = open_page("launch")
    page.button(key="launch.go").click().run()
    (run,) = runs.listing(stocked)
    (version,) = datasets.versions(stocked, "polite")
    assert (run.state, run.algorithm, run.requested_by) == ("queued", "dpo", "local")
    assert run.spec["data"]["version"] == version.hash
    dataset_writes.add_item(stocked, "polite", pair("Later?"), time.time())
    assert len(datasets.load(stocked, run.spec["data"]["version"])) == 24
    assert page.query_params["id"] == run.id


def test_a_run_can_start_from_one_that_has_not_ended_and_waits_for_it(stocked: Database) -> None:
    spec = dump(parse(invented.spec("dpo", seed=5, dataset="polite")))
    parent = run_writes.create(
        stocked, spec=spec, kind="train", algorithm="dpo", lane="train", name="p", now=time.time()
    )
    page = open_page("launch")
    page.selectbox(key="form0.model").set_value(f"run:{parent.id}").run()
    page.button(key="launch.go").click().run()
    (child,) = runs.listing(stocked, states=["waiting"])
    assert (child.waits_for, child.spec["model"]["from"]) == (parent.id, f"run:{parent.id}")


@pytest.mark.parametrize(("whole", "seen", "meant"), [(False, True, 0.5), (True, False, 0.5), (True, True, 0.1)])
def test_a_chip_counts_over_an_older_value_of_its_field_until_it_is_seen(
    stocked: Database, monkeypatch: pytest.MonkeyPatch, whole: bool, seen: bool, meant: float
) -> None:
    monkeypatch.setattr(pending_values, "UNSEEN_SECONDS", -1.0 if seen else 60.0)
    page = open_page("launch")
    assert page.number_input(key="form0.dpo.beta").value == 0.1
    with monkeypatch.context() as patched:
        if not whole:
            patched.setattr(run_file_panel, "panel", lambda *_: st.stop())
        page.pills(key="form0.dpo.beta~chip").set_value(0.05).run()
        page.number_input(key="form0.dpo.beta").set_value(0.1)
        page.pills(key="form0.dpo.beta~chip").set_value(0.5).run()
    page.number_input(key="form0.dpo.beta").set_value(0.1)
    page.button(key="launch.go").click().run()
    (run,) = runs.listing(stocked)
    assert run.spec["beta"] == meant


def test_a_press_outlives_the_page_run_that_it_began(stocked: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    page = open_page("launch")
    with monkeypatch.context() as patched:  # as when a live part has changed and the page runs anew
        patched.setattr(preset_cards, "show", lambda *_: st.stop())
        page.button(key="launch.go").click().run()
    assert runs.listing(stocked) == []
    page.run()
    (run,) = runs.listing(stocked)
    assert page.query_params["id"] == run.id


def test_the_reader_gets_to_the_run_though_the_page_ran_anew_after_it_was_made(
    stocked: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page("launch")
    with monkeypatch.context() as patched:
        patched.setattr(st, "switch_page", lambda *_, **__: st.stop())
        page.button(key="launch.go").click().run()
    page.run()
    (run,) = runs.listing(stocked)
    assert page.query_params["id"] == run.id


def test_what_the_engine_finds_wrong_is_said_and_leaves_no_row(
    stocked: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = ["The batch is larger than the data: {name} has {count}.", {"name": "polite", "count": 3}]
    set_preflight(monkeypatch, problems=[{"path": "optimizer.batch_size", "text": text}], estimate=None)
    page = open_page("launch")
    page.button(key="launch.go").click().run()  # quicker than the engine
    assert "The batch is larger than the data: polite has 3." in words(page)
    assert runs.listing(stocked) == []


def test_an_engine_without_an_answer_is_said_in_words(stocked: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(self: clients.EngineClient, spec: dict[str, Any]) -> PreflightAnswer:
        raise clients.EngineError("ValueError: <no>")

    monkeypatch.setattr(clients.EngineClient, "preflight", silent)
    page = open_page("launch")
    assert (
        "The engine gave no figures, so the run cannot be checked now. ValueError: &lt;no&gt;" in fragment_of(page).html
    )
    page.button(key="launch.go").click().run()
    assert "The engine gave no figures" in words(page)
    assert runs.listing(stocked) == []
