"""The Launch page: a form that loses nothing, figures from the engine, the run file in and out, and the row."""

import json
import re
import time
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app import clients
from app.bridge.fragment import Fragment
from app.launch import estimate, fields, form_state, preset_cards
from app.launch import preflight_cache as foresight
from app.launch import run_file as runfile
from app.routes.fragments import FRAGMENTS
from engine import launch
from engine.spec import ALGORITHMS, CHAINS, PRESET_GROUPS, dump, parse, parse_chain, read_yaml, resolve
from engine.spec.answers import Piece, PreflightAnswer, Preview, PreviewRequest
from storage import datasets, runs
from storage.database import Database
from storage.records import Item, Preference, Response, Run
from tests.answers import ESTIMATE, HEALTH
from tests.app import invented
from tests.app.conftest import open_page, words
from tests.app.launch.test_fields import WIDGETS


def pair(prompt: str) -> Item:
    answers = (Response("a", f"{prompt} Gladly."), Response("b", f"{prompt} No."))
    return Item("", ({"role": "user", "content": prompt},), answers, (Preference("a", "b"),))


@pytest.fixture(autouse=True)
def _nothing_known_yet() -> None:
    foresight._answers.clear()


@pytest.fixture
def stocked(empty: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A dataset of pairs and one of prompts, and an engine that finds nothing wrong."""
    datasets.create(empty, "polite", "pairs", time.time())
    for number in range(24):
        datasets.add_item(empty, "polite", pair(f"Question {number}?"), time.time())
    datasets.create(empty, "only-prompts", "prompts", time.time())
    answer(monkeypatch)
    return empty


def answer(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> list[dict[str, Any]]:
    """The engine answers so; returns the run files it is asked about."""
    asked: list[dict[str, Any]] = []
    told = PreflightAnswer(**{"problems": (), "warnings": (), "estimate": ESTIMATE, "spec": {}} | changes)

    def preflight(self: clients.EngineClient, spec: dict[str, Any]) -> PreflightAnswer:
        asked.append(spec)
        return told

    monkeypatch.setattr(clients.EngineClient, "preflight", preflight)
    return asked


def run_file(page: AppTest) -> str:
    return page.code[-1].value


def test_without_data_the_page_says_what_is_missing(empty: Database) -> None:
    page = open_page("launch")
    assert "Dataset is missing." in words(page)
    assert page.button(key="launch.go").disabled


def test_a_first_visit_is_a_run_that_can_be_launched_at_once(stocked: Database) -> None:
    page = open_page("launch")
    assert parse(read_yaml(run_file(page))) == parse({"algorithm": "dpo", "data": {"dataset": "polite"}})
    assert not page.button(key="launch.go").disabled
    said = foreseen(page)
    for told in (
        "1.6 passes over 1,297 items",
        "<b>0.41 M</b> trained on",
        "390 MB",
        "about <b>2 min</b>, an estimate",
        "3 have no room for an answer",
    ):
        assert told in said


def test_there_is_one_primary_button(stocked: Database) -> None:
    assert primary(open_page("launch")) == ["Launch"]


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_every_method_has_a_card_and_a_form(stocked: Database, algorithm: str) -> None:
    page = open_page("launch")
    page.button(key=f"choose.{algorithm}").click().run()
    assert not page.exception
    assert read_yaml(run_file(page))["algorithm"] == algorithm
    assert ALGORITHMS[algorithm].formula in unescape(words(page))


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_every_setting_of_the_spec_has_its_field_on_the_page(stocked: Database, algorithm: str) -> None:
    page = open_page("launch")
    page.button(key=f"choose.{algorithm}").click().run()
    page.segmented_control(key=form_state.slot("adapter")).set_value("lora").run()
    drawn = {widget.key for kind in WIDGETS for widget in page.get(kind)}
    for setting in form_state.fields(algorithm):
        block, _dot, name = setting.path.rpartition(".")
        key = form_state.key(algorithm, setting.path)
        if block == "budget":
            page.selectbox(key=form_state.slot("unit")).set_value(name).run()
            drawn |= {widget.key for widget in page.number_input}
        shown = form_state.slot("model") if block == "model" else key
        assert {shown, f"{shown}~add"} & drawn, setting.path


@pytest.mark.parametrize(("algorithm", "offered"), [("dpo", ["16", "8", "32"]), ("ppo", ["32", "16", "64"])])
def test_the_models_value_comes_first_and_then_what_suits_the_method(
    stocked: Database, algorithm: str, offered: list[str]
) -> None:
    page = open_page("launch")
    page.button(key=f"choose.{algorithm}").click().run()
    assert page.pills(key="form0.optimizer.batch_size~chip").options == offered


def test_switching_the_method_and_back_loses_nothing(stocked: Database) -> None:
    page = open_page("launch")
    page.number_input(key="form0.dpo.beta").set_value(0.3).run()
    page.number_input(key="form0.seed").set_value(7).run()
    page.button(key="choose.sft").click().run()
    assert "beta" not in run_file(page)
    assert read_yaml(run_file(page))["seed"] == 7
    page.button(key="choose.dpo").click().run()
    assert read_yaml(run_file(page))["beta"] == 0.3


def test_leaving_the_page_and_coming_back_loses_nothing(stocked: Database) -> None:
    page = open_page("launch")
    page.number_input(key="form0.dpo.beta").set_value(0.3).run()
    page.text_input(key="form0.name").set_value("mine").run()
    page.segmented_control(key="form0.adapter").set_value("lora").run()
    page.number_input(key="form0.model.adapter.rank").set_value(4).run()
    page.switch_page("views/settings.py").run()
    page.switch_page("views/launch.py").run()
    found = read_yaml(run_file(page))
    assert (found["beta"], found["name"], found["model"]["adapter"]["rank"]) == (0.3, "mine", 4)


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
    suggested = resolve(parse(read_yaml(run_file(page)))).budget
    page.selectbox(key="form0.unit").set_value("steps").run()
    assert page.number_input(key="form0.budget.steps").value == suggested.steps
    page.number_input(key="form0.budget.steps").set_value(30).run()
    page.selectbox(key="form0.unit").set_value("tokens").run()
    assert "Budget must name exactly one of steps, samples, tokens and seconds." in words(page)
    page.number_input(key="form0.budget.tokens").set_value(9000).run()
    assert read_yaml(run_file(page))["budget"] == {"tokens": 9000}


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


def test_a_former_run_is_duplicated(stocked: Database) -> None:
    spec = dump(parse({**invented.spec("dpo", seed=5, dataset="polite"), "beta": 0.2, "name": "former"}))
    former = queued(stocked, spec, "former")
    page = open_page("launch", **{"from": former.id})
    assert parse(read_yaml(run_file(page))) == parse({**spec, "name": "former 2"})


def test_a_run_from_elsewhere_is_duplicated_on_the_data_that_is_here(stocked: Database) -> None:
    elsewhere = {"dataset": "polite", "version": "4c1e9b20aa"}
    spec = dump(parse({"algorithm": "dpo", "data": elsewhere, "evaluation": elsewhere}))
    fields = {"kind": "train", "algorithm": "dpo", "lane": "train", "name": "fair-dpo", "origin": "example"}
    page = open_page("launch", **{"from": runs.create(stocked, spec=spec, now=1.0, **fields).id})
    found = parse(read_yaml(run_file(page)))
    assert (found.data.version, found.evaluation.version) == ("latest", "latest")


def test_a_duplicate_never_bears_the_name_of_another_run(stocked: Database) -> None:
    spec = dump(parse({"algorithm": "dpo", "data": {"dataset": "polite"}}))
    for name in ("dpo on polite", "dpo on polite 2", "y" * 80):
        former = queued(stocked, spec, name)
    assert launch.another_name(stocked, "dpo on polite") == "dpo on polite 3"
    assert launch.another_name(stocked, "dpo on polite 2") == "dpo on polite 3"
    page = open_page("launch", **{"from": former.id})
    assert read_yaml(run_file(page))["name"] == "y" * 75 + " 2"


def queued(db: Database, spec: dict[str, Any], name: str) -> Run:
    return runs.create(db, spec=spec, kind="train", algorithm="dpo", lane="train", name=name, now=time.time())


def test_a_run_can_start_from_one_that_has_not_ended_and_waits_for_it(stocked: Database) -> None:
    spec = dump(parse(invented.spec("dpo", seed=5, dataset="polite")))
    parent = runs.create(stocked, spec=spec, kind="train", algorithm="dpo", lane="train", name="p", now=time.time())
    page = open_page("launch")
    page.selectbox(key="form0.model").set_value(f"run:{parent.id}").run()
    page.button(key="launch.go").click().run()
    (child,) = runs.listing(stocked, states=["waiting"])
    assert (child.waits_for, child.parent_run) == (parent.id, parent.id)


@pytest.mark.parametrize(("whole", "seen", "meant"), [(False, True, 0.5), (True, False, 0.5), (True, True, 0.1)])
def test_a_chip_counts_over_an_older_value_of_its_field_until_it_is_seen(
    stocked: Database, monkeypatch: pytest.MonkeyPatch, whole: bool, seen: bool, meant: float
) -> None:
    monkeypatch.setattr(fields, "UNSEEN_SECONDS", -1.0 if seen else 60.0)
    page = open_page("launch")
    assert page.number_input(key="form0.dpo.beta").value == 0.1
    with monkeypatch.context() as patched:
        if not whole:
            patched.setattr(runfile, "panel", lambda *_: st.stop())
        page.pills(key="form0.dpo.beta~chip").set_value(0.05).run()
        page.number_input(key="form0.dpo.beta").set_value(0.1)
        page.pills(key="form0.dpo.beta~chip").set_value(0.5).run()
    page.number_input(key="form0.dpo.beta").set_value(0.1)
    page.button(key="launch.go").click().run()
    (run,) = runs.listing(stocked)
    assert run.spec["beta"] == meant


def test_another_evaluation_set_has_versions_of_its_own(stocked: Database) -> None:
    page = open_page("launch")
    page.text_input(key="form0.evaluation.version").set_value("4c1e9b20aa").run()
    page.selectbox(key="form0.evaluation.dataset").set_value("polite").run()
    assert page.text_input(key="form0.evaluation.version").value == "latest"


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


def test_a_preset_fills_the_form(stocked: Database) -> None:
    page = open_page("launch", preset="polite-sft")
    assert page.session_state[form_state.ALGORITHM] == "sft"
    assert "polite-weather" in run_file(page)


def test_every_preset_is_one_press_away_and_says_where_it_differs(stocked: Database) -> None:
    said = unescape(words(open_page("launch")))
    for group in PRESET_GROUPS.values():
        for sentence in (group.title, group.about, *group.differences):
            assert sentence in said
        for name in group.files:
            assert f'data-go="launch" href="launch?preset={name}"' in said


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
        clients.EngineClient, "bring_samples", lambda self: datasets.rename(stocked, "polite", "polite-weather")
    )
    page.button(key="samples.bring").click().run()
    assert "this workspace does not hold it" not in words(page)
    assert not page.button(key="launch.go").disabled


def test_a_run_that_does_not_exist_cannot_be_duplicated(stocked: Database) -> None:
    assert "zzz" in words(open_page("launch", **{"from": "zzz"}))


def test_a_pasted_run_file_fills_the_form(stocked: Database) -> None:
    page = open_page("launch")
    page.text_area(key="launch.pasted").set_value("algorithm: sft\nseed: 3\ndata: {dataset: polite}").run()
    page.button(key="launch.read").click().run()
    assert page.number_input(key="form1.seed").value == 3
    assert read_yaml(run_file(page))["algorithm"] == "sft"
    assert "The form now holds this run file." in words(page)


def test_what_was_filled_in_outlives_what_the_browser_says_before_it_has_drawn_it(
    stocked: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page("launch")
    page.text_area(key="launch.pasted").set_value("algorithm: dpo\nseed: 3\ndata: {dataset: polite}").run()
    said = page._tree.get_widget_states()
    with monkeypatch.context() as patched:  # as when the next press ends the page run midway
        patched.setattr(preset_cards, "show", lambda *_: st.stop())
        page.button(key="launch.read").click().run()
    page._run(said)
    assert read_yaml(run_file(page))["seed"] == 3


def test_a_pasted_run_file_with_mistakes_changes_nothing_and_says_them(stocked: Database) -> None:
    page = open_page("launch")
    before = run_file(page)
    page.text_area(key="launch.pasted").set_value("algorithm: dpo\nbeta: -1\ndata: {}").run()
    page.button(key="launch.read").click().run()
    assert "beta must be a number &gt; 0, ≤ 100, not -1." in words(page)
    assert "data.dataset is missing." in words(page)
    assert run_file(page) == before


STAGES = """
data: {dataset: polite}
stages:
- {name: one, algorithm: sft}
- {name: two, algorithm: dpo, model: {from: "stage:one"}}
"""


def opened(text: str) -> AppTest:
    page = open_page("launch")
    page.text_area(key="launch.pasted").set_value(text).run()
    return page.button(key="launch.read").click().run()


def test_a_pasted_file_of_stages_is_launched_as_runs_that_wait_for_each_other(stocked: Database) -> None:
    page = opened(STAGES)
    assert read_yaml(run_file(page))["algorithm"] == "dpo", "the form is left alone"
    assert '<td class="" data-head="Starts from">one</td>' in words(page)
    page.button(key="chain.go").click().run()
    two, one = runs.listing(stocked)
    assert [(run.name, run.state, run.parent_run) for run in (one, two)] == [
        ("one", "queued", None),
        ("two", "waiting", one.id),
    ]
    assert page.query_params["id"] == one.id


def test_stages_with_mistakes_say_them_and_are_not_taken_up(stocked: Database) -> None:
    page = opened(STAGES.replace("stage:one", "stage:three"))
    assert "Stage two: model.from names a stage that does not come before this one; there are: one." in words(page)
    assert "chain.go" not in {button.key for button in page.button}


def test_stages_that_would_fail_leave_no_row(stocked: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, problems=[{"path": "stages.2", "text": ["Stage two: It is {what}.", {"what": "too big"}]}])
    page = opened(STAGES)
    page.button(key="chain.go").click().run()
    assert "Stage two: It is too big." in words(page)
    assert runs.listing(stocked) == []


def test_stages_that_come_along_are_taken_up_and_put_away(stocked: Database) -> None:
    said = words(open_page("launch"))
    assert all(f'data-go="launch" href="launch?stages={name}"' in said for name in CHAINS.files)
    page = open_page("launch", stages="dpo-grpo")
    (held,) = [parse_chain(read_yaml(code.value)) for code in page.code[:-1]]
    assert held == parse_chain(CHAINS.files["dpo-grpo"])
    assert primary(page) == ["Launch all stages"]
    page.button(key="chain.away").click().run()
    assert len(page.code) == 1
    assert primary(page) == ["Launch"]


def primary(page: AppTest) -> list[str]:
    return [button.label for button in page.button if button.proto.type == "primary"]


def foreseen(page: AppTest) -> str:
    """What the figures' own request brings, which a browser sends when the form rests."""
    return fragment_of(page).html


def fragment_of(page: AppTest) -> Fragment:
    contents = [json.loads(component.proto.json) for component in page.get("bidi_component")]
    (part,) = [content for content in contents if "fragments/preflight" in content.get("url", "")]
    query = dict(parse_qsl(urlsplit(part["url"]).query))
    return FRAGMENTS["preflight"](query)


def test_the_engine_is_asked_by_the_figures_themselves_and_not_twice(
    stocked: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answer(monkeypatch)
    page = open_page("launch")
    assert asked == []
    assert "Asking the engine what this run will take" in words(page)
    assert foreseen(page) in words(page.run())
    assert len(asked) == 1
    page.number_input(key="form0.seed").set_value(1).run()
    assert "Asking the engine" in words(page)
    datasets.add_item(stocked, "polite", pair("New?"), time.time())
    foreseen(page.run())
    assert [spec["seed"] for spec in asked] == [0, 1]


def test_the_engine_is_asked_one_question_at_a_time(stocked: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answer(monkeypatch)
    page = open_page("launch")
    with foresight._asking:  # another form's question is on its way
        assert "Asking the engine" in foreseen(page)
    assert asked == []
    assert "passes over" in foreseen(page)


def test_what_the_engine_finds_wrong_is_said_and_leaves_no_row(
    stocked: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = ["The batch is larger than the data: {name} has {count}.", {"name": "polite", "count": 3}]
    answer(monkeypatch, problems=[{"path": "optimizer.batch_size", "text": text}], estimate=None)
    page = open_page("launch")
    page.button(key="launch.go").click().run()  # quicker than the engine
    assert "The batch is larger than the data: polite has 3." in words(page)
    assert runs.listing(stocked) == []


def test_what_is_known_to_be_wrong_shuts_the_button_and_marks_its_field(
    stocked: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = ["There is no model named {name} on this machine.", {"name": "nobody"}]
    answer(monkeypatch, problems=[{"path": "model.name", "text": text}], estimate=None)
    page = open_page("launch")
    assert "There is no model named nobody" in fragment_of(page).html
    assert (
        fragment_of(page).version != foresight.first({"spec": "{}", "data": ""}, None).version
    )  # so the page runs again
    page.run()
    assert page.button(key="launch.go").disabled
    assert words(page).count("There is no model named nobody on this machine.") == 2  # at the button, and at the field
    assert '<div class="al-mistake">' in words(page)
    assert "It can be launched when this is put right." in words(page)
    page.number_input(key="form0.seed").set_value(1).run()
    assert not page.button(key="launch.go").disabled


def test_a_problem_that_was_put_right_elsewhere_opens_the_button_by_itself(
    stocked: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    problems = [{"path": "model.name", "text": ["Fetch it with alignlab models add.", {}]}]
    answer(monkeypatch, problems=problems, estimate=None)
    page = open_page("launch")
    assert fragment_of(page).every == foresight.DOUBTED_SECONDS
    assert page.run().button(key="launch.go").disabled
    asked = answer(monkeypatch)
    assert fragment_of(page).version != "[]", "asked a moment ago"
    (key, (at, told)) = foresight._answers.popitem()
    foresight._answers[key] = (at - foresight.DOUBTED_SECONDS, told)
    assert fragment_of(page).version == "[]"  # which makes the page run again
    assert fragment_of(page).every is None
    assert len(asked) == 1
    assert not page.run().button(key="launch.go").disabled


def test_a_problem_of_a_whole_block_stands_in_its_fold(stocked: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    text = ["The run needs {needed} MB of disk.", {"needed": 7}]
    answer(monkeypatch, problems=[{"path": "checkpoint", "text": text}], estimate=None)
    page = open_page("launch")
    foreseen(page)
    page.run()
    fold = next(fold for fold in page.expander if "Checkpoints" in fold.label)
    assert "1 mistake" in fold.label
    assert "The run needs 7 MB of disk." in fold.get("html")[0].proto.body


def test_no_reward_is_named_where_the_answers_are_the_datas_own(stocked: Database) -> None:
    page = open_page("launch")
    assert reward_fold(page) == "none, the answers are the data's own"
    page.selectbox(key="form0.data.source").set_value("sampled").run()
    assert reward_fold(page) == "polite"
    page.button(key="choose.ppo").click().run()
    assert reward_fold(page) == "polite"
    page.button(key="form0.reward~add").click().run()
    page.selectbox(key="form0.reward.0.kind").set_value("length").run()
    assert reward_fold(page) == "length"
    assert "reward" not in read_yaml(run_file(open_page("launch")))


def reward_fold(page: AppTest) -> str:
    """What the fold of the reward says that scores answers in training."""
    label = next(fold.label for fold in page.expander if fold.label.startswith("**Reward**"))
    return re.search(r"in training: ([^\]]*)\]", label)[1]


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(8, "30 s"), (50, "1 min"), (80, "1 min"), (130, "2 min"), (200, "3 min"), (1000, "15 min"), (9000, "2 h")],
)
def test_a_time_is_told_in_steps_as_wide_as_the_guess_is_good(seconds: float, told: str) -> None:
    figures = ESTIMATE.model_copy(update={"seconds": seconds})
    assert f"about <b>{told}</b>, an estimate" in unescape(estimate.facts(figures))


def test_how_much_is_sampled_is_told_where_answers_are_sampled() -> None:
    assert "a rollout" not in estimate.facts(ESTIMATE)
    sampled = estimate.facts(ESTIMATE.model_copy(update={"rollout_prompts": 64, "completions": 1}))
    assert "64 prompts a rollout · 1 answer an update" in sampled


@pytest.mark.parametrize(
    ("split", "named", "told"),
    [(True, None, "held out"), (False, None, "the prompts it trains on"), (False, "others", "others")],
)
def test_it_is_told_what_the_run_is_evaluated_on(split: bool, named: str | None, told: str) -> None:
    shown = estimate.facts(ESTIMATE.model_copy(update={"split": split, "evaluated_on": named}))
    assert told in shown
    assert ("too few" in shown) is (not split and named is None)


def test_an_engine_without_an_answer_is_said_in_words(stocked: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(self: clients.EngineClient, spec: dict[str, Any]) -> PreflightAnswer:
        raise clients.EngineError("ValueError: <no>")

    monkeypatch.setattr(clients.EngineClient, "preflight", silent)
    page = open_page("launch")
    assert "The engine gave no figures, so the run cannot be checked now. ValueError: &lt;no&gt;" in foreseen(page)
    page.button(key="launch.go").click().run()
    assert "The engine gave no figures" in words(page)
    assert runs.listing(stocked) == []


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


def test_launch_writes_a_row_with_the_data_as_it_is_now_and_goes_to_the_run(stocked: Database) -> None:
    page = open_page("launch")
    page.button(key="launch.go").click().run()
    (run,) = runs.listing(stocked)
    (version,) = datasets.versions(stocked, "polite")
    assert (run.state, run.algorithm, run.requested_by) == ("queued", "dpo", "local")
    assert run.spec["data"]["version"] == version.hash
    datasets.add_item(stocked, "polite", pair("Later?"), time.time())
    assert len(datasets.load(stocked, run.spec["data"]["version"])) == 24
    assert page.query_params["id"] == run.id


def test_one_example_is_shown_with_its_trained_tokens_when_it_is_unfolded(
    stocked: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[PreviewRequest] = []

    def preview(self: clients.EngineClient, request: PreviewRequest) -> Preview:
        asked.append(request)
        return Preview(pieces=((Piece("Question 0?", "prompt"), Piece("Gladly.", "response")),))

    monkeypatch.setattr(clients.EngineClient, "health", lambda self: HEALTH)
    monkeypatch.setattr(clients.EngineClient, "preview", preview)
    page = open_page("launch")
    assert asked == []
    page.session_state["launch.example"] = True
    page.run()
    assert '<span class="al-token-response">Gladly.</span>' in words(page)
    assert (asked[0].model, asked[0].max_tokens) == ("starter", 1024)


def test_the_page_speaks_chinese(stocked: Database) -> None:
    said = words(open_page("launch", "zh"))
    assert "学习率" in said
    assert "启动" in said
