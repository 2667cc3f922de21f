"""A run whose worker or engine is killed ends by itself, and bit for bit as if nothing had happened."""

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from engine.runtime.run.worker import LEASE_LOST
from storage import queue, runs
from storage.database import Database
from storage.records import Run
from tests import tiny
from tests.remains import left_behind

pytestmark = pytest.mark.faults

STEPS = 200  # a few seconds, so that a request arrives while they last
SAMPLED_STEPS = 60
Start = Callable[..., subprocess.Popen[bytes]]


def long_run(model: Path) -> dict[str, object]:
    return tiny.settings(
        model, "pairs", budget={"steps": STEPS}, evaluation={"every": 50, "prompts": 8}, checkpoint={"every": 20}
    )


def wait_for(db: Database, run_id: str, reached: Callable[[Run], bool], seconds: float = 120) -> Run:
    """The run once it is there."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        run = runs.get(db, run_id)
        if reached(run):
            return run
        time.sleep(0.01)
    raise AssertionError(f"{runs.get(db, run_id)}\n{db.workspace.log(run_id).read_text()}")


def ended(run: Run) -> bool:
    return run.state in ("succeeded", "failed", "stopped")


def everything(db: Database, run_id: str) -> dict[str, object]:
    """What a run leaves behind, its list of checkpoints too: nobody asked for one of them."""
    return {**left_behind(db, run_id), "checkpoints": [(c.step, c.best) for c in runs.checkpoints(db, run_id)]}


@pytest.fixture
def expected(db: Database, model: Path, start: Start) -> dict[str, object]:
    """What an undisturbed run leaves behind."""
    if not any(run.algorithm == "dpo" for run in runs.listing(db)):
        first = tiny.submit(db, long_run(model))
        status = start("engine.runtime.engine.supervisor", "--run", first.id).wait(120)
        assert status == 0, db.workspace.log(first.id).read_text()
    return everything(db, [run.id for run in runs.listing(db) if run.algorithm == "dpo"][-1])


def test_a_worker_killed_at_three_random_moments_changes_nothing(
    db: Database, model: Path, start: Start, expected: dict[str, object]
):
    moments = random.Random(0)
    run = tiny.submit(db, long_run(model))
    engine = start("engine.runtime.engine.supervisor", "--run", run.id)
    for attempt in (1, 2, 3):
        step = moments.randrange((attempt - 1) * STEPS // 4, attempt * STEPS // 4)
        running = wait_for(db, run.id, lambda r: r.attempt == attempt and r.step >= step and r.pid is not None)  # noqa: B023
        time.sleep(moments.random() / 10)
        os.kill(running.pid, signal.SIGKILL)
    assert engine.wait(120) == 0
    assert runs.get(db, run.id).attempt == 4
    assert everything(db, run.id) == expected


def sampled_run(model: Path) -> dict[str, object]:
    return tiny.settings(
        model,
        "pairs",
        algorithm="ppo",
        kl_target=0.01,
        reward=[{"kind": "length", "shortest": 40}],
        sampling={"group_size": 2, "epochs": 2, "minibatches": 3},
        budget={"steps": SAMPLED_STEPS},
        evaluation={"every": 20, "prompts": 4},
        checkpoint={"every": 4},  # a rollout is 6 updates
    )


def test_a_worker_killed_between_rollouts_and_inside_of_them_changes_nothing(db: Database, model: Path, start: Start):
    whole, killed = (tiny.submit(db, sampled_run(model)) for _ in range(2))
    assert start("engine.runtime.engine.supervisor", "--run", whole.id).wait(120) == 0
    engine, moments = start("engine.runtime.engine.supervisor", "--run", killed.id), random.Random(1)
    for attempt, step in ((1, 8), (2, 31)):
        running = wait_for(db, killed.id, lambda r: r.attempt == attempt and r.step >= step and r.pid is not None)  # noqa: B023
        time.sleep(moments.random() / 10)
        os.kill(running.pid, signal.SIGKILL)
    assert engine.wait(120) == 0
    assert runs.get(db, killed.id).attempt == 3
    assert everything(db, killed.id) == everything(db, whole.id)


def test_a_killed_engine_takes_its_worker_along_and_its_successor_goes_on(
    db: Database, model: Path, start: Start, expected: dict[str, object]
):
    engine = start("engine.service")
    run = tiny.submit(db, long_run(model))
    worker = wait_for(db, run.id, lambda r: r.step > STEPS // 3).pid
    engine.kill()
    engine.wait()
    limit = time.monotonic() + 5
    while psutil.pid_exists(worker) and psutil.Process(worker).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < limit, "the worker outlived its engine"
        time.sleep(0.05)
    started = time.monotonic()
    start("engine.service")
    wait_for(db, run.id, lambda r: r.attempt == 2)
    assert time.monotonic() - started < 20, "the run waited for its lease although its engine was known to be dead"
    assert wait_for(db, run.id, ended).state == "succeeded"
    assert everything(db, run.id) == expected


@pytest.mark.parametrize(("request_", "state"), [("pause", "paused"), ("stop", "stopped")])
def test_a_run_that_was_paused_or_stopped_goes_on_where_it_was(
    db: Database, model: Path, start: Start, expected: dict[str, object], request_: str, state: str
):
    start("engine.service")
    run = tiny.submit(db, long_run(model))
    wait_for(db, run.id, lambda r: r.step > STEPS // 3)
    queue.request(db, run.id, request_, time.time())
    halted = wait_for(db, run.id, lambda r: r.state == state)
    assert halted.pid is None
    assert runs.checkpoints(db, run.id)[-1].step == halted.step < STEPS
    queue.resume(db, run.id, time.time())
    assert wait_for(db, run.id, ended).state == "succeeded"
    remains = everything(db, run.id)
    same = ("points", "samples", "tokens", "weights")
    assert {key: remains[key] for key in same} == {key: expected[key] for key in same}


def test_a_worker_whose_run_was_given_to_another_stops(db: Database, model: Path, start: Start):
    run = tiny.submit(db, long_run(model))
    lease = queue.claim_run(db, run.id, host="lost", device="cpu", seconds=60, now=time.time())
    assert lease is not None
    worker = start("engine.runtime.run.worker", "--run", run.id, "--attempt", "1")
    wait_for(db, run.id, lambda r: r.step > STEPS // 4)
    queue.requeue(db, lease, now=time.time())
    assert worker.wait(60) == LEASE_LOST
    left = runs.get(db, run.id)
    assert (left.state, left.attempt) == ("queued", 1)
    queue.request(db, run.id, "stop", time.time())


def test_an_engine_that_is_asked_to_leave_gives_its_run_back_saved(db: Database, model: Path, start: Start):
    engine = start("engine.service")
    run = tiny.submit(db, long_run(model))
    wait_for(db, run.id, lambda r: r.step > STEPS // 3)
    engine.terminate()
    assert engine.wait(60) == 0
    left = runs.get(db, run.id)
    assert left.state == "queued"
    assert runs.checkpoints(db, run.id)[-1].step == left.step > STEPS // 3
    assert not db.workspace.engine_file.exists()
