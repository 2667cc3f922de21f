"""The edge of a worker: its lease, how it ends, and what a person is told when it fails."""

import errno
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
import torch
from sqlalchemy.exc import OperationalError

from engine.data.templates import TemplateProblem
from engine.models.model_folder import ModelProblem
from engine.runtime.run import failures, lease_renewal, worker
from engine.runtime.run.activities import Ending
from engine.runtime.run.lease_renewal import Interrupted, LeaseRenewer
from engine.runtime.training import assembly
from engine.runtime.training.loop import NotFinite
from engine.runtime.training.sources import NothingToTrainOn
from storage import queue, run_writes, runs
from storage.database import Database
from storage.errors import DatabaseBusy, DiskFull, LeaseLost, NotFound
from storage.records import Lease, Run
from storage.workspace import Workspace
from words import english

Claim = Callable[[Run], Lease]


@pytest.fixture
def run(db: Database) -> Run:
    return run_writes.create(db, spec={}, kind="train", algorithm="dpo", lane="train", name="r", now=1.0)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(lease_renewal, "RENEW_SECONDS", 0.02)
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


def until(reached: Callable[[], bool]) -> None:
    limit = time.monotonic() + 20
    while not reached():
        assert time.monotonic() < limit
        time.sleep(0.01)


def test_heartbeats_keep_the_lease_and_shows_progress(db: Database, run: Run, claim: Claim):
    with LeaseRenewer(db, claim(run)) as renewer:
        renewer.report(7, 0.25, 30.0)
        until(lambda: runs.get(db, run.id).step == 7)
    shown = runs.get(db, run.id)
    assert (shown.fraction, shown.eta_seconds) == (0.25, 30.0)
    assert shown.lease_until > time.time() + 50


def test_the_row_shows_the_last_step_when_the_attempt_ends(
    db: Database, run: Run, claim: Claim, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(lease_renewal, "RENEW_SECONDS", 60)
    with LeaseRenewer(db, claim(run)) as renewer:
        renewer.report(12, 1.0, 0.0)
    assert runs.get(db, run.id).step == 12


def test_without_heartbeats_the_lease_is_lost(db: Database, run: Run, claim: Claim):
    lease = claim(run)
    with LeaseRenewer(db, lease) as renewer:
        renewer.report(0, 0.0, None)  # the model is loaded: from now on only progress counts
        until(lambda: runs.get(db, run.id).lease_until > 1_000_000.0)
        time.sleep(0.5)  # many turns of the thread: the heartbeat was seen long ago
        seen = runs.get(db, run.id).lease_until
        time.sleep(0.2)
        assert runs.get(db, run.id).lease_until == seen


def test_the_lease_grows_with_the_slowest_heartbeat(
    db: Database, run: Run, claim: Claim, monkeypatch: pytest.MonkeyPatch
):
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr(lease_renewal.time, "monotonic", lambda: clock.now)
    renewer = LeaseRenewer(db, claim(run))
    renewer.heartbeat()
    assert renewer.lease_seconds == 60
    clock.now = 40.0
    renewer.heartbeat()
    assert renewer.lease_seconds == 200


def test_a_request_on_the_row_reaches_the_loop(db: Database, run: Run, claim: Claim):
    with LeaseRenewer(db, claim(run)) as renewer:
        queue.request(db, run.id, "pause", 2.0)
        renewer.heartbeat()
        until(lambda: renewer.request == "pause")


def test_work_that_can_be_done_again_gives_way_to_a_request(db: Database, run: Run, claim: Claim):
    renewer = LeaseRenewer(db, claim(run))
    renewer.heartbeat_or_yield()
    renewer.ask("requeue")
    renewer.heartbeat()
    with pytest.raises(Interrupted):
        renewer.heartbeat_or_yield()


def test_a_lost_lease_stops_the_worker_at_its_next_beat(db: Database, run: Run, claim: Claim):
    lease = claim(run)
    with LeaseRenewer(db, lease) as renewer:
        queue.requeue(db, lease, now=2.0)
        renewer.heartbeat()
        with pytest.raises(LeaseLost):
            until(lambda: renewer.heartbeat() is not None)


@pytest.mark.parametrize("ending", ["succeeded", "paused", "stopped", "queued"])
def test_the_worker_writes_down_how_it_ended(
    db: Database, run: Run, claim: Claim, monkeypatch: pytest.MonkeyPatch, ending: str
):
    monkeypatch.setattr(assembly, "run", lambda *_: Ending(ending, ("why", {})))
    assert worker.work(db, runs.get(db, run.id), claim(run)) == 0
    ended = runs.get(db, run.id)
    assert (ended.state, ended.reason) == (ending, None if ending == "queued" else ("why", {}))


def test_a_failure_is_written_down_in_one_sentence(
    db: Database, run: Run, claim: Claim, monkeypatch: pytest.MonkeyPatch
):
    def fail(*_: object) -> str:
        raise ModelProblem("There is no model folder {name}.", name="x")

    monkeypatch.setattr(assembly, "run", fail)
    assert worker.work(db, runs.get(db, run.id), claim(run)) == 1
    ended = runs.get(db, run.id)
    assert ended.state == "failed"
    assert english(ended.reason) == "There is no model folder x."


LOCKED = OperationalError("INSERT", {}, sqlite3.OperationalError("database is locked"))


def test_a_database_that_stays_locked_puts_the_run_back_into_the_line(
    db: Database, run: Run, claim: Claim, monkeypatch: pytest.MonkeyPatch
):
    def locked(*_: object) -> str:
        raise LOCKED

    monkeypatch.setattr(assembly, "run", locked)
    assert worker.work(db, runs.get(db, run.id), claim(run)) == 0
    again = runs.get(db, run.id)
    assert (again.state, again.attempt) == ("queued", 1)
    assert "database is locked" in english(again.reason)


def test_waiting_for_a_lock_is_no_attempt_without_a_checkpoint(
    db: Database, run: Run, claim: Claim, monkeypatch: pytest.MonkeyPatch
):
    def locked(*_: object) -> str:
        raise DatabaseBusy("The database is held.")

    monkeypatch.setattr(assembly, "run", locked)
    for _ in range(2 * queue.ATTEMPTS_WITHOUT_CHECKPOINT):
        assert worker.work(db, runs.get(db, run.id), claim(run)) == 0
    assert runs.get(db, run.id).state == "queued"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (DatabaseBusy("The database is held."), worker.DATABASE_WAS_BUSY),
        (DiskFull("The disk is full."), worker.DISK_WAS_FULL),
    ],
)
def test_what_a_worker_cannot_write_down_its_exit_status_says(
    db: Database, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
):
    def refuse(_workspace: Workspace) -> Database:
        raise error

    monkeypatch.setattr(worker, "connect", refuse)
    monkeypatch.setattr("sys.argv", ["worker", "--workspace", str(db.workspace.root), "--run", "r", "--attempt", "1"])
    assert worker.main() == status


def test_a_worker_that_lost_its_run_leaves_it_alone(
    db: Database, run: Run, claim: Claim, monkeypatch: pytest.MonkeyPatch
):
    lease = claim(run)
    queue.requeue(db, lease, now=2.0)
    monkeypatch.setattr(assembly, "run", lambda *_: Ending("succeeded"))
    assert worker.work(db, runs.get(db, run.id), lease) == worker.LEASE_LOST
    assert runs.get(db, run.id).state == "queued"


FULL = OperationalError("INSERT", {}, sqlite3.OperationalError("database or disk is full"))


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (torch.OutOfMemoryError("CUDA out of memory"), "optimizer.micro_batch"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried"), "optimizer.micro_batch"),
        (MemoryError(), "optimizer.micro_batch"),
        (OSError(errno.ENOSPC, "No space left on device"), "disk is full"),
        (FULL, "disk is full"),
        (DiskFull("No room."), "then resume the run"),
        (LOCKED, "database is locked"),
        (NotFinite("loss", 12), "at step 12"),
        (sqlite3.DatabaseError("database disk image is malformed"), "`alignlab clean` deletes the cache"),
        (NothingToTrainOn(), "nothing this algorithm can train on"),
        (NotFound("There is no version {hash}.", hash="abc"), "There is no version abc."),
        (ModelProblem("No model {name}.", name="m"), "No model m."),
        (TemplateProblem("The template refuses."), "The template refuses."),
        (ZeroDivisionError("by zero"), "ZeroDivisionError: by zero"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else None,
)
def test_a_failure_names_cause_and_remedy(error: BaseException, words: str):
    assert words in english(failures.reason(error))
