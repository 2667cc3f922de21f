"""Pages of sampled answers: the dialog that starts a run, what the run's page shows, the strip over the dataset."""

import time
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from app.clients import EngineClient
from app.generation import sampling_dialog
from engine import launch
from engine.launch import submit
from engine.spec import Generate, dump, parse
from engine.spec.answers import PreflightAnswer
from storage import attempt_writes, dataset_writes, generated_item_writes, queue, runs
from storage.database import Database
from storage.judging import judgement_writes, round_writes, rounds
from storage.judging.judgement_records import NewJudgement, RoundSettings
from storage.records import MEASUREMENT, Item, Lease, Response, Run
from tests.app.conftest import open_page, words
from tests.app.datasets.markup import told

FILE = {"kind": "generate", "data": {"dataset": "asked"}, "into": "answers"}


@pytest.fixture
def asked(empty: Database) -> Database:
    """A dataset of three prompts."""
    dataset_writes.create(empty, "asked", "prompts", time.time())
    for number in range(3):
        item = Item("", ({"role": "user", "content": f"Question {number}?"},))
        dataset_writes.add_item(empty, "asked", item, time.time())
    return empty


def begun(db: Database, prompts: int = 2) -> tuple[Run, Lease]:
    """A generate run that has answered so many prompts."""
    run = submit(db, parse(FILE, Generate), requested_by=None, now=time.time())
    lease = queue.claim_run(db, run.id, host="here", device="cpu", seconds=3600, now=time.time())
    assert lease is not None
    generated_item_writes.open_dataset(db, lease, "answers", time.time())
    made = [_made(run.id, number) for number in range(prompts)]
    generated_item_writes.add(db, lease, made, prompts, time.time())
    queue.renew(db, lease, seconds=3600, now=time.time(), step=prompts, fraction=prompts / 3, eta_seconds=9.0)
    return run, lease


def _made(run_id: str, number: int) -> Item:
    messages = ({"role": "user", "content": f"Question {number}?"},)
    responses = (Response("r1", f"Yes, {number}.", origin="starter"), Response("r2", "No <b>!</b>", origin="starter"))
    return Item("", messages, responses, extra={"generated": {"run": run_id}})


def buttons(page: AppTest) -> list[str]:
    return [button.label for button in page.button]


def answering(monkeypatch: pytest.MonkeyPatch, **answer: Any) -> list[dict[str, Any]]:
    """Lets the preflight answer this; returns what it is asked."""
    files: list[dict[str, Any]] = []

    def preflight(self: EngineClient, spec: dict[str, Any]) -> PreflightAnswer:
        files.append(spec)
        return PreflightAnswer(problems=answer.get("problems", ()), warnings=(), estimate=None, spec=spec)

    monkeypatch.setattr(EngineClient, "preflight", preflight)
    return files


def test_a_dialog_on_the_data_page_launches_a_run(asked: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    files = answering(monkeypatch)
    page = open_page("data")
    page.button(key="generate.open").click().run()
    assert page.text_input(key="generate.into").value == "answers-1"
    page.number_input(key="generate.prompts").set_value(2)
    page.text_input(key="generate.into").set_value("mine")
    page.button(key=sampling_dialog.GO).click().run()
    assert not page.exception
    (run,) = runs.listing(asked)
    assert (run.kind, run.lane, run.dataset, run.requested_by) == ("generate", "light", "asked", "local")
    spec = parse(run.spec, Generate)
    assert (spec.into, spec.prompts, spec.sampling.samples, spec.model.name) == ("mine", 2, 2, "starter")
    assert files[-1] == {**dump(spec), "data": {**dump(spec)["data"], "version": "latest"}}
    assert page.query_params["id"] == run.id


def test_another_run_into_a_dataset_gets_another_seed(asked: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    files = answering(monkeypatch)
    first, lease = begun(asked, 3)
    queue.finish(asked, lease, "succeeded", now=time.time())
    page = open_page("data")
    page.button(key="generate.open").click().run()
    page.text_input(key="generate.into").set_value("answers").run()
    assert [caption.value for caption in page.caption] == [
        "It holds 3 pairs. The new ones are added to them, and a new round asks about them."
    ]
    page.selectbox(key="generate.dataset").set_value("asked")
    page.button(key=sampling_dialog.GO).click().run()
    assert (files[-1]["into"], files[-1]["seed"], first.spec["seed"]) == ("answers", 1, 0)


def test_few_different_answers_of_the_last_run_are_told_in_the_dialog(asked: Database) -> None:
    _run, lease = begun(asked, 6)
    queue.finish(asked, lease, "succeeded", now=time.time())
    page = open_page("data")
    page.button(key="generate.open").click().run()
    assert "sampled into it last differ" not in told(page)
    page.text_input(key="generate.into").set_value("answers").run()
    assert "sampled into it last differ" not in told(page), "7 of 12 differ"
    _always_the_same(asked)
    page.text_input(key="generate.into").set_value("x").run()
    page.text_input(key="generate.into").set_value("answers").run()
    assert "Only 2 of 8 answers sampled into it last differ" in told(page)


def _always_the_same(db: Database) -> None:
    """A further run into the dataset that always says the same."""
    run = submit(db, parse({**FILE, "seed": 1}, Generate), requested_by=None, now=time.time() + 1)
    lease = queue.claim_run(db, run.id, host="here", device="cpu", seconds=3600, now=time.time())
    assert lease is not None
    generated_item_writes.open_dataset(db, lease, "answers", time.time())
    generated_item_writes.add(db, lease, [_made(run.id, 0) for _number in range(4)], 4, time.time())


def test_what_makes_no_run_is_told_in_the_dialog(asked: Database) -> None:
    page = open_page("data")
    page.button(key="generate.open").click().run()
    page.number_input(key="generate.sampling.samples").set_value(1).run()
    assert any("There is nothing to compare with one answer" in html.proto.body for html in page.get("html"))
    assert sampling_dialog.GO not in [button.key for button in page.button]


def test_without_data_the_dialog_is_not_offered(empty: Database) -> None:
    assert buttons(open_page("data")) == ["Import a file"]


def test_the_page_of_a_run_shows_its_answers_as_text(asked: Database) -> None:
    run, lease = begun(asked)
    attempt_writes.add_note(asked, lease, ("4 of 4 answers differ", {}), now=time.time(), kind=MEASUREMENT)
    page = open_page("run", id=run.id)
    said = words(page)
    assert "2 of 3 prompts" in said
    assert "2 items in the dataset <b>answers</b>" in said
    assert "No &lt;b&gt;!&lt;/b&gt;" in said
    assert "4 of 4 answers differ" in said, "what the run measured of them"
    assert "Chosen" not in said, "nobody has judged them"
    assert "Compare" not in buttons(page)
    page.button(key="generated.open").click().run()
    assert "sampled" in words(page).lower()


@pytest.mark.parametrize("tab", ["answers", "settings", "lineage", "log", "curves"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_tab_of_such_a_run_opens(asked: Database, tab: str, language: str) -> None:
    run, _lease = begun(asked)
    page = open_page("run", language, id=run.id, tab=tab)
    assert not page.exception
    if tab == "settings":
        assert "into: answers" in str(page.code[0].value)


def test_a_run_that_has_not_begun_and_one_whose_dataset_is_gone_say_so(asked: Database) -> None:
    waiting = submit(asked, parse(FILE, Generate), requested_by=None, now=time.time())
    assert "No answers yet." in words(open_page("run", id=waiting.id))
    run, _lease = begun(asked)
    dataset_writes.delete(asked, "answers", time.time())
    assert "The dataset that it filled was deleted." in words(open_page("run", id=run.id))


def test_lists_say_what_such_a_run_is_and_which_dataset_it_filled(asked: Database) -> None:
    run, lease = begun(asked, 3)
    queue.finish(asked, lease, "succeeded", now=time.time())
    said = words(open_page("runs"))
    assert "Answers" in said
    assert "3 prompts answered" in said
    assert f'sampled by <a class="al-name" data-go="run" href="run?id={run.id}">answers for answers</a>' in words(
        open_page("data")
    )


def judged(db: Database) -> None:
    """One of the two items is judged in an open round."""
    round_ = round_writes.open_round(db, "answers", RoundSettings(), "lead", time.time())
    question = rounds.questions(db, "answers", round_.number)[0]
    vote = NewJudgement("0f0f0f0f-0000-4000-8000-000000000001", question.id, 0, "a")
    (receipt,) = judgement_writes.record(db, [vote], "mei", time.time())
    assert receipt.stored == "stored"


def test_the_strip_says_how_far_the_answers_have_come(asked: Database) -> None:
    run, lease = begun(asked)
    queue.finish(asked, lease, "succeeded", now=time.time())
    said = words(open_page("data", dataset="answers"))
    assert f'href="run?id={run.id}"' in said
    assert "0 of 2 items" in said
    judged(asked)
    said = words(open_page("data", dataset="answers"))
    assert "1 of 2 items · 1 question open" in said
    assert "skipped" not in said
    question = rounds.questions(asked, "answers", 1)[1]
    skip = NewJudgement("0f0f0f0f-0000-4000-8000-000000000002", question.id, 0, "skip")
    judgement_writes.record(asked, [skip], "mei", time.time())
    said = words(open_page("data", dataset="answers"))
    assert "1 of 2 items · 1 question open (1 skipped)" in said
    assert 'href="annotate?dataset=answers&amp;round=1"' in said
    assert "on what was judged" in said
    version = dataset_writes.freeze(asked, "answers", time.time())
    assert f"{version.hash[:7]} · 1 verdict" in words(open_page("data", dataset="answers"))


def test_the_strip_asks_for_a_round_of_the_items_that_came_after_it(asked: Database) -> None:
    _run, lease = begun(asked)
    queue.finish(asked, lease, "succeeded", now=time.time())
    assert "Open a round" not in words(open_page("data", dataset="answers")), "Judged leads to where one is opened"
    judged(asked)
    assert "in no round" not in words(open_page("data", dataset="answers"))
    begun(asked, 1)
    said = words(open_page("data", dataset="answers"))
    assert "1 of 3 items · 1 question open" in said
    assert "1 item in no round" in said
    assert 'href="annotate?dataset=answers"' in said


def test_sampling_again_starts_from_what_was_trained_on_the_dataset(asked: Database) -> None:
    _run, lease = begun(asked)
    queue.finish(asked, lease, "succeeded", now=time.time())
    spec = parse({"algorithm": "dpo", "data": {"dataset": "answers"}, "name": "better"})
    trained = launch.submit(asked, spec, requested_by=None, now=time.time())
    taken = queue.claim_run(asked, trained.id, host="here", device="cpu", seconds=3600, now=time.time())
    assert taken is not None
    assert 'data-id="starter"' in words(open_page("data", dataset="answers")), "it has learned nothing yet"
    queue.renew(asked, taken, seconds=3600, now=time.time(), step=5)
    said = words(open_page("data", dataset="answers"))
    assert f'data-id="run:{trained.id}"' in said
    assert f'href="run?id={trained.id}"' in said


def test_a_dataset_that_was_imported_and_not_judged_has_no_strip(asked: Database) -> None:
    assert "From answers to a trained model" not in words(open_page("data", dataset="asked"))
