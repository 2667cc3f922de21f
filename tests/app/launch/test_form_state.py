"""What the form holds outlives another method, another page and another language."""

import pytest

from app.launch import block_list
from engine.spec import read_yaml
from storage.database import Database
from tests.app.conftest import open_page
from tests.app.launch.conftest import shown_run_file


def test_switching_the_method_and_back_loses_nothing(stocked: Database) -> None:
    page = open_page("launch")
    page.number_input(key="form0.dpo.beta").set_value(0.3).run()
    page.number_input(key="form0.seed").set_value(7).run()
    page.button(key="choose.sft").click().run()
    assert "beta" not in shown_run_file(page)
    assert read_yaml(shown_run_file(page))["seed"] == 7
    page.button(key="choose.dpo").click().run()
    assert read_yaml(shown_run_file(page))["beta"] == 0.3


def test_leaving_the_page_and_coming_back_loses_nothing(stocked: Database) -> None:
    page = open_page("launch")
    page.number_input(key="form0.dpo.beta").set_value(0.3).run()
    page.text_input(key="form0.name").set_value("mine").run()
    page.segmented_control(key="form0.adapter").set_value("lora").run()
    page.number_input(key="form0.model.adapter.rank").set_value(4).run()
    page.switch_page("views/settings.py").run()
    page.switch_page("views/launch.py").run()
    spec = read_yaml(shown_run_file(page))
    assert (spec["beta"], spec["name"], spec["model"]["adapter"]["rank"]) == (0.3, "mine", 4)


@pytest.mark.parametrize("key", ["form0.unit", "form0.optimizer.schedule", "form0.data.dataset", "form0.model"])
def test_a_choice_outlives_a_change_of_language(stocked: Database, key: str) -> None:
    page = open_page("launch")
    last = {"form0.unit": "tokens", "form0.optimizer.schedule": "linear", "form0.model": "smollm2-135m"}
    if key in last:
        page.selectbox(key=key).set_value(last[key]).run()
    before = page.selectbox(key=key).value
    page.session_state["spoken_language"] = "zh"
    page.run()
    assert page.session_state[key] == before


def test_the_key_of_a_value_in_a_list_of_blocks_can_be_read_back():
    for entry in (block_list.Entry("dpo.watch", 2), block_list.Entry("reward", 0, "learned", "from")):
        assert block_list.parse_key(block_list.entry_key(*entry)) == entry
    assert block_list.parse_key("optimizer.learning_rate") is None
