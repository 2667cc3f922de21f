"""The page Studies: a newcomer launches the fair quartet by one press; a study is watched, asked and read."""

import time

import pytest
from streamlit.testing.v1 import AppTest

from app.actions import launching
from app.clients import EngineClient
from app.launch import estimate
from app.people import COMMAND_LINE
from app.runs import runs_table
from app.studies import studies_list, study_form, study_progress, study_tables
from app.translations import LANGUAGES
from engine import studies as plans
from engine.spec import STUDIES, key_metrics, parse_study
from engine.spec.answers import PreflightAnswer, StudyEstimate
from engine.spec.blocks import Budget
from storage import dataset_writes, metrics, queue, runs, studies
from storage.database import Database
from storage.records import Item, Preference, Response, Study
from tests import tiny
from tests.app import invented_studies
from tests.app.conftest import open_page, words

ESTIMATE = StudyEstimate(
    runs=12, trials=0, seconds=900, tokens=9, generated_tokens=4_000, disk_mb=10, disk_free_mb=1_000
)
ANSWER = PreflightAnswer(problems=(), warnings=(), estimate=None, spec=None, study=ESTIMATE)


@pytest.fixture(autouse=True)
def engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is fine."""
    monkeypatch.setattr(EngineClient, "preflight", lambda _self, _file: ANSWER)


@pytest.fixture
def study(empty: Database) -> Study:
    tiny.write_pairs(empty, "pairs", 24)
    base = {"data": {"dataset": "pairs"}}
    vary = {"optimizer.learning_rate": [1e-5, 1e-4]}
    file = {"name": "rates <b>", "base": base, "algorithms": ["dpo"], "vary": vary, "search": {"kind": "grid"}}
    spec = parse_study({**file, "seeds": [0], "budget": {"steps": 2}})
    return launching.launch_study(empty, COMMAND_LINE, spec, time.time(), preflight=lambda _file: ANSWER).study


def press(page: AppTest, label: str) -> AppTest:
    next(button for button in page.button if button.label == label).click().run()
    assert not page.exception
    return page


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_page_says_what_to_do_next(empty: Database, language: str):
    said = words(open_page("studies", language))
    assert "There is no study yet." in said or language != "en"
    assert len(said) > 100


def test_without_the_example_data_it_is_offered_first(empty: Database):
    labels = [button.label for button in open_page("studies").button]
    assert labels == ["Bring in the example data", "New study"]


def bring_pairs(db: Database) -> None:
    dataset_writes.create(db, "polite-weather", "pairs", time.time())
    answers = (Response("a", "Gladly."), Response("b", "No."))
    item = Item("", ({"role": "user", "content": "Why?"},), answers, (Preference("a", "b"),))
    dataset_writes.add_item(db, "polite-weather", item, time.time())


def test_one_press_launches_the_fair_quartet(empty: Database):
    bring_pairs(empty)
    page = press(open_page("studies"), "Launch the fair quartet")
    (study,) = studies.listing(empty)
    assert len(studies.members(empty, study.id)) == 4 * 3
    assert study.name in words(page)
    assert "0 of 12 runs" in words(page)


def test_what_a_study_takes_is_told_before_it_is_launched():
    told = estimate.figures(ANSWER)
    for part in ("<b>12 runs</b>", "about <b>15 min</b>", "4,000 tokens"):
        assert part in told


def test_the_fields_make_a_study(empty: Database):
    tiny.write_pairs(empty, "pairs", 24)
    page = open_page("studies", new="")
    page.selectbox(key="study.dataset").select("pairs").run()
    page.selectbox(key="study.search").select("random").run()
    page.number_input(key="study.seeds").set_value(2).run()
    press(page, "Launch")
    (study,) = studies.listing(empty)
    spec = parse_study(study.spec)
    assert (spec.seeds, spec.search and spec.search.kind, spec.budget.tokens) == ([0, 1], "random", 120_000)
    assert study.spec["base"]["data"]["dataset"] == "pairs"


def test_a_mistake_in_the_file_shuts_the_button(empty: Database):
    page = open_page("studies", new="fair-quartet")
    page.segmented_control(key="study.how").set_value("file").run()
    page.text_area(key="study.text").set_value(
        "base: {data: {dataset: x}}\nalgorithms: [gpo]\nbudget: {steps: 3}"
    ).run()
    assert "There is no algorithm" in words(page)
    assert next(button for button in page.button if button.label == "Launch").disabled


def test_a_study_is_duplicated_with_all_that_its_file_says(empty: Database, study: Study):
    page = press(open_page("studies", id=study.id), "Duplicate")
    assert page.query_params["new"] == study.id
    assert page.text_input(key="study.name").value == "rates <b>"
    page.number_input(key="study.seeds").set_value(2).run()
    press(page, "Launch")
    again = next(each for each in studies.listing(empty) if each.id != study.id)
    former, copy = parse_study(study.spec), parse_study(again.spec)
    assert (copy.seeds, copy.vary, copy.search, copy.budget) == ([0, 1], former.vary, former.search, former.budget)
    assert copy.run("dpo", {}, 0) == former.run("dpo", {}, 0)


def test_a_study_that_cannot_be_duplicated_is_told_and_the_form_is_that_of_the_quartet(empty: Database):
    page = open_page("studies", new="nothing")
    assert "There is no study nothing." in words(page)
    assert page.text_input(key="study.name").value == "fair quartet"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_study_is_watched_and_its_name_is_no_markup(empty: Database, study: Study, language: str):
    said = words(open_page("studies", language, id=study.id))
    assert "rates &lt;b&gt;" in said
    assert "rates <b> dpo" not in said
    assert said.count("run?id=") >= 2


def test_pause_and_resume_are_of_the_whole(empty: Database, study: Study):
    page = press(open_page("studies", id=study.id), "Pause")
    assert {run.state for run in studies.members(empty, study.id)} == {"paused"}
    press(page, "Resume")
    assert studies.get(empty, study.id).state == "running"
    assert {run.state for run in studies.members(empty, study.id)} == {"queued"}


def test_results_costs_and_trials_are_there_at_the_end(empty: Database, study: Study):
    while (queued := studies.first_queued(empty, study.id)) is not None:
        lease = queue.claim_run(empty, queued, host="here", device="cpu", seconds=60, now=time.time())
        assert lease is not None
        metrics.write(empty, lease, [(2, {key_metrics.HEADLINE: 0.5}, time.time())])
        queue.finish(empty, lease, "succeeded", now=time.time())
        plans.step(empty, study.id, time.time())
    said = words(open_page("studies", id=study.id))
    assert "What each method came to and paid" in said
    assert "chosen" in said
    assert "Tokens sampled" in said


def test_the_verdict_stands_first_and_opens_its_figures(empty: Database):
    bring_pairs(empty)
    study = invented_studies.quartet(empty, time.time() - 9 * invented_studies.SECONDS, ended=8)
    page = open_page("studies", id=study)
    said = words(page)
    assert "8 of 12 runs" in said
    assert "Intervals are 95 %" in said
    assert (
        said.index("Intervals are 95 %")
        < said.index("What each method came to and paid")
        < said.index("fair quartet dpo s0")
    )
    assert "Pairs of methods" in said
    assert "Means" not in said, "the figures come when they are asked for"


def test_a_study_that_is_not_there_leads_back(empty: Database):
    page = open_page("studies", id="none")
    assert "There is no study none." in words(page)
    assert [button.label for button in page.button] == ["All studies"]


def test_the_list_tells_progress_and_failures(empty: Database, study: Study):
    first, second = studies.members(empty, study.id)
    lease = queue.claim_run(empty, first.id, host="here", device="cpu", seconds=60, now=time.time())
    assert lease is not None
    queue.finish(empty, lease, "succeeded", now=time.time())
    assert "33 %" in studies_list.studies_table({}).html, "of two trials and the run that is reported"
    queue.request(empty, second.id, "pause", time.time())
    assert "dpo trial 2 s1</bdi> is paused by itself" in study_progress.study_progress({"id": study.id}).html
    assert runs.get(empty, second.id).state == "paused"


def test_every_unit_of_a_budget_has_words():
    assert set(study_tables.UNITS) == set(Budget.model_fields)
    assert study_form.FAIR_QUARTET in STUDIES


def test_the_table_of_runs_folds_a_study_into_one_row(empty: Database, study: Study):
    table = runs_table.table({"group": "study"}).html
    assert "rates &lt;b&gt;" in table
    assert table.count("al-groupfold") == 1
