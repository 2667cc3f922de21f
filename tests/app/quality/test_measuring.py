"""Measuring what is stored: the input that is made of it, the report that is kept, and the labels of rows."""

import json
import time
from dataclasses import replace

import pytest

from app.cli import main
from app.quality import background, measuring, reports
from app.quality.stored_items import evaluation_prompts, quality_item
from engine.analysis.quality.quality_report import FORMAT
from storage import dataset_writes, datasets, defect_labels, run_writes
from storage.database import Database
from storage.item_content import EXCLUDED, prompt_key
from storage.records import Item, Response
from tests.app.faulty_pairs import CUT, LEAK, NEAR, stock


@pytest.fixture
def faulty(empty: Database) -> Database:
    return stock(empty)


def numbered(*numbers: int) -> list[str]:
    """The ids that the items got as they were added."""
    return [f"{number + 1:05}" for number in numbers]


def labelled(db: Database, defect: str) -> list[str]:
    return [item.id for item in datasets.items(db, "polite", defect=defect)[0]]


def test_faults_are_reported_and_their_rows_can_be_filtered(faulty: Database) -> None:
    report = measuring.working_copy(faulty, "polite")
    rows = {defect.key: list(defect.items) for defect in report.defects if defect.items}
    assert rows == {"cut": numbered(CUT), "near_duplicate": numbered(NEAR), "template_leak": numbered(LEAK)}
    assert report.kept == 58
    assert labelled(faulty, "cut") == numbered(CUT)
    assert datasets.facets(faulty, "polite")["defect"] == {"cut": 1, "near_duplicate": 1, "template_leak": 1}


def test_a_report_is_kept_until_an_item_is_edited(faulty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    report = measuring.working_copy(faulty, "polite")
    with monkeypatch.context() as patched:
        patched.setattr(measuring, "measure", None)
        assert measuring.working_copy(faulty, "polite") == report
    item = datasets.item(faulty, "polite", *numbered(CUT))
    mended = replace(item, responses=(replace(item.responses[0], text="It is whole again."), item.responses[1]))
    dataset_writes.edit_item(faulty, "polite", mended, expected=item.edited_at, now=time.time())
    assert reports.of_working_copy(faulty, datasets.get(faulty, "polite")) == reports.Kept(report, is_current=False)
    assert labelled(faulty, "cut") == []
    assert measuring.working_copy(faulty, "polite").kept == 59


def test_the_version_that_is_frozen_next_has_the_report_already(faulty: Database) -> None:
    report = measuring.working_copy(faulty, "polite")
    version = dataset_writes.freeze(faulty, "polite", time.time()).hash
    assert reports.of_version(faulty, version) == report
    assert reports.score_of_version(faulty, version) == report.measured_score
    assert reports.score_of_version(faulty, "0" * 64) is None


def test_what_is_excluded_from_training_is_not_measured(faulty: Database) -> None:
    item = datasets.item(faulty, "polite", *numbered(CUT))
    excluded = replace(item, tags=(*item.tags, EXCLUDED))
    dataset_writes.edit_item(faulty, "polite", excluded, expected=item.edited_at, now=time.time())
    report = measuring.working_copy(faulty, "polite")
    assert report.items == 59
    assert reports.of_version(faulty, dataset_writes.freeze(faulty, "polite", time.time()).hash) == report


def test_a_frozen_version_is_measured_as_it_was_frozen(faulty: Database) -> None:
    version = dataset_writes.freeze(faulty, "polite", time.time()).hash
    item = datasets.item(faulty, "polite", *numbered(CUT))
    dataset_writes.delete_item(faulty, "polite", item.id, expected=item.edited_at, now=time.time())
    assert measuring.frozen(faulty, "polite", version).items == 60
    assert measuring.working_copy(faulty, "polite").items == 59


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "{}", *(json.dumps({"report": {"format": number}}) for number in (FORMAT, FORMAT + 1))]
)
def test_a_report_that_cannot_be_read_is_measured_again(faulty: Database, content: str) -> None:
    report = measuring.working_copy(faulty, "polite")
    data = datasets.get(faulty, "polite")
    for path in (*faulty.workspace.cache.glob("quality-*"), *faulty.workspace.datasets.glob("*.quality.json")):
        path.write_text(content)
    assert reports.of_working_copy(faulty, data) is None
    assert measuring.working_copy(faulty, "polite") == report


def test_labels_of_items_that_are_gone_are_left_out(faulty: Database) -> None:
    third = datasets.item(faulty, "polite", "00003")
    dataset_writes.delete_item(faulty, "polite", third.id, expected=third.edited_at, now=time.time())
    defect_labels.replace(faulty, "polite", {"cut": ["00001", "00003", "gone"]})
    assert labelled(faulty, "cut") == ["00001"]
    dataset_writes.restore_item(faulty, "polite", "00003", time.time())
    assert labelled(faulty, "cut") == ["00001"]
    defect_labels.replace(faulty, "polite", {"insult": ["00002"]})
    assert (labelled(faulty, "cut"), labelled(faulty, "insult")) == ([], ["00002"])


def test_an_item_is_read_as_it_is_stored() -> None:
    item = Item(
        "x",
        ({"role": "system", "content": "Be kind."}, {"role": "user", "content": "How far?"}),
        (Response("a", "", 1.0), Response("b", "Far.", 0.0)),
        extra={"language": "en", "answer_fields": {"a": {"tool_calls": [{"name": "measure"}]}}},
        split="held_out",
    )
    read = quality_item(item)
    assert (read.prompt, read.question, read.turns, read.language) == ("Be kind.\nHow far?", "How far?", 1, "en")
    assert [answer.calls_tools for answer in read.answers] == [True, False]
    assert read.held_out


def test_prompts_that_other_runs_are_evaluated_on_are_known(faulty: Database) -> None:
    now = time.time()
    dataset_writes.create(faulty, "exam", "prompts", now)
    question = ({"role": "user", "content": "What is asked in the exam?"},)
    dataset_writes.add_item(faulty, "exam", Item("", question), now)
    version = dataset_writes.freeze(faulty, "exam", now).hash
    spec = {
        "data": {"dataset": "polite", "version": "0" * 64},
        "evaluation": {"dataset": "exam", "version": version},
    }
    run_writes.create(faulty, spec=spec, kind="train", algorithm="dpo", lane="train", name="x", now=now)
    assert evaluation_prompts(faulty, "polite") == {prompt_key(question)}
    assert evaluation_prompts(faulty, "exam") == frozenset()
    own = {"data": {"dataset": "gone", "version": "f" * 64}, "evaluation": {}}
    run_writes.create(faulty, spec=own, kind="train", algorithm="dpo", lane="train", name="y", now=now + 1)
    assert evaluation_prompts(faulty, "polite") == {prompt_key(question)}


@pytest.mark.slow
def test_a_process_of_its_own_measures_in_the_background(faulty: Database) -> None:
    data = datasets.get(faulty, "polite")
    assert background.ensure_measured(faulty, data) is None
    job = background._jobs[data.id]
    assert background.ensure_measured(faulty, data) is None
    assert background._jobs[data.id] is job
    assert job.process.wait(120) == 0
    assert reports.of_working_copy(faulty, data).is_current


@pytest.mark.slow
def test_a_process_that_fails_says_why_and_is_not_started_again(faulty: Database) -> None:
    data = replace(datasets.get(faulty, "polite"), name="gone", id=4711)
    job = background._started(faulty, data, reports.State(data.edited_at, data.items, 0, None))
    assert job.process.wait(120) == 1
    assert job.failure()[1] == {"reason": "There is no dataset named gone."}


def test_the_command_says_what_is_wrong_with_which_rows(faulty: Database, capsys: pytest.CaptureFixture[str]) -> None:
    (faulty.workspace.datasets / "shipped.json").write_text("[]")
    assert main(["data", "quality", "polite"]) == 0
    printed = capsys.readouterr().out
    assert "polite, working copy: quality 0." in printed
    assert ", 2 of 3 parts; 60 items" in printed
    assert "58 of 60 items have no defect that lowers the score." in printed
    assert main(["data", "quality", "polite", "--rows", "cut"]) == 0
    assert capsys.readouterr().out.split() == numbered(CUT)
    version = dataset_writes.freeze(faulty, "polite", time.time()).hash
    assert main(["data", "quality", "polite", "--version", version[:8], "--rows", "cut", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["version"], answer["rows"], answer["kept"]) == (version, numbered(CUT), 58)
    assert answer["parts"]["consistency"]["value"] is None
    assert answer["parts"]["diversity"]["weight"] == 0.5
    assert answer["defects"]["cut"] == {"title": "cut answer", "count": 1, "lowers_score": True}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["gone"], "There is no dataset named gone."),
        (["polite", "--rows", "ugly"], "There is no defect ugly; there are: empty_prompt, "),
        (["polite", "--version", "f00"], "The dataset polite has no frozen version that begins with f00."),
        (["polite", "--version", ""], "The dataset polite has no frozen version that begins with nothing."),
    ],
)
def test_the_command_refuses_in_one_line(
    faulty: Database, capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    (faulty.workspace.datasets / "shipped.json").write_text("[]")
    assert main(["data", "quality", *arguments]) == 2
    error = capsys.readouterr().err
    assert error.startswith(sentence)
    assert error.count("\n") == 1


def test_an_empty_dataset_has_no_score(empty: Database, capsys: pytest.CaptureFixture[str]) -> None:
    (empty.workspace.datasets / "shipped.json").write_text("[]")
    dataset_writes.create(empty, "nothing", "pairs", time.time())
    assert main(["data", "quality", "nothing", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["score"] is None
