"""A fork goes on from its parent's checkpoint bit for bit, with what it changes from there on."""

from pathlib import Path
from typing import Any

import pytest

from engine import launch
from engine.runtime.preflight.check import preflight
from engine.runtime.training.forked_content import forked_content
from engine.spec import ResolvedTrain, dump
from storage import metrics, run_links, run_references, runs
from storage.database import Database
from storage.records import Run, RunLink
from tests import tiny
from tests.engine.runtime.attempts import Claim, attempt
from tests.engine.runtime.training.test_resume import ROLLOUT, run_file
from tests.remains import left_behind

KEEP_ALL = {"every": 3, "keep_last": 100}
LORA = {"kind": "lora", "rank": 2}


def fork(db: Database, parent: Run, step: int, *changes: str) -> Run:
    return launch.submit(db, launch.forked(db, f"{parent.id}@{step}", changes), requested_by=None, now=1_500.0)


def since(left: dict[str, Any], step: int) -> dict[str, Any]:
    """What was left behind from the step on: training after it, evaluations at it too."""
    points = [
        point
        for point in left["points"]
        if (at := eval(point)[1]) > step or (at == step and "eval/" in point) or "final/" in point
    ]
    tokens = {name: content for name, content in left["tokens"].items() if int(Path(name).stem) >= step}
    later = {
        "samples": [one for one in left["samples"] if one[0] >= step],
        "rollouts": [one for one in left["rollouts"] if one.step > step],
        "intervals": {
            key: {at: each for at, each in by_step.items() if at >= step or key.startswith("final/")}
            for key, by_step in left["intervals"].items()
        },
    }
    return {**left, "points": points, "tokens": tokens, **later}


@pytest.fixture
def parent(db: Database, model: Path, pairs: str, claim: Claim) -> Run:
    """A dpo run of 12 steps that kept all its checkpoints."""
    run = tiny.submit(db, tiny.settings(model, pairs, checkpoint=KEEP_ALL))
    assert attempt(db, run, claim) == "succeeded"
    return run


def test_a_fork_that_changes_nothing_is_its_parent_continued(db: Database, parent: Run, claim: Claim):
    run = fork(db, parent, 6)
    assert attempt(db, run, claim, die_at=8) == "queued"
    assert attempt(db, run, claim) == "succeeded"
    assert left_behind(db, run.id) == since(left_behind(db, parent.id), 6)
    assert [step for _, step, _, _ in metrics.points(db, run.id, "loss")] == list(range(7, 13))
    decided = [ResolvedTrain.model_validate(runs.get(db, each).resolved) for each in (parent.id, run.id)]
    assert decided[0] == decided[1], "the reference and every auto are the parent's"


def test_a_fork_has_its_changes_from_its_first_step_on(db: Database, parent: Run, claim: Claim):
    run = fork(db, parent, 6, "optimizer.learning_rate=0.01", "budget.steps=9", "optimizer.schedule=constant")
    assert attempt(db, run, claim) == "succeeded"
    rates = {step: value for _, step, value, _ in metrics.points(db, run.id, "learning_rate")}
    assert rates == {7: 0.01, 8: 0.01, 9: 0.01}
    assert runs.checkpoints(db, run.id)[0].step == 6, "a fork begins with a checkpoint of its own"


def test_the_watch_rules_of_a_fork_begin_to_count_with_it(db: Database, model: Path, pairs: str, claim: Claim):
    rule = {"kind": "plateau", "metric": "eval/loss", "patience": 50, "min_delta": 99.0}
    run = tiny.submit(db, tiny.settings(model, pairs, checkpoint=KEEP_ALL, watch=[rule]))
    assert attempt(db, run, claim) == "succeeded"
    content = forked_content(db, launch.forked(db, f"{run.id}@12"))
    assert content is not None
    assert content.state["progress"]["rules"] == {}


@pytest.mark.slow
@pytest.mark.parametrize(
    "case",
    [
        {"algorithm": "dpo", "source": "frozen", "adapter": LORA},
        {"algorithm": "ppo", "source": "sampled"},
        {"algorithm": "ppo", "source": "sampled", "value_trunk": "own", "adapter": LORA},
    ],
    ids=["dpo-lora", "ppo-inside-a-rollout", "ppo-own-trunk-lora"],
)
def test_a_fork_of_every_shape_is_its_parent_continued(
    db: Database, model: Path, pairs: str, claim: Claim, case: dict[str, Any]
):
    run = tiny.submit(db, {**run_file(model, **case), "checkpoint": KEEP_ALL})
    attempt(db, run, claim)
    step = ROLLOUT + 2  # inside a rollout
    step -= step % KEEP_ALL["every"]
    branch = fork(db, run, step)
    assert attempt(db, branch, claim) == "succeeded"
    assert left_behind(db, branch.id) == since(left_behind(db, run.id), step)


@pytest.mark.slow
def test_a_fork_inside_a_rollout_may_cut_the_next_ones_otherwise(db: Database, model: Path, pairs: str, claim: Claim):
    file = run_file(model, algorithm="ppo", source="sampled")
    run = tiny.submit(db, {**file, "checkpoint": KEEP_ALL})
    attempt(db, run, claim)
    branch = fork(db, run, 6, "sampling.minibatches=1", "sampling.epochs=3", "kl_coefficient=0.5")
    assert attempt(db, branch, claim) == "succeeded"
    weights = [value for _, _, value, _ in metrics.points(db, branch.id, "kl_coefficient")]
    assert weights[0] == 0.5, "not what the parent's had become"


def test_the_checkpoint_of_a_fork_stays(db: Database, parent: Run):
    run = fork(db, parent, 9)
    assert run_references.relied_on(db, parent.id) == {9}
    assert run_links.lineage(db, run.id) == [RunLink(parent.id, run.id, "fork", 9)]


def test_a_preflight_names_what_a_fork_cannot_change_and_a_spent_budget(db: Database, parent: Run):
    changes = ["model.adapter.kind=lora", "data.source=sampled", "budget.steps=6"]
    answer = preflight(db, dump(launch.forked(db, f"{parent.id}@6", changes)))
    paths = [problem.path for problem in answer.problems]
    assert {"model", "data.source", "budget"} <= set(paths)
    grown = preflight(db, dump(launch.forked(db, f"{parent.id}@12", ["budget.steps=20"])))
    assert grown.problems == ()
    assert grown.estimate is not None
    assert grown.estimate.steps == 8, "what is left of the budget"


def test_a_fork_names_the_checkpoint_that_its_parent_started_from(db: Database, parent: Run, model: Path, claim: Claim):
    file = tiny.settings(model, "pairs", checkpoint=KEEP_ALL, budget={"steps": 3})
    second = tiny.submit(db, {**file, "model": {"from": f"run:{parent.id}"}})
    attempt(db, second, claim)
    assert launch.forked(db, second.id).model.from_ == f"run:{parent.id}@12"
