"""The form as the browser keeps it: handed back to a new session, never over what a link asks for without a word."""

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from app.launch import draft, draft_values
from engine.spec import read_yaml
from storage.database import Database
from tests.app.conftest import open_page, words
from tests.app.launch.conftest import shown_run_file

DRAFT = {"algorithm": "grpo", "seed": 7, "grpo.kl_coefficient": 0.1, "data.dataset": "polite", "model": "smollm2-135m"}


def kept(page: AppTest) -> dict[str, Any]:
    """What the page hands to the browser."""
    components = [json.loads(component.proto.json) for component in page.get("bidi_component")]
    (text,) = [content["text"] for content in components if "answered" in content]
    return json.loads(text) if text else {}


def handed(page: AppTest, values: object) -> AppTest:
    """The page after the browser has handed it a draft."""
    page.session_state["buttons.kept"] = {draft.FOUND: values if isinstance(values, str) else json.dumps(values)}
    return page.run()


def test_what_differs_from_the_defaults_is_kept_in_the_browser(stocked: Database) -> None:
    page = open_page("launch")
    assert kept(page) == {}, "the dataset chose itself"
    page.number_input(key="form0.seed").set_value(7).run()
    assert kept(page) == {"seed": 7, "data.dataset": "polite"}


def test_a_new_session_gets_the_form_back_also_with_mistakes_in_it(stocked: Database) -> None:
    parts = {"reward": 1, "reward.0.kind": "keyword", "reward.0.keyword.weight": 2.0}
    page = handed(open_page("launch"), {**DRAFT, **parts})
    assert not page.exception
    assert page.session_state["launch.algorithm"] == "grpo"
    assert "Reward 1, Words is missing." in words(page)
    assert "The form is as you left it." in words(page)
    assert kept(page) == {**DRAFT, **parts}
    page.number_input(key="form1.seed").set_value(8).run()
    assert "The form is as you left it." not in words(page)


def test_what_a_link_asks_for_goes_before_the_draft_which_can_be_brought_back(stocked: Database) -> None:
    page = open_page("launch", preset="polite-sft")
    handed(page, DRAFT)
    assert page.session_state["launch.algorithm"] == "sft"
    assert "What you had filled in before is kept." in words(page)
    page.button(key="launch.draft_back").click().run()
    assert read_yaml(shown_run_file(page))["seed"] == 7
    assert "is kept" not in words(page)


def test_a_run_file_that_fills_the_form_leaves_a_way_back(stocked: Database) -> None:
    page = open_page("launch")
    page.number_input(key="form0.seed").set_value(5).run()
    for seed in (1, 2):
        page.text_area(key="launch.pasted").set_value(f"algorithm: sft\nseed: {seed}\ndata: {{dataset: polite}}").run()
        page.button(key="launch.read").click().run()
    page.button(key="launch.draft_back").click().run()
    assert read_yaml(shown_run_file(page))["seed"] == 5


def test_starting_over_empties_form_and_draft(stocked: Database) -> None:
    page = handed(open_page("launch"), DRAFT)
    page.button(key="launch.start_over").click().run()
    assert kept(page) == {}
    assert page.session_state["launch.algorithm"] == "dpo"
    assert read_yaml(shown_run_file(page)).keys() == {"version", "algorithm", "model", "data"}


@pytest.mark.parametrize(
    "values",
    [
        "no JSON",
        "[1]",
        "{" * 5000,
        {"seed": "seven", "dpo.beta": True, "optimizer.schedule": "square", "no.such": 1, "unit": "years"},
        {"reward": 10**9, "reward.0.kind": "unheard", "model": "", "data.filter": 3, "algorithm": ["dpo"]},
        {"seed": 1.5, "model.adapter.targets": [1], "grpo.scale": "yes", "evaluation.prompts": None},
    ],
)
def test_what_no_field_can_hold_is_left_out(stocked: Database, values: object) -> None:
    page = handed(open_page("launch"), values)
    assert not page.exception
    assert kept(page) == {}


def test_every_kind_of_value_comes_back(stocked: Database) -> None:
    values = {
        "adapter": "lora",
        "data.dataset": "polite",
        "data.enable_thinking": False,
        "data.filter": "polite",
        "dpo.beta": 0.3,
        "dpo.variant": "ipo",
        "model.adapter.targets": ["q_proj"],
        "optimizer.learning_rate": 1e-4,
        "reward": 2,
        "reward.0.kind": "length",
        "reward.0.length.longest": 9,
        "reward.1.keyword.words": ["谢谢"],
        "reward.1.kind": "keyword",
        "unit": "steps",
        "budget.steps": 12,
    }
    page = handed(open_page("launch"), values)
    assert {name: value for name, value in kept(page).items() if name in values} == values
    assert read_yaml(shown_run_file(page))["reward"][1]["words"] == ["谢谢"]


def test_names_of_parts_are_told_from_settings() -> None:
    assert draft_values._fits("reward.0.length.longest", 9)
    assert not draft_values._fits("reward.0.length.longest", "9")
    assert not draft_values._fits("beta.0.kind", "polite")
