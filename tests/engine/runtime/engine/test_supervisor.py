"""Claiming, watching and burying, with children that do nothing; the clock is an argument."""

import errno
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from engine import studies as study_plans
from engine.runtime.engine import local_launcher, single_run
from engine.runtime.engine.notifier import Notifier
from engine.runtime.engine.supervisor import Supervisor
from engine.runtime.run import machine
from engine.runtime.run.worker import DATABASE_WAS_BUSY, DISK_WAS_FULL
from engine.spec import parse_study
from storage import attempt_writes, metrics, queue, run_lists, run_writes, runs, studies
from storage.database import Database
from storage.errors import DatabaseBusy, DiskFull
from storage.records import Lease, Run, RunSummary
from storage.workspace import Workspace
from tests import tiny
from words import english

HOST = "this-host"
SLEEP = "import time; time.sleep(60)"


class Children:
    """Starts Python one-liners in place of workers."""

    def __init__(self) -> None:
        self.code = SLEEP
        self.started: list[local_launcher.Child] = []

    def start(self, workspace: Workspace, lease: Lease) -> local_launcher.Child:
        self.started.append(local_launcher.Child(lease, subprocess.Popen([sys.executable, "-I", "-c", self.code])))
        return self.started[-1]

    def kill(self, index: int) -> None:
        self.started[index].process.kill()
        self.started[index].process.wait()


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> Iterator[Children]:
    made = Children()
    monkeypatch.setattr(local_launcher, "start", made.start)
    yield made
    for index in range(len(made.started)):
        made.kill(index)


def create(db: Database, lane: str = "train", **spec: Any) -> Run:
    return run_writes.create(db, spec=spec, kind="train", algorithm="dpo", lane=lane, name=lane, now=1.0)


def state(db: Database, run: Run) -> tuple[str, int]:
    now = runs.get(db, run.id)
    return now.state, now.attempt


def test_one_run_a_lane_is_claimed_and_its_worker_noted(db: Database, children: Children):
    first, second, light = create(db), create(db), create(db, lane="light")
    supervisor = Supervisor(db, HOST, "cpu")
    supervisor.turn(10.0)
    assert [state(db, run) for run in (first, second, light)] == [("running", 1), ("queued", 0), ("running", 1)]
    assert runs.get(db, first.id).pid == children.started[0].pid
    assert runs.get(db, first.id).slot == f"{HOST}/cpu/train"
    assert supervisor.running() == [first.id, light.id]


def test_a_run_with_a_budget_in_seconds_has_the_machine_to_itself(db: Database, children: Children):
    timed, light = create(db, budget={"seconds": 5}), create(db, lane="light")
    Supervisor(db, HOST, "cpu").turn(10.0)
    assert [state(db, run)[0] for run in (timed, light)] == ["running", "queued"]


def test_the_notifier_looks_at_each_run_whose_worker_has_gone(
    db: Database, children: Children, monkeypatch: pytest.MonkeyPatch
):
    """Also at those of a dead engine, which may have failed by that."""
    looked_at: list[str] = []
    monkeypatch.setattr(Notifier, "tell", lambda self, run_id: looked_at.append(run_id))
    own, orphan = create(db), create(db, lane="light")
    lease = queue.claim_run(db, orphan.id, host=HOST, device="cuda", seconds=60, now=9.0)
    assert lease is not None
    queue.set_pid(db, lease, 2**22)  # beyond every process
    supervisor = Supervisor(db, HOST, "cpu")
    supervisor.turn(10.0)
    assert looked_at == [orphan.id]
    children.kill(0)
    supervisor.turn(10.1)
    assert looked_at == [orphan.id, own.id]


def test_a_dead_worker_frees_its_run_at_once_and_it_is_tried_again(db: Database, children: Children):
    run = create(db)
    supervisor = Supervisor(db, HOST, "cpu")
    supervisor.turn(10.0)
    children.kill(0)
    supervisor.turn(10.1)
    assert state(db, run) == ("running", 2)
    assert len(children.started) == 2


def test_three_attempts_without_a_checkpoint_fail_the_run_with_the_cause(db: Database, children: Children):
    run = create(db)
    supervisor = Supervisor(db, HOST, "cpu")
    for attempt in range(3):
        supervisor.turn(10.0 + attempt)
        children.kill(attempt)
    supervisor.turn(20.0)
    assert state(db, run) == ("failed", 3)
    assert "was killed" in english(runs.get(db, run.id).reason)
    assert "tried 3 times" in english(runs.get(db, run.id).reason)
    assert len(children.started) == 3


def test_a_worker_that_met_a_busy_database_is_tried_again_and_again(db: Database, children: Children):
    run = create(db)
    supervisor = Supervisor(db, HOST, "cpu")
    children.code = f"raise SystemExit({DATABASE_WAS_BUSY})"
    for attempt in range(5):
        supervisor.turn(10.0 + attempt)
        children.started[attempt].process.wait()
    assert state(db, run) == ("running", 5)


def test_a_worker_that_met_a_full_disk_ends_its_run_with_that_sentence(db: Database, children: Children):
    run = create(db)
    supervisor = Supervisor(db, HOST, "cpu")
    children.code = f"raise SystemExit({DISK_WAS_FULL})"
    supervisor.turn(10.0)
    children.started[0].process.wait()
    supervisor.turn(11.0)
    assert state(db, run) == ("failed", 1)
    assert english(runs.get(db, run.id).reason).startswith("The disk is full.")


def test_an_end_that_cannot_be_written_is_written_later(
    db: Database, children: Children, monkeypatch: pytest.MonkeyPatch
):
    run, requeue = create(db), queue.requeue
    supervisor = Supervisor(db, HOST, "cpu")
    supervisor.turn(10.0)
    children.kill(0)

    def full(*_: object, **__: object) -> None:
        raise DiskFull("No room.")

    monkeypatch.setattr(queue, "requeue", full)
    with pytest.raises(DiskFull):
        supervisor.turn(11.0)
    monkeypatch.setattr(queue, "requeue", requeue)
    supervisor.turn(12.0)
    assert state(db, run) == ("running", 2)
    events = [event.text for event in runs.events(db, run.id) if event.kind == "state"]
    assert any("was killed" in english(text) for text in events if text)


def test_a_worker_that_is_asked_to_leave_while_it_starts_costs_no_attempt(db: Database, children: Children):
    run = create(db)
    for attempt in range(1, 6):
        supervisor = Supervisor(db, HOST, "cpu")
        supervisor.turn(10.0)
        assert state(db, run) == ("running", attempt)
        closing = threading.Event()
        closing.set()
        supervisor.serve(closing)
        assert (state(db, run), runs.get(db, run.id).reason) == (("queued", attempt), None)


def test_an_attempt_that_saved_starts_the_count_again(db: Database, children: Children):
    run = create(db)
    supervisor = Supervisor(db, HOST, "cpu")
    for attempt in range(4):
        supervisor.turn(10.0 + attempt)
        if attempt == 1:
            lease = children.started[attempt].lease
            path = db.workspace.checkpoints(run.id) / "5-a2"
            attempt_writes.record_checkpoint(db, lease, step=5, path=path, size=1, best=False, now=12.0)
        children.kill(attempt)
    supervisor.turn(20.0)
    assert state(db, run) == ("running", 5)


def test_a_worker_that_settled_its_run_is_only_buried(db: Database, children: Children):
    run = create(db)
    supervisor = Supervisor(db, HOST, "cpu")
    supervisor.turn(10.0)
    queue.finish(db, children.started[0].lease, "succeeded", now=11.0)
    children.kill(0)
    supervisor.turn(12.0)
    assert state(db, run) == ("succeeded", 1)
    assert supervisor.running() == []


def test_a_dead_engines_run_is_freed_at_once_where_its_process_was_here(db: Database, children: Children):
    run = create(db)
    queue.claim(db, host=HOST, device="cpu", lane="train", seconds=1_000, now=1.0)
    lease = Lease(run.id, 1, f"{HOST}/cpu/train")
    exited = subprocess.Popen([sys.executable, "-I", "-c", ""])
    exited.wait()
    queue.set_pid(db, lease, exited.pid)
    supervisor = Supervisor(db, HOST, "cpu")
    for now in (10.0, 10.3):
        supervisor.turn(now)
    assert state(db, run) == ("running", 2)


def test_a_living_engines_run_is_left_alone(db: Database, children: Children):
    run = create(db)
    queue.claim(db, host=HOST, device="cpu", lane="train", seconds=1_000, now=1.0)
    other = children.start(db.workspace, Lease(run.id, 1, f"{HOST}/cpu/train"))
    queue.set_pid(db, other.lease, other.pid)
    supervisor = Supervisor(db, HOST, "cpu")
    for now in (10.0, 10.3):
        supervisor.turn(now)
    assert state(db, run) == ("running", 1)


def test_another_machines_run_is_freed_when_its_lease_runs_out(db: Database, children: Children):
    run = create(db)
    queue.claim(db, host="other-host", device="cpu", lane="train", seconds=60, now=1.0)
    queue.set_pid(db, Lease(run.id, 1, "other-host/cpu/train"), 2**22)
    supervisor = Supervisor(db, HOST, "cpu")
    supervisor.turn(60.0)
    assert state(db, run) == ("running", 1)
    supervisor.turn(62.0)
    supervisor.turn(62.3)
    assert state(db, run) == ("running", 2)
    assert runs.get(db, run.id).slot == f"{HOST}/cpu/train"


def said_at_the_end(db: Database, run: Run) -> str:
    """Why the last attempt but the one that runs now ended."""
    texts = [event.text for event in runs.events(db, run.id) if event.kind == "state"]
    return english(texts[-1])


def test_a_hung_worker_is_ended_when_its_lease_has_run_out_and_its_run_tried_again(db: Database, children: Children):
    run = create(db)
    supervisor = Supervisor(db, HOST, "cpu")
    for now in (10.0, 71.0, 310.0):  # the lease of a minute runs out at 70; four more may be slow work
        supervisor.turn(now)
        assert state(db, run) == ("running", 1)
    supervisor.turn(312.0)
    children.started[0].process.wait(20)
    supervisor.turn(313.0)
    assert state(db, run) == ("running", 2)
    assert "no progress for so long" in said_at_the_end(db, run)


def test_a_worker_that_does_not_heed_its_end_is_killed(db: Database, children: Children, tmp_path: Path):
    deaf = tmp_path / "deaf"
    ignore = "import pathlib, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)"
    children.code = f"{ignore}; pathlib.Path({str(deaf)!r}).touch(); time.sleep(60)"
    run = create(db)
    supervisor = Supervisor(db, HOST, "cpu")
    supervisor.turn(10.0)
    while not deaf.exists():
        time.sleep(0.01)
    for now in (71.0, 312.0, 326.0):
        supervisor.turn(now)
        assert children.started[0].exit_status is None
    supervisor.turn(326.5)
    assert children.started[0].process.wait(20) == -signal.SIGKILL
    supervisor.turn(327.0)
    assert state(db, run) == ("running", 2)


def test_a_worker_that_renews_its_lease_late_is_left_alone(db: Database, children: Children):
    run = create(db)
    supervisor = Supervisor(db, HOST, "cpu")
    for now in (10.0, 71.0):
        supervisor.turn(now)
    queue.renew(db, children.started[0].lease, seconds=60, now=300.0)
    for now in (320.0, 361.0, 600.0):
        supervisor.turn(now)
    assert state(db, run) == ("running", 1)
    assert children.started[0].exit_status is None


def test_a_worker_whose_run_was_taken_over_does_not_live_on(db: Database, children: Children):
    run = create(db)
    supervisor = Supervisor(db, HOST, "cpu")
    supervisor.turn(10.0)
    queue.requeue(db, children.started[0].lease, now=11.0)  # as an engine elsewhere does
    queue.claim(db, host="other-host", device="cpu", lane="train", seconds=600, now=12.0)
    for now in (13.0, 18.5):
        supervisor.turn(now)
    assert children.started[0].process.wait(20) is not None
    supervisor.turn(19.0)
    assert state(db, run) == ("running", 2)
    assert supervisor.running() == []


def test_a_claim_whose_worker_cannot_be_started_is_given_back_at_once(
    db: Database, children: Children, monkeypatch: pytest.MonkeyPatch
):
    def full(*_: object) -> local_launcher.Child:
        raise OSError(errno.ENOMEM, "Cannot allocate memory")

    monkeypatch.setattr(local_launcher, "start", full)
    run = create(db)
    supervisor = Supervisor(db, HOST, "cpu")
    supervisor.turn(10.0)
    assert state(db, run) == ("queued", 1)
    assert english(runs.get(db, run.id).reason) == "Its process could not be started: Cannot allocate memory."
    assert supervisor.running() == []


@pytest.mark.parametrize("serve", ["engine", "engine of one"])
def test_a_busy_database_costs_a_turn_and_not_the_engine(
    db: Database, children: Children, monkeypatch: pytest.MonkeyPatch, serve: str
):
    run, busy, in_state = create(db), [1], run_lists.in_state
    children.code = ""

    def locked_once(*args: Any, **more: Any) -> list[RunSummary]:
        if busy:
            busy.clear()
            raise DatabaseBusy("The database is held by another process.")
        return in_state(*args, **more)

    monkeypatch.setattr(run_lists, "in_state", locked_once)
    if serve == "engine of one":
        assert single_run.serve(db, run.id) == single_run.FAILED
    else:
        closing = threading.Event()
        thread = threading.Thread(target=Supervisor(db, HOST, "cpu").serve, args=(closing,))
        thread.start()
        while runs.get(db, run.id).state != "failed":
            time.sleep(0.05)
        closing.set()
        thread.join(20)
    assert state(db, run) == ("failed", 3)


def test_a_turn_reads_no_settings_and_writes_nothing_where_nothing_is_to_do(db: Database, children: Children):
    ended = create(db)
    queue.request(db, ended.id, "stop", 1.0)
    statements: list[str] = []
    sa.event.listen(db.engine, "before_cursor_execute", lambda *event: statements.append(event[2]))
    Supervisor(db, HOST, "cpu").turn(10.0)
    assert {statement.split()[0] for statement in statements} == {"BEGIN", "SELECT"}
    assert not any("spec" in statement for statement in statements)


def test_a_leaving_engine_lets_its_workers_leave_and_gives_their_runs_back(db: Database, children: Children):
    run = create(db)
    supervisor = Supervisor(db, HOST, "cpu")
    closing = threading.Event()
    thread = threading.Thread(target=supervisor.serve, args=(closing,))
    thread.start()
    while not children.started:
        time.sleep(0.01)
    closing.set()
    thread.join(20)
    assert not thread.is_alive()
    assert children.started[0].exit_status is not None
    assert state(db, run)[0] == "queued"


def test_the_engine_of_one_tells_how_its_run_ended(db: Database, children: Children):
    children.code = ""
    run = create(db)
    assert single_run.serve(db, run.id) == single_run.FAILED
    assert state(db, run) == ("failed", 3)


def test_the_engine_of_one_waits_for_the_slot_and_says_so(
    db: Database, children: Children, capsys: pytest.CaptureFixture[str]
):
    before = create(db)
    here = {"host": machine.this_host(), "device": machine.this_device()}
    busy = queue.claim(db, **here, lane="train", seconds=60, now=time.time())
    assert busy is not None
    run = create(db)
    children.code = ""
    threading.Timer(1.0, lambda: queue.finish(db, busy, "succeeded", now=time.time())).start()
    assert single_run.serve(db, run.id) == single_run.FAILED
    assert f"waits: this machine trains train ({before.id})" in capsys.readouterr().err


def test_the_engine_of_one_ends_with_a_run_that_was_stopped(db: Database, children: Children):
    run = create(db)
    queue.request(db, run.id, "stop", 2.0)
    assert single_run.serve(db, run.id) == single_run.PUT_ASIDE
    assert children.started == []


def test_the_engine_of_one_leaves_with_the_process_that_started_it(
    db: Database, children: Children, monkeypatch: pytest.MonkeyPatch
):
    run = create(db)
    monkeypatch.setattr("os.getppid", lambda: 1 if children.started else 4711)
    assert single_run.serve(db, run.id, parent=4711) == single_run.PUT_ASIDE
    assert children.started[0].exit_status is not None
    assert state(db, run)[0] == "queued"


def test_the_log_of_a_run_is_for_its_owner_only(db: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(local_launcher, "_command", lambda *_: [sys.executable, "-I", "-c", ""])
    db.workspace.runs.chmod(0o755)
    lease = Lease("r1", 1, f"{HOST}/cpu/train")
    assert local_launcher.start(db.workspace, lease).process.wait() == 0
    assert db.workspace.log("r1").stat().st_mode & 0o777 == 0o600


def test_a_turn_takes_the_next_step_of_a_study_and_claims_what_comes_of_it(db: Database, children: Children):
    """A new engine finds a study whose last trial ended before it was there."""
    tiny.write_pairs(db, "pairs", 24)
    base, vary = {"data": {"dataset": "pairs"}}, {"optimizer.learning_rate": [1e-5, 1e-4]}
    file = {"base": base, "algorithms": ["dpo"], "vary": vary, "search": {"kind": "grid"}, "seeds": [0]}
    study = study_plans.launch(db, parse_study({**file, "budget": {"steps": 2}}), requested_by=None, now=1.0)
    for number, run in enumerate(studies.members(db, study.id)):
        lease = queue.claim_run(db, run.id, host=HOST, device="cpu", seconds=60, now=2.0)
        assert lease is not None
        metrics.write(db, lease, [(2, {"eval/reward": float(number)}, 2.0)])
        queue.finish(db, lease, "succeeded", now=3.0)
    Supervisor(db, HOST, "cpu").turn(10.0)
    *_trials, final = studies.members(db, study.id)
    assert (final.study_role, final.study_trial, final.state) == ("final", 1, "running")
    assert [child.lease.run_id for child in children.started] == [final.id]
