"""A dataset of the hub in the import dialog: found by its id, its split chosen and fetched, then read as any file."""

import json
import re

import pytest
from streamlit.testing.v1 import AppTest

from app.datasets import hub_section
from storage import datasets
from storage.database import Database
from tests.app.conftest import open_page, words
from tests.app.datasets.markup import told
from tests.fake_hub import MAIN, FakeHub

ROW = json.dumps({"prompt": "Hi?", "chosen": "Gladly.", "rejected": "No."}).encode() + b"\n"


def asked(name: str) -> AppTest:
    """The import dialog after that id was looked up."""
    page = open_page("data")
    page.button(key="import.open").click().run()
    page.segmented_control(key="import.from").set_value("hub").run()
    page.text_input(key=hub_section.ID).input(name)
    return find(page)


def find(page: AppTest) -> AppTest:
    next(button for button in page.button if button.label == "Find").click()
    page.run()
    assert not page.exception
    return page


def test_a_split_is_chosen_fetched_shown_and_imported(empty: Database, hub: FakeHub) -> None:
    commit = hub.add("org/pairs", {"train.jsonl": ROW * 3, "test.jsonl": ROW * 2}).commit(MAIN)
    page = asked("org/pairs")
    split = next(box for box in page.selectbox if box.label == "Data split")
    assert split.options == ["train · 174 B", "test · 116 B"]
    split.set_value("test").run()
    assert f"1 file · 116 B · commit {commit[:7]}" in told(page)
    assert [request for request in hub.requests if "resolve" in request] == [], "only the size is known so far"
    page.button(key=hub_section.FETCH).click().run()
    assert "<b>2 pairs</b> · TRL preference" in told(page)
    assert datasets.listing(empty) == []
    page.button(key="import.go").click().run()
    assert [(data.name, data.items) for data in datasets.listing(empty)] == [("pairs", 2)]
    said = words(page)
    assert re.search(rf"hub:org/pairs@{commit[:7]} test", said), "the page says where it is from"
    assert f"hub:org/pairs@{commit}" in said, "and Source says it in full"


def test_the_configuration_of_the_id_is_chosen_already(empty: Database, hub: FakeHub) -> None:
    card = [{"config_name": name, "data_files": f"{name}.jsonl", "default": name == "two"} for name in ("one", "two")]
    hub.add("org/two", {"one.jsonl": ROW, "two.jsonl": ROW * 2}, card)
    configs = {
        name: next(box for box in asked(name).selectbox if box.label == "Configuration")
        for name in ("hub:org/two", "org/two/one")
    }
    assert {name: (box.value, box.options) for name, box in configs.items()} == {
        "hub:org/two": ("two", ["one", "two"]),
        "org/two/one": ("one", ["one", "two"]),
    }


def test_what_is_chosen_already_is_what_the_command_imports(empty: Database, hub: FakeHub) -> None:
    splits = [{"split": name, "path": f"{name}.jsonl"} for name in ("test", "train")]
    configs = [{"config_name": name, "data_files": splits} for name in ("other", "default")]
    dataset = hub.add("org/pairs", {"test.jsonl": ROW, "train.jsonl": ROW}, configs)
    assert [box.value for box in asked("org/pairs").selectbox][:2] == ["default", "train"]
    dataset.card = [{**configs[0], "data_files": {"a": "test.jsonl", "b": "train.jsonl"}}]
    page = asked("org/pairs")
    assert [box.value for box in page.selectbox] == [None], "of a and b neither is the default"
    page.selectbox[0].set_value("b").run()
    assert page.button(key=hub_section.FETCH).label.startswith("Download")
    dataset.card = [{**config, "config_name": name} for name, config in zip(("one", "two"), configs, strict=True)]
    assert [box.value for box in asked("org/pairs").selectbox] == [None]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("org/none", "The Hugging Face hub shows no dataset org/none."),
        ("http://127.0.0.1:8000/a", "names no dataset of the Hugging Face hub"),
        ("org/pairs/fr", "has no configuration fr"),
        ("", "names no dataset of the Hugging Face hub"),
    ],
)
def test_what_the_hub_does_not_have_is_told(empty: Database, hub: FakeHub, name: str, sentence: str) -> None:
    hub.add("org/pairs", {"train.jsonl": ROW})
    assert sentence in told(asked(name))


def test_a_gated_dataset_says_what_to_do_and_can_be_tried_again(empty: Database, hub: FakeHub) -> None:
    dataset = hub.add("org/gated", {"train.jsonl": ROW}, is_gated=True)
    page = asked("org/gated")
    page.button(key=hub_section.FETCH).click().run()
    assert "org/gated is gated: accept its terms on its page of the hub, then set HF_TOKEN" in told(page)
    dataset.is_gated = False
    page.button(key=hub_section.FETCH).click().run()
    assert "<b>1 pair</b>" in told(page)


def test_what_the_hub_says_is_never_markup(empty: Database, hub: FakeHub) -> None:
    hub.add("org/odd", {"a.jsonl": ROW}, [{"config_name": "<img src=x>", "data_files": "a.jsonl"}])
    page = asked("org/odd")
    page.button(key=hub_section.FETCH).click().run()
    page.button(key="import.go").click().run()
    said = words(page)
    assert "hub:org/odd/&lt;img src=x&gt;@" in said
    assert "<img" not in said
