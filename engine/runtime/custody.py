"""Who holds a run on this machine: starting its worker, burying a dead one, freeing what a dead engine left behind."""

import platform
import signal
from collections.abc import Collection, Sequence
from pathlib import Path

import psutil

from engine.runtime.launchers import local
from engine.spec.text import N_, Text
from storage import queue
from storage.database import Database
from storage.errors import LeaseLost
from storage.records import Lease, Run

FIRST_LEASE_SECONDS = 60.0


def this_host() -> str:
    """The name of this machine as slots know it."""
    return platform.node() or "localhost"


def this_device() -> str:
    """What the slots of this machine are named after; told without loading torch."""
    return "cuda" if Path("/dev/nvidia0").exists() else "cpu"


def launch(db: Database, lease: Lease) -> local.Child:
    """Start the worker of a claimed run and note its process id."""
    child = local.start(db.workspace, lease)
    try:
        queue.set_pid(db, lease, child.pid)
    except LeaseLost:
        child.ask_to_leave()
    return child


def bury(db: Database, child: local.Child, now: float) -> None:
    """Free the row of a worker that is gone, unless it has settled its own affairs."""
    try:
        queue.requeue(db, child.lease, now=now, reason=_last_words(child.exit_status or 0))
    except LeaseLost:
        return


def free_orphans(db: Database, active: Sequence[Run], host: str, ours: Collection[str], now: float) -> None:
    """Give back the runs whose engine died: at once where their process was on this machine, else by their lease."""
    held = [run for run in active if run.state == "running" and run.id not in ours]
    for run in held:
        if run.slot is not None and run.slot.startswith(f"{host}/") and run.pid is not None and not _alive(run.pid):
            try:
                queue.requeue(db, Lease(run.id, run.attempt, run.slot), now=now)
            except LeaseLost:
                continue
    if any(run.lease_until is not None and run.lease_until < now for run in held):
        queue.expire(db, now)


def _alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _last_words(status: int) -> Text:
    if status == -signal.SIGKILL:
        cause = N_(
            "Its process was killed. Where memory was short, a smaller micro-batch (optimizer.micro_batch) or shorter "
            "examples (data.max_tokens) help."
        )
        return (cause, {})
    if status < 0:
        return (N_("Its process was ended by signal {signal}."), {"signal": -status})
    return (N_("Its process ended with status {status}; its log says more."), {"status": status})
