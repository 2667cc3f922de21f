"""The dialog that exports a model, the news of it, and the way from a checkpoint to a new run."""

import subprocess
from dataclasses import replace

import pytest

from app.actions.model_exports import ModelExport
from app.actions.permissions import Forbidden
from app.launch import form_state
from app.people import COMMAND_LINE, Person
from app.runs import model_export_dialog, model_export_jobs
from engine.spec.answers import EqualityCheck, ExportedModel, ExportNews
from storage import runs
from storage.database import Database
from storage.errors import NotFound
from storage.records import Run
from tests.app.conftest import open_page, words

CHECK = EqualityCheck(prompts=4, compared=237, largest_difference=1.8e-7, limit=1e-5, precision="float32")


class Process:
    """A process that has ended, or not yet."""

    pid = 7
    returncode: int | None = None

    def poll(self) -> int | None:
        return self.returncode


@pytest.fixture
def process(monkeypatch: pytest.MonkeyPatch) -> Process:
    """The process that every export starts, and that says nothing by itself."""
    child = Process()
    monkeypatch.setattr(subprocess, "Popen", lambda _command, **_options: child)
    monkeypatch.setattr(model_export_jobs, "_jobs", {})
    return child


@pytest.fixture
def run(filled: Database) -> Run:
    return next(run for run in runs.listing(filled, states=("succeeded",)) if runs.checkpoints(filled, run.id))


def say(db: Database, run: Run, news: ExportNews) -> None:
    with (db.workspace.cache / f"model-export-{run.id}.jsonl").open("a") as file:
        file.write(news.model_dump_json() + "\n")


def test_a_press_exports_and_the_dialog_follows_it(filled: Database, run: Run, process: Process):
    page = open_page("run", id=run.id)
    page.button(key="model_export").click().run()
    page.selectbox(key="model_export.step").set_value(50).run()
    page.button(key=model_export_dialog.GO).click().run()
    assert not page.exception
    assert model_export_jobs.is_running(run.id)
    assert page.button(key=model_export_dialog.GO).disabled
    say(filled, run, ExportNews(progress=("Reading it without AlignLab, and comparing ...", {})))
    fragment = model_export_jobs.exporting({"id": run.id})
    assert "comparing" in fragment.html
    assert fragment.every is not None
    out = filled.workspace.model_exports / "made"
    made = ExportedModel(checkpoint=f"run:{run.id}@50", form="model", folder=str(out), bytes=10, base="b", check=CHECK)
    say(filled, run, ExportNews(model=made))
    process.returncode = 0
    ended = model_export_jobs.exporting({"id": run.id})
    assert (ended.version != fragment.version, ended.every) == (True, None)
    page.run()
    assert "1.8e-07" in " ".join(success.value for success in page.success).replace("\\", "")
    assert str(out) in [code.value for code in page.code]


def test_a_refusal_leaves_what_the_last_export_has_made(filled: Database, run: Run, process: Process):
    request = ModelExport(run.id, filled.workspace.model_exports / "made")
    model_export_jobs.begin(filled, COMMAND_LINE, request, now=1.0)
    made = ExportedModel(checkpoint=run.id, form="model", folder=str(request.out), bytes=1, base="b", check=CHECK)
    say(filled, run, ExportNews(model=made))
    process.returncode = 0
    with pytest.raises(Forbidden):
        model_export_jobs.begin(filled, Person("v", "v", "viewer"), request, now=2.0)
    with pytest.raises(NotFound):
        model_export_jobs.begin(filled, COMMAND_LINE, replace(request, checkpoint=f"{run.id}@51"), now=2.0)
    assert model_export_jobs.exported(run.id) == made


def test_a_process_that_ends_without_a_word_is_told(filled: Database, run: Run, process: Process):
    page = open_page("run", id=run.id)
    page.button(key="model_export").click().run()
    page.button(key=model_export_dialog.GO).click().run()
    process.returncode = -9
    assert "ended with code -9" in model_export_jobs.exporting({"id": run.id}).html


def test_one_model_at_a_time(filled: Database, run: Run, process: Process):
    other = next(other for other in runs.listing(filled) if other.id != run.id and runs.checkpoints(filled, other.id))
    for reference in (run.id, other.id):
        page = open_page("run", id=reference)
        page.button(key="model_export").click().run()
        page.button(key=model_export_dialog.GO).click().run()
    assert any("Another model is being exported" in html.proto.body for html in page.get("html"))
    assert not model_export_jobs.is_running(other.id)


def test_a_checkpoint_leads_to_a_run_that_starts_from_it(filled: Database, run: Run):
    page = open_page("run", id=run.id)
    assert f"launch?start=run%3A{run.id}%4050" in words(page)
    page = open_page("launch", start=f"run:{run.id}@50")
    assert page.session_state[form_state.slot("model")] == f"run:{run.id}@50"
    assert "start" not in page.query_params


def test_a_step_that_is_not_there_leaves_the_form_as_it_is(filled: Database, run: Run):
    page = open_page("launch", start=f"run:{run.id}@51")
    assert "The nearest is 50" in words(page)
