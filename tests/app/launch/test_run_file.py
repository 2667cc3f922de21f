"""A run file that is pasted into the page: the form holds it, or says its mistakes."""

import pytest
import streamlit as st

from app.launch import preset_cards
from engine.spec import read_yaml
from storage.database import Database
from tests.app.conftest import open_page, words
from tests.app.launch.conftest import shown_run_file


def test_a_pasted_run_file_fills_the_form(stocked: Database) -> None:
    page = open_page("launch")
    page.text_area(key="launch.pasted").set_value("algorithm: sft\nseed: 3\ndata: {dataset: polite}").run()
    page.button(key="launch.read").click().run()
    assert page.number_input(key="form1.seed").value == 3
    assert read_yaml(shown_run_file(page))["algorithm"] == "sft"
    assert "The form now holds this run file." in words(page)
    assert page.session_state["launch.opened"] is False


def test_what_was_filled_in_outlives_what_the_browser_says_before_it_has_drawn_it(
    stocked: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page("launch")
    page.text_area(key="launch.pasted").set_value("algorithm: dpo\nseed: 3\ndata: {dataset: polite}").run()
    states = page._tree.get_widget_states()
    with monkeypatch.context() as patched:  # as when the next press ends the page run midway
        patched.setattr(preset_cards, "show", lambda *_: st.stop())
        page.button(key="launch.read").click().run()
    page._run(states)
    assert read_yaml(shown_run_file(page))["seed"] == 3


def test_a_pasted_run_file_with_mistakes_changes_nothing_and_says_them(stocked: Database) -> None:
    page = open_page("launch")
    before = shown_run_file(page)
    page.text_area(key="launch.pasted").set_value("algorithm: dpo\nbeta: -1\ndata: {}").run()
    page.button(key="launch.read").click().run()
    assert "beta must be a number &gt; 0, ≤ 100, not -1." in words(page)
    assert "data.dataset is missing." in words(page)
    assert page.session_state["launch.opened"] is True, "the mistakes stand beside the text"
    assert shown_run_file(page) == before
