"""The workers of one engine: starts them, reaps those that exited, kills those that hang, frees runs of dead engines.

Left out: which run is claimed and when, which the supervisor decides, or the engine of one run (`single_run`).
"""

import logging
import signal
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from typing import TypeVar

import psutil

from engine.runtime.engine import local_launcher
from engine.runtime.engine.notifier import Notifier
from engine.runtime.run.worker import DATABASE_WAS_BUSY, DISK_WAS_FULL
from storage import outages, queue, run_lists
from storage.database import Database
from storage.errors import LeaseLost, Outage
from storage.records import Lease, RunSummary
from words import N_, Text

log = logging.getLogger(__name__)

FIRST_LEASE_SECONDS = 60.0
# No heartbeat comes from within one step of the work, such as a large file on a slow disk: slow is not hung.
LATE_SECONDS = 240.0
LOST_SECONDS = 5.0  # in which a worker whose run is settled, or another's by now, should be gone
GRACE_SECONDS = 15.0  # in which a worker that is asked to leave may still save
LEAVE_SECONDS = 120.0
_BUSY = N_("The database was held by another process for too long.")

Result = TypeVar("Result")


def tolerating_outage(turn: Callable[[], Result]) -> Result | None:
    """What a turn comes to; None where it was given up for a busy database or a full disk, which may pass."""
    try:
        return turn()
    except (Outage, OSError) as error:
        log.warning("a turn was given up: %s", error)
        return None


class WorkerPool:
    """The workers that this process started on one device, at most one a lane."""

    def __init__(self, db: Database, host: str, device: str) -> None:
        self._db = db
        self._host = host
        self._device = device
        self._children: dict[str, local_launcher.Child] = {}  # by lane
        self._notifier = Notifier(db)

    def running(self) -> list[str]:
        """The runs these workers are at."""
        return [child.lease.run_id for child in list(self._children.values())]

    def lanes(self) -> Collection[str]:
        """The lanes that are taken."""
        return self._children.keys()

    def poll(self, now: float) -> None:
        """Requeue the runs of dead workers and kill stalled ones. Reads once, and writes only where needed."""
        self._reap_exited(now)
        running = run_lists.in_state(self._db, "running")
        self._kill_stalled(running, now)
        self._free_orphans(running, now)

    def claim(self, lane: str, now: float) -> None:
        """Start the worker of the lane's first run, if there is one and the slot is free."""
        machine = {"host": self._host, "device": self._device}
        self._start(queue.claim(self._db, **machine, lane=lane, seconds=FIRST_LEASE_SECONDS, now=now), now)

    def claim_run(self, run_id: str, now: float) -> None:
        """Start the worker of this one run, if its slot is free."""
        machine = {"host": self._host, "device": self._device}
        self._start(queue.claim_run(self._db, run_id, **machine, seconds=FIRST_LEASE_SECONDS, now=now), now)

    def close(self, now: Callable[[], float]) -> None:
        """Let all workers save and leave, then free their rows."""
        for child in self._children.values():
            child.ask_to_leave()
        for child in self._children.values():
            child.end(LEAVE_SECONDS)
        self._reap_exited(now())
        self._notifier.join()

    def settle(self, now: Callable[[], float]) -> None:
        """Wait until the workers of ended runs have left, and webhooks were told."""
        for child in self._children.values():
            child.end(GRACE_SECONDS)
        self._reap_exited(now())
        self._notifier.join()

    def _start(self, lease: Lease | None, now: float) -> None:
        if lease is None:
            return
        try:
            child = local_launcher.start(self._db.workspace, lease)
        except OSError as error:
            if outages.is_full(error):
                queue.finish(self._db, lease, "failed", now=now, reason=(outages.RUN_DISK_FULL, {}))
                return
            reason: Text = (N_("Its process could not be started: {cause}."), {"cause": error.strerror or str(error)})
            queue.requeue(self._db, lease, now=now, reason=reason)
            return
        self._children[lease.slot.rpartition("/")[2]] = child
        try:
            queue.set_pid(self._db, lease, child.pid)
        except LeaseLost:
            child.ask_to_leave()

    def _reap_exited(self, now: float) -> None:
        """Give back the runs of exited workers that did not record an end state themselves."""
        for lane, child in list(self._children.items()):
            if child.exit_status is not None:
                with suppress(LeaseLost):
                    self._give_back(child, now)
                del self._children[lane]  # not before: what cannot be written now is written at a later turn
                self._notifier.tell(child.lease.run_id)

    def _give_back(self, child: local_launcher.Child, now: float) -> None:
        """End the attempt of an exited worker. Raises LeaseLost where the worker did it itself."""
        if child.exit_status == DISK_WAS_FULL:
            queue.finish(self._db, child.lease, "failed", now=now, reason=(outages.RUN_DISK_FULL, {}))
        elif child.exit_status == DATABASE_WAS_BUSY:
            queue.release(self._db, child.lease, now=now, reason=(_BUSY, {}))
        elif child.exit_status == -signal.SIGTERM and child.asked and child.late_since is None:
            queue.release(self._db, child.lease, now=now)  # it was asked before it could listen
        else:
            queue.requeue(self._db, child.lease, now=now, reason=_exit_reason(child))

    def _kill_stalled(self, running: Sequence[RunSummary], now: float) -> None:
        """End the workers that do not renew their lease, or have lost it and do not leave."""
        leases = {(run.id, run.attempt): run.lease_until or now for run in running}
        for child in self._children.values():
            until = leases.get((child.lease.run_id, child.lease.attempt))
            if until is not None and until >= now:
                child.late_since = None
                continue
            if child.late_since is None:
                child.late_since = now
            overdue = now - child.late_since - (LOST_SECONDS if until is None else LATE_SECONDS)
            if overdue > GRACE_SECONDS:
                log.warning("the worker of run %s hangs and is killed", child.lease.run_id)
                child.kill()
            elif overdue > 0:
                child.ask_to_leave()

    def _free_orphans(self, running: Sequence[RunSummary], now: float) -> None:
        """Give back runs whose engine died: at once where their process was on this machine, else by their lease."""
        own_runs = set(self.running())
        others = [run for run in running if run.id not in own_runs]
        for run in others:
            if (run.slot or "").startswith(f"{self._host}/") and run.pid is not None and not _alive(run.pid):
                try:
                    queue.requeue(self._db, Lease(run.id, run.attempt, run.slot or ""), now=now)
                except LeaseLost:
                    continue
                self._notifier.tell(run.id)
        if any(run.lease_until is not None and run.lease_until < now for run in others):
            for run_id in queue.expire(self._db, now, spare=own_runs):
                self._notifier.tell(run_id)


def _alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _exit_reason(child: local_launcher.Child) -> Text:
    status = child.exit_status or 0
    if child.late_since is not None:
        return (N_("It made no progress for so long that its lease ran out, and its process was ended."), {})
    if status == -signal.SIGKILL:
        cause = N_(
            "Its process was killed. Where memory was short, a smaller micro-batch (optimizer.micro_batch) or shorter "
            "examples (data.max_tokens) help."
        )
        return (cause, {})
    if status < 0:
        return (N_("Its process was ended by signal {signal}."), {"signal": -status})
    return (N_("Its process ended with status {status}; its log says more."), {"status": status})
