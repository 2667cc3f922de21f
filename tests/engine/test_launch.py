"""How runs enter the queue: checkpoints written down, runs that wait for others, stages all or none."""

import time
from typing import Any

import pytest

from engine import launch
from engine.spec import parse, parse_chain
from storage import attempt_writes, dataset_writes, queue, runs
from storage.database import Database
from storage.errors import NotFound
from storage.records import Lease, Run
from tests import tiny

NOW = 1_800_000_000.0


@pytest.fixture
def db(db: Database) -> Database:
    tiny.write_pairs(db, "pairs", 24)
    return db


def submit(db: Database, **settings: Any) -> Run:
    spec = parse({"algorithm": "dpo", "data": {"dataset": "pairs"}, **settings})
    return launch.submit(db, spec, requested_by="mei", now=NOW)


def claim(db: Database, run: Run) -> Lease:
    lease = queue.claim_run(db, run.id, host="here", device="cpu", seconds=60, now=NOW)
    assert lease is not None
    return lease


def end(db: Database, run: Run, state: str = "succeeded") -> None:
    """Let the run end with a checkpoint of step 5."""
    lease = claim(db, run)
    path = db.workspace.checkpoints(run.id) / "5-a1"
    attempt_writes.record_checkpoint(db, lease, step=5, path=path, size=1, best=False, now=NOW)
    queue.finish(db, lease, state, now=NOW)


def test_a_run_starts_from_todays_newest_checkpoint_whatever_comes_later(db: Database):
    parent = submit(db)
    end(db, parent, "stopped")
    child = submit(db, model={"from": f"run:{parent.id[:6]}"})
    assert child.spec["model"]["from"] == f"run:{parent.id}@5"
    assert (child.waits_for, child.state) == (None, "queued")


def test_a_run_waits_for_the_run_it_starts_from(db: Database):
    parent = submit(db)
    child = submit(db, model={"from": f"run:{parent.id[:6]}"})
    assert child.spec["model"]["from"] == f"run:{parent.id}"
    assert (child.waits_for, child.state) == (parent.id, "waiting")


def test_a_run_waits_for_the_later_of_two_and_for_its_reward_model(db: Database):
    parent = submit(db)
    teacher = submit(db, algorithm="reward")
    reward = [{"kind": "learned", "from": f"run:{teacher.id}"}]
    child = submit(db, algorithm="ppo", model={"from": f"run:{parent.id}"}, reward=reward)
    assert child.waits_for == teacher.id
    judged = submit(db, evaluation={"reward": reward})
    assert judged.waits_for == teacher.id


def test_a_version_is_named_by_the_beginning_of_its_hash(db: Database):
    version = dataset_writes.freeze(db, "pairs", NOW).hash
    run = submit(db, data={"dataset": "pairs", "version": version[:6]})
    assert run.spec["data"]["version"] == version


STAGES: dict[str, Any] = {
    "data": {"dataset": "pairs"},
    "stages": [
        {"name": "sft", "algorithm": "sft"},
        {"name": "judge", "algorithm": "reward", "model": {"from": "stage:sft"}},
        {
            "name": "ppo",
            "algorithm": "ppo",
            "model": {"from": "stage:sft"},
            "reward": [{"kind": "learned", "from": "stage:judge"}],
        },
    ],
}


def test_stages_become_runs_that_wait_for_each_other(db: Database):
    sft, judge, ppo = launch.submit_chain(db, parse_chain(STAGES), requested_by="mei", now=NOW)
    assert [(run.name, run.state, run.requested_by) for run in (sft, judge, ppo)] == [
        ("sft", "queued", "mei"),
        ("judge", "waiting", "mei"),
        ("ppo", "waiting", "mei"),
    ]
    assert [(run.spec["model"]["from"], run.waits_for) for run in (sft, judge, ppo)] == [
        (None, None),
        (f"run:{sft.id}", sft.id),
        (f"run:{sft.id}", judge.id),
    ]
    assert ppo.spec["model"]["from"] == f"run:{sft.id}"
    assert ppo.spec["reward"][0]["from"] == f"run:{judge.id}"
    assert len({run.spec["data"]["version"] for run in (sft, judge, ppo)}) == 1
    for before, after in ((sft, judge), (judge, ppo)):
        end(db, before)
        assert runs.get(db, after.id).state == "queued"


def test_the_first_stage_waits_for_runs_that_any_stage_needs(db: Database):
    outside = submit(db)
    dpo = {"name": "dpo", "algorithm": "dpo", "model": {"from": f"run:{outside.id}"}}
    first, last = launch.submit_chain(
        db, parse_chain({**STAGES, "stages": [STAGES["stages"][0], dpo]}), requested_by=None, now=NOW
    )
    assert (first.waits_for, last.waits_for) == (outside.id, first.id)


def test_of_stages_that_cannot_all_be_launched_nothing_is_left(db: Database):
    stages = [*STAGES["stages"][:2], {**STAGES["stages"][2], "model": {"from": "run:zzzz"}}]
    with pytest.raises(NotFound, match="no run zzzz"):
        launch.submit_chain(db, parse_chain({**STAGES, "stages": stages}), requested_by=None, now=time.time())
    assert runs.listing(db) == []
