"""The Launch form: a field for every setting, mistakes at their fields, and the figures of a first visit."""

import re
import time
from html import unescape

import pytest
from streamlit.testing.v1 import AppTest

from app.launch import data_and_model, form_state
from engine.spec import ALGORITHMS, parse, read_yaml, resolve
from engine.spec.train import SAMPLED_ALONE
from storage import dataset_writes, run_writes
from storage.database import Database
from tests.app.conftest import open_page, words
from tests.app.launch.conftest import fragment_of, paste, primary, shown_run_file
from tests.app.launch.test_fields import drawn_keys


def test_without_data_the_page_says_what_is_missing(empty: Database) -> None:
    page = open_page("launch")
    assert "Dataset is missing." in words(page)
    assert page.button(key="launch.go").disabled


def test_a_first_visit_is_a_run_that_can_be_launched_at_once(stocked: Database) -> None:
    page = open_page("launch")
    assert parse(read_yaml(shown_run_file(page))) == parse({"algorithm": "dpo", "data": {"dataset": "polite"}})
    assert not page.button(key="launch.go").disabled
    html = fragment_of(page).html
    for figure in (
        "1.6 passes over 1,297 items",
        "<b>0.41 M</b> trained on",
        "390 MB",
        "about <b>2 min</b>, an estimate",
        "3 have no room for an answer",
    ):
        assert figure in html


def test_there_is_one_primary_button(stocked: Database) -> None:
    assert primary(open_page("launch")) == ["Launch"]


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_every_method_has_a_card_and_a_form_with_a_field_for_each_setting(stocked: Database, algorithm: str) -> None:
    page = open_page("launch")
    page.button(key=f"choose.{algorithm}").click().run()
    assert not page.exception
    assert read_yaml(shown_run_file(page))["algorithm"] == algorithm
    assert ALGORITHMS[algorithm].formula in unescape(words(page))
    page.segmented_control(key=form_state.slot("adapter")).set_value("lora").run()
    drawn = drawn_keys(page)
    for setting in form_state.fields(algorithm):
        block, _dot, name = setting.path.rpartition(".")
        key = form_state.slot("model") if block == "model" else form_state.key(algorithm, setting.path)
        unread = setting.path == "evaluation.version" or (name in SAMPLED_ALONE and not is_sampled(algorithm))
        elsewhere = block == "budget" or setting.path == "fork"  # which only the run file of a fork has
        assert elsewhere or bool({key, f"{key}~add", f"{key}~add~nan"} & drawn) is not unread, setting.path


def is_sampled(algorithm: str) -> bool:
    return ALGORITHMS[algorithm].sources[0] == "sampled"


def test_what_is_read_of_sampled_answers_alone_is_shown_where_answers_are_sampled(stocked: Database) -> None:
    page = open_page("launch")
    assert form_state.slot("sampling.group_size") not in drawn_keys(page)
    page.selectbox(key="form0.data.source").set_value("sampled").run()
    assert form_state.slot("sampling.group_size") in drawn_keys(page)
    page.button(key="choose.grpo").click().run()
    numbers = [widget.key for widget in page.number_input]
    assert numbers[0] == form_state.slot("sampling.group_size"), "the first setting of grpo"


def test_every_unit_of_the_budget_has_its_field(stocked: Database) -> None:
    page = open_page("launch")
    for unit in form_state.UNITS[1:]:
        page.selectbox(key=form_state.slot("unit")).set_value(unit).run()
        drawn = {widget.key for widget in page.number_input if widget.key.startswith(form_state.slot("budget."))}
        assert drawn == {form_state.slot(f"budget.{unit}")}


@pytest.mark.parametrize(("algorithm", "offered"), [("dpo", ["16", "8", "32"]), ("ppo", ["32", "16", "64"])])
def test_the_models_value_comes_first_and_then_what_suits_the_method(
    stocked: Database, algorithm: str, offered: list[str]
) -> None:
    page = open_page("launch")
    page.button(key=f"choose.{algorithm}").click().run()
    assert page.pills(key="form0.optimizer.batch_size~chip").options == offered


def test_a_mistake_stands_beside_its_field_and_keeps_the_button_shut(stocked: Database) -> None:
    page = open_page("launch")
    page.number_input(key="form0.dpo.beta").set_value(-1.0).run()
    assert "β, tie to the reference must be a number &gt; 0, ≤ 100, not -1.0." in words(page)
    assert page.button(key="launch.go").disabled
    assert not page.code


def test_a_mistake_in_a_folded_group_is_announced_on_its_fold(stocked: Database) -> None:
    page = open_page("launch")
    page.number_input(key="form0.optimizer.warmup_ratio").set_value(1.0).run()
    assert any("1 mistake" in fold.label for fold in page.expander)


def test_a_fold_says_its_values_and_what_was_changed(stocked: Database) -> None:
    page = open_page("launch")
    page.number_input(key="form0.evaluation.every").set_value(20).run()
    fold = next(fold for fold in page.expander if "Evaluation" in fold.label)
    assert "every 20 steps on 32 prompts" in fold.label
    assert "1 changed" in fold.label


def test_the_budget_is_one_of_its_units(stocked: Database) -> None:
    page = open_page("launch")
    suggested = resolve(parse(read_yaml(shown_run_file(page)))).budget
    page.selectbox(key="form0.unit").set_value("steps").run()
    assert page.number_input(key="form0.budget.steps").value == suggested.steps
    page.number_input(key="form0.budget.steps").set_value(30).run()
    page.selectbox(key="form0.unit").set_value("tokens").run()
    assert "Budget must name exactly one of steps, samples, tokens and seconds." in words(page)
    page.number_input(key="form0.budget.tokens").set_value(9000).run()
    assert read_yaml(shown_run_file(page))["budget"] == {"tokens": 9000}


def test_a_dataset_the_method_cannot_use_is_explained_not_offered(stocked: Database) -> None:
    page = open_page("launch")
    assert page.selectbox(key="form0.data.dataset").options == ["polite · 24 pairs"]
    assert "Not for this method: only-prompts, prompts" in words(page)


def test_the_address_chooses_the_dataset_once(stocked: Database) -> None:
    page = open_page("launch", dataset="only-prompts")
    assert "DPO learns from pairs or groups; only-prompts holds prompts." in words(page)
    page.selectbox(key="form0.data.dataset").set_value("polite").run()
    assert page.selectbox(key="form0.data.dataset").value == "polite"
    assert "dataset" not in page.query_params


def test_another_evaluation_set_has_versions_of_its_own(stocked: Database) -> None:
    page = open_page("launch")
    page.session_state["form0.evaluation.version"] = "4c1e9b20aa" * 6
    page.session_state["form0.evaluation.dataset"] = "only-prompts"
    page.switch_page("views/settings.py").run()
    page.switch_page("views/launch.py").run()
    version = page.selectbox(key="form0.evaluation.version")
    assert (version.value, version.options) == ("4c1e9b20aa" * 6, ["latest: as it is at the launch", "4c1e9b20"])
    page.selectbox(key="form0.evaluation.dataset").set_value("polite").run()
    assert page.selectbox(key="form0.evaluation.version").value == "latest"


def test_no_reward_is_named_where_the_answers_are_the_datas_own(stocked: Database) -> None:
    page = open_page("launch")
    assert reward_fold(page) == "none, the answers are the data's own"
    page.selectbox(key="form0.data.source").set_value("sampled").run()
    assert reward_fold(page) == "polite"
    page.button(key="choose.ppo").click().run()
    assert reward_fold(page) == "polite"
    page.session_state["form0.reward"] = 1
    page.run()
    page.selectbox(key="form0.reward.0.kind").set_value("length").run()
    assert reward_fold(page) == "length"
    assert "reward" not in read_yaml(shown_run_file(open_page("launch")))


def reward_fold(page: AppTest) -> str:
    """What the fold of the reward says that scores answers in training."""
    label = next(fold.label for fold in page.expander if fold.label.startswith("**Reward**"))
    return re.search(r"in training: ([^\]]*)\]", label)[1]


def test_the_page_speaks_chinese(stocked: Database) -> None:
    text = words(open_page("launch", "zh"))
    assert "学习率" in text
    assert "启动" in text


def test_the_dataset_that_was_used_or_edited_last_is_chosen_until_a_person_chooses(stocked: Database) -> None:
    dataset_writes.create(stocked, "a-older", "pairs", 1.0)
    dataset_writes.create(stocked, "polite-weather", "pairs", time.time() + 60)  # example data comes last
    assert open_page("launch").selectbox(key="form0.data.dataset").value == "polite"
    spec = {"data": {"dataset": "a-older"}}
    run_writes.create(stocked, spec=spec, kind="train", algorithm="dpo", lane="train", name="r", now=time.time() + 90)
    page = open_page("launch")
    assert page.selectbox(key="form0.data.dataset").value == "a-older"
    page.button(key="choose.grpo").click().run()
    assert page.selectbox(key="form0.data.dataset").value == "a-older", "it suits grpo too"


def test_a_dataset_that_chose_itself_gives_way_to_one_that_suits_the_method(stocked: Database) -> None:
    dataset_writes.create(stocked, "groups", "groups", 1.0)
    dataset_writes.create(stocked, "newest", "prompts", time.time() + 60)
    page = open_page("launch")
    page.button(key="choose.grpo").click().run()
    assert page.selectbox(key="form0.data.dataset").value == "polite", "it still suits"
    page.selectbox(key="form0.data.dataset").set_value("newest").run()
    page.button(key="choose.dpo").click().run()
    assert page.selectbox(key="form0.data.dataset").value == "newest", "a person chose it"
    assert "DPO learns from pairs or groups; newest holds prompts." in words(page)


def test_long_lists_of_datasets_are_cut_and_others_can_be_typed(
    stocked: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data_and_model, "MOST_LISTED", 1)
    for number in range(3):
        dataset_writes.create(stocked, f"more-{number}", "pairs", 1.0 + number)
        dataset_writes.create(stocked, f"prompts-{number}", "prompts", 1.0)
    page = open_page("launch")
    assert page.selectbox(key="form0.data.dataset").options == ["polite · 24 pairs"]
    assert "only-prompts, prompts · prompts-0, prompts · prompts-1, prompts · 1 more" in words(page)
    assert "The 1 that were last used" in page.selectbox(key="form0.data.dataset").help


def test_no_hash_is_shown_whole(stocked: Database) -> None:
    whole = "4c1e9b20" * 8
    page = paste(f"algorithm: dpo\ndata: {{dataset: polite, version: {whole}}}")
    assert whole not in words(page)
    assert read_yaml(shown_run_file(page))["data"]["version"] == whole[:12]


def test_what_has_no_effect_is_said_beside_its_field_also_while_there_is_a_mistake(stocked: Database) -> None:
    page = open_page("launch")
    page.button(key="choose.grpo").click().run()
    sentence = "<b>No effect.</b> With 1 epoch and 1 minibatch"
    assert words(page).count(sentence) == 2
    page.number_input(key="form0.grpo.kl_coefficient").set_value(-1.0).run()
    assert words(page).count(sentence) == 2
    page.number_input(key="form0.grpo.kl_coefficient").set_value(0.1).run()
    page.number_input(key="form0.sampling.epochs").set_value(2).run()
    assert sentence not in words(page)
