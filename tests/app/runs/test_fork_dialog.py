"""The dialog that forks a run, and how a run and its forks are named on their pages."""

from dataclasses import replace
from typing import Any

import pytest

from app.clients import EngineClient
from app.runs import fork_dialog
from engine import launch
from engine.spec.answers import PreflightAnswer
from storage import runs
from storage.database import Database
from storage.records import Run
from tests.app.conftest import open_page, words
from tests.app.datasets.markup import told


@pytest.fixture
def run(filled: Database, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A dpo run that succeeded, beside an engine that finds nothing wrong."""

    def preflight(self: EngineClient, spec: dict[str, Any]) -> PreflightAnswer:
        return PreflightAnswer(problems=(), warnings=(), estimate=None, spec=spec)

    monkeypatch.setattr(EngineClient, "preflight", preflight)
    succeeded = runs.listing(filled, states=("succeeded",), algorithm="dpo")
    return next(run for run in succeeded if runs.checkpoints(filled, run.id))


def test_a_fork_is_launched_with_what_was_changed_in_fields_and_as_yaml(filled: Database, run: Run):
    page = open_page("run", id=run.id)
    page.button(key="fork").click().run()
    assert page.selectbox(key="fork.values.step").value == 250, "the newest that leaves something of the budget"
    assert "Nothing changes yet" in told(page)
    page.number_input(key="fork.values.beta").set_value(0.3)
    page.text_area(key="fork.values.text").set_value("optimizer: {schedule: constant}").run()
    assert '<span title="optimizer.schedule">Schedule</span>' in told(page)
    page.button(key=fork_dialog.GO).click().run()
    assert not page.exception
    fork = runs.listing(filled)[0]
    changes = {"beta": 0.3, "optimizer": {**run.spec["optimizer"], "schedule": "constant"}}
    assert fork.spec == {**run.spec, **changes, "name": f"{run.name} @250", "fork": f"run:{run.id}@250"}


def test_a_fork_goes_on_from_the_step_in_view_else_from_the_newest_and_says_which(filled: Database, run: Run):
    page = open_page("run", id=run.id, tab="samples", step="110")
    page.button(key="fork").click().run()
    assert page.selectbox(key="fork.values.step").value == 100
    why = "The checkpoint nearest to step 110, which you look at."
    assert why in [caption.value for caption in page.caption]
    page.selectbox(key="fork.values.step").set_value(200).run()
    assert why not in [caption.value for caption in page.caption], "another one was chosen"
    checkpoints = runs.checkpoints(filled, run.id)
    index, why = fork_dialog.proposed(replace(run, state="stopped"), checkpoints, None)
    assert (index, why) == (len(checkpoints) - 1, "The newest checkpoint.")
    assert "leaves some of the budget" in fork_dialog.proposed(run, checkpoints, None)[1]


def test_a_run_names_its_forks_and_a_fork_names_its_run(filled: Database, run: Run):
    fork = launch.submit(filled, launch.forked(filled, f"{run.id}@200"), requested_by=None, now=2e9)
    assert f"{fork.name} @200" in words(open_page("run", id=run.id))
    assert "at step 200" in words(open_page("run", id=fork.id))
