"""The end evaluation of a whole run: what it leaves behind, and that giving it up and doing it again is the same."""

from pathlib import Path
from typing import Any

import pytest

from engine.runtime.run.lease_renewal import Interrupted, LeaseRenewer
from engine.runtime.training import assembly
from storage import final_samples, intervals, metrics, queue, runs, samples
from storage.database import Database
from storage.records import Run
from tests import tiny
from tests.engine.runtime.attempts import Claim, Troubled, attempt
from tests.remains import left_behind
from words import english

pytestmark = pytest.mark.slow

EVALUATION = {"every": 4, "prompts": 4, "final_prompts": 20, "answers": 2}


@pytest.fixture
def many(db: Database) -> str:
    """The name of a dataset of which about 40 prompts are held out."""
    tiny.write_pairs(db, "many", 400)
    return "many"


def run_file(model: Path, dataset: str, **blocks: Any) -> dict[str, Any]:
    return tiny.settings(model, dataset, evaluation=EVALUATION, budget={"steps": 6}, **blocks)


class GivenUp(Troubled):
    """Is asked to pause in the middle of the end evaluation."""

    heartbeats = -1

    def report(self, step: int, fraction: float, eta_seconds: float | None) -> None:
        if fraction == 1.0:
            self.heartbeats = max(self.heartbeats, 0)

    def heartbeat_or_yield(self) -> None:
        if self.heartbeats >= 0:
            self.heartbeats += 1
        if self.heartbeats > 40:
            self.renewer.ask("pause")
            raise Interrupted


def end_in_pause(db: Database, run: Run, claim: Claim) -> str:
    lease = claim(run)
    ending = assembly.run(db, runs.get(db, run.id), lease, GivenUp(LeaseRenewer(db, lease)))
    queue.finish(db, lease, ending.state, now=2_000.0, reason=ending.reason)
    return ending.state


def test_a_run_reports_on_its_own_prompts_when_its_budget_is_spent(db: Database, model: Path, many: str, claim: Claim):
    run = tiny.submit(db, run_file(model, many))
    assert attempt(db, run, claim) == "succeeded"
    assert final_samples.steps(db, run.id) == [0, 6]
    series = metrics.by_run(db, [run.id])[run.id]
    reward = series["final/reward"]
    assert (reward.count, reward.last_step) == (2, 6)
    assert reward.last_interval is not None
    assert (reward.last_interval.prompts, reward.last_interval.answers) == (20, 40)
    assert series["final/reward_gain"].last == pytest.approx(reward.last - reward.first)
    assert series["final/kl"].first == 0.0
    on_the_way = intervals.listing(db, [run.id])[run.id]["eval/reward"]
    assert {step: (each.prompts, each.answers) for step, each in on_the_way.items()} == dict.fromkeys((0, 4, 6), (4, 4))
    assert [event.kind for event in runs.events(db, run.id)].count("end_evaluation") == 1
    assert runs.notes(db, run.id) == []


def test_an_end_evaluation_that_is_given_up_and_done_again_leaves_the_same(
    db: Database, model: Path, many: str, claim: Claim
):
    whole, disturbed = (tiny.submit(db, run_file(model, many)) for _ in range(2))
    assert attempt(db, whole, claim) == "succeeded"
    assert end_in_pause(db, disturbed, claim) == "paused"
    assert final_samples.steps(db, disturbed.id) == []
    queue.resume(db, disturbed.id, 3_000.0)
    assert attempt(db, disturbed, claim) == "succeeded"
    assert left_behind(db, disturbed.id) == left_behind(db, whole.id)


def test_too_few_prompts_are_noted_with_their_number(db: Database, model: Path, pairs: str, claim: Claim):
    run = tiny.submit(db, run_file(model, pairs))
    assert attempt(db, run, claim) == "succeeded"
    (note,) = [english(text) for text in runs.notes(db, run.id)]
    assert "too few to choose the best checkpoint by" in note


def test_none_is_done_where_none_is_wanted(db: Database, model: Path, many: str, claim: Claim):
    run = tiny.submit(db, run_file(model, many) | {"evaluation": {**EVALUATION, "final_prompts": 0}})
    assert attempt(db, run, claim) == "succeeded"
    assert final_samples.steps(db, run.id) == []
    assert not [key for key in metrics.by_run(db, [run.id])[run.id] if key.startswith("final/")]


def test_a_filter_narrows_the_prompts_that_a_run_is_evaluated_on(db: Database, model: Path, many: str, claim: Claim):
    file = run_file(model, many, data={"filter": "rain"})
    run = tiny.submit(db, file)
    assert attempt(db, run, claim) == "succeeded"
    answers = [*samples.listing(db, run.id), *final_samples.listing(db, run.id)]
    assert {"rain on" in str(answer.messages[-1]["content"]) for answer in answers} == {True}
