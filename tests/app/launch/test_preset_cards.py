"""The presets: each one press away, the present one marked, and their data brought in."""

import re
from html import unescape

import pytest
from streamlit.testing.v1 import AppTest

from app import clients
from app.launch import form_state
from engine.spec import PRESET_GROUPS
from storage import dataset_writes
from storage.database import Database
from tests.app.conftest import open_page, words
from tests.app.launch.conftest import shown_run_file


def test_a_preset_fills_the_form(stocked: Database) -> None:
    page = open_page("launch", preset="polite-sft")
    assert page.session_state[form_state.ALGORITHM] == "sft"
    assert "polite-weather" in shown_run_file(page)


def test_every_preset_is_one_press_away_and_says_where_it_differs(stocked: Database) -> None:
    text = unescape(words(open_page("launch")))
    for group in PRESET_GROUPS.values():
        for sentence in (group.title, group.about, *group.differences):
            assert sentence in text
        for name in group.files:
            assert f'data-go="launch" href="launch?preset={name}"' in text


def test_the_preset_that_the_form_holds_is_marked_until_the_form_is_changed(stocked: Database) -> None:
    page = open_page("launch", preset="article-gspo")
    assert marked(page) == ["article-gspo"]
    page.number_input(key="form1.seed").set_value(1).run()
    assert marked(page) == []


def marked(page: AppTest) -> list[str]:
    """Names of the presets that are shown as the present one."""
    return re.findall(r'preset=([\w-]+)"[^>]*aria-current="true"', words(page))


def test_presets_whose_data_is_not_here_bring_it_in(stocked: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    page = open_page("launch", preset="polite-dpo")
    assert "this workspace does not hold it" in words(page)
    monkeypatch.setattr(
        clients.EngineClient, "bring_samples", lambda self: dataset_writes.rename(stocked, "polite", "polite-weather")
    )
    page.button(key="samples.bring").click().run()
    assert "this workspace does not hold it" not in words(page)
    assert not page.button(key="launch.go").disabled
