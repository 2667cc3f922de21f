"""The line on charts of accuracy: the ceiling of what a run was trained on, as it was when that was frozen."""

from dataclasses import replace

import pytest

from app.charts import panels
from app.charts.line_styles import line_styles
from app.review import human_ceiling
from engine.spec import key_metrics
from storage import dataset_writes
from storage.database import Database
from storage.judging import judgement_writes, leases
from storage.judging.judgement_records import Round
from tests.app.compare.test_compare import run
from tests.storage.talks import NOW, fill, open_round, vote


def say(db: Database, round_: Round, account: str, *verdicts: str, now: float = NOW) -> None:
    asks = leases.next_questions(db, "talks", round_.number, account, len(verdicts), now)
    votes = [vote(ask, verdict) for ask, verdict in zip(asks, verdicts, strict=True)]
    judgement_writes.record(db, votes, account, now)


@pytest.fixture
def version(db: Database) -> str:
    """Frozen after two people agreed on two of three items."""
    fill(db, count=3)
    round_ = open_round(db, overlap=2)
    say(db, round_, "ann", "a", "b", "a")
    say(db, round_, "bob", "a", "b", "b")
    return dataset_writes.freeze(db, "talks", NOW + 1).hash


def test_a_run_of_a_judged_version_has_the_line_on_each_accuracy(db: Database, version: str):
    own = run("a", data={"dataset": "talks", "version": version})
    lines = human_ceiling.baselines(db, [own])
    assert {key for _run, key in lines} == set(key_metrics.PAIR_ACCURACIES)
    line = lines["a", key_metrics.HELD_OUT_ACCURACY]
    assert line.value == pytest.approx(2 / 3)
    assert "human ceiling 0.67 [" in line.label
    assert "3 items, few" in line.label
    shown = [panel for _title, members in panels.sections(own, [], lines) for panel in members]
    keys = {trace.key for panel in shown if panel.baselines for trace in panel.traces if not trace.band}
    assert keys == set(key_metrics.PAIR_ACCURACIES) & {trace.key for panel in shown for trace in panel.traces}
    assert keys


def test_what_is_said_after_the_freeze_changes_no_line(db: Database, version: str):
    before = human_ceiling.of_version(db, "talks", version)
    later = open_round(db, overlap=2)
    say(db, later, "eve", "b", "a", "b", now=NOW + 9)
    say(db, later, "dan", "b", "a", "b", now=NOW + 9)
    human_ceiling.of_version.cache_clear()
    assert human_ceiling.of_version(db, "talks", version) == before


def test_a_version_that_nobody_judged_has_no_line(db: Database):
    fill(db)
    version = dataset_writes.freeze(db, "talks", NOW).hash
    others = [run("b", data={"dataset": "gone", "version": version}), replace(run("c", None), spec={"data": "x"})]
    assert human_ceiling.baselines(db, [run("a", data={"dataset": "talks", "version": version}), *others]) == {}


def test_another_evaluation_set_has_no_line_for_what_is_held_out(db: Database, version: str):
    own = run("a", data={"dataset": "talks", "version": version}, evaluation={"dataset": "other"})
    assert ("a", key_metrics.HELD_OUT_ACCURACY) not in human_ceiling.baselines(db, [own])


def test_compared_runs_of_the_same_version_share_one_line(db: Database, version: str):
    pair = [run(name, data={"dataset": "talks", "version": version}) for name in "ab"]
    lines = human_ceiling.baselines(db, pair)
    shown = panels.compared(pair, {"a": [], "b": []}, line_styles(pair), lines)
    (panel,) = [
        panel for _title, members in shown for panel in members if panel.traces[0].key == key_metrics.HELD_OUT_ACCURACY
    ]
    assert len(panel.baselines) == 1
