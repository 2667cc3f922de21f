"""Runs from elsewhere on the pages: where they come from, a trainer that is silent, buttons that act elsewhere."""

import time
from pathlib import Path

import sqlalchemy as sa

from app import people
from app.actions import foreign_runs
from app.charts import panels
from app.charts.line_styles import LineStyle
from app.runs import engine_status, run_head, running
from storage import metrics, runs, tables
from storage.database import Database
from storage.records import Run
from storage.run_sources import Report
from tests.app import families
from tests.app.conftest import open_page
from tests.storage.foreign_runs import sources

NOW = 1_800_000_000.0


def live(db: Database, now: float, **fields: object) -> Run:
    report = Report("key", "session", "theirs", "box<1>", trainer="DPOConfig", total_steps=100, **fields)
    return foreign_runs.receive(db, people.COMMAND_LINE, report, now)


def points(*steps: int) -> list[tuple[int, dict[str, float], float]]:
    return [(step, {"loss": 1.0 / (1 + step)}, NOW + step) for step in steps]


def test_a_live_run_says_who_sends_it_and_what_is_missing(empty: Database) -> None:
    run = live(empty, time.time(), points=points(0, 40), dropped=7)
    head = run_head.head({"id": run.id}).html
    assert "Sent by its trainer on box&lt;1&gt;" in head
    assert "7 values could not be sent by its trainer." in head
    assert "Not heard of since" not in head
    assert "getting ready" not in head


def test_a_trainer_that_is_silent_is_told_with_since_when_and_no_time_left(empty: Database) -> None:
    run = live(empty, time.time() - 100, points=points(0, 40))
    head = run_head.head({"id": run.id}).html
    assert "Not heard of since <time" in head
    assert " left</span>" not in head
    assert "Not heard of since" in running.running_now({}).html
    ended = live(empty, time.time() - 90, state="succeeded")
    assert "Not heard of since" not in run_head.head({"id": ended.id}).html


def test_a_live_run_is_not_what_the_engine_does(empty: Database) -> None:
    run = live(empty, time.time(), points=points(0))
    assert run.id not in engine_status.engine({}).html
    assert "trained elsewhere" in running.running_now({}).html


def test_an_imported_run_says_from_what(empty: Database, tmp_path: Path) -> None:
    sources.trainer_state(tmp_path / "trl-run", [1, 2])
    (outcome,) = foreign_runs.import_runs(empty, people.COMMAND_LINE, tmp_path / "trl-run", NOW)
    head = run_head.head({"id": outcome.result.run.id}).html
    assert f"Imported from a trainer&#39;s state: <bdi>{tmp_path / 'trl-run'}</bdi>" in head
    assert "This is the state of step 2 of 20" in head
    assert "org/base" in head


def test_a_live_run_is_stopped_where_it_is_trained(empty: Database) -> None:
    run = live(empty, time.time(), points=points(0, 1), settings={"beta": 0.1, "data": "theirs"})
    page = open_page("run", id=run.id, tab="settings")
    buttons = {button.label: button for button in page.button}
    assert buttons["Stop and save"].disabled
    assert buttons["Pause"].disabled
    assert buttons["Pause"].help == "Its trainer runs elsewhere: stop it there."
    assert "Duplicate" not in buttons
    assert "beta: 0.1" in page.code[0].value
    with empty.write() as connection:
        connection.execute(sa.update(tables.Run).values(state="stopped"))
    again = open_page("run", id=run.id, tab="settings")
    assert not {"Stop and save", "Resume"} & {button.label for button in again.button}


def test_a_trl_run_lies_on_the_charts_of_our_own(empty: Database) -> None:
    own = runs.get(empty, families.trained(empty, "own", families.spec("dpo"), NOW))
    logged = [(step, {**sources.TRL_DPO_LOG, **sources.TRL_DPO_EVALUATION}, NOW) for step in (0, 10)]
    theirs = live(empty, time.time(), points=logged)
    present = {run_id: series.keys() for run_id, series in metrics.by_run(empty, [own.id, theirs.id]).items()}
    styles = dict.fromkeys((own.id, theirs.id), LineStyle("run-0", "solid", "circle"))
    sections = panels.compared([own, theirs], present, styles)
    shared = {trace.key for _name, members in sections for p in members if len(p.traces) == 2 for trace in p.traces}
    asked = (
        "loss",
        "rewards/margins",
        "rewards/accuracies",
        "rewards/chosen",
        "logps/rejected",
        "eval/loss",
        "eval/accuracy",
    )
    assert set(asked) <= shared
