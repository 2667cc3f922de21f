"""The engine of one run, which `alignlab train` starts: waits for the slot, starts the worker, and again if it dies.

Its standard error says what it waits for. Left out: the progress of the run, which is read from the database.
"""

import signal
import sys
import threading
import time

from engine.runtime.custody import FIRST_LEASE_SECONDS, bury, free_orphans, launch, this_device, this_host
from engine.runtime.launchers import local
from storage import queue, runs
from storage.database import Database
from storage.records import Run

POLL_SECONDS = 0.2
LEAVE_SECONDS = 120.0
SUCCEEDED, FAILED, PUT_ASIDE = 0, 1, 3


def serve(db: Database, run_id: str) -> int:
    """Carry one run to its end. 0: succeeded, 1: failed, 3: paused, stopped, or given back to the line."""
    leaving = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: leaving.set())
    stopping = threading.Event()
    signal.signal(signal.SIGINT, lambda *_: stopping.set())
    child: local.Child | None = None
    said = ""
    while not leaving.is_set():
        if child is not None and child.exit_status is not None:
            bury(db, child, time.time())
            child = None
        run = runs.get(db, run_id)
        if run.state in ("succeeded", "failed", "paused", "stopped"):
            return {"succeeded": SUCCEEDED, "failed": FAILED}.get(run.state, PUT_ASIDE)
        if stopping.is_set() and run.request is None:
            run = queue.request(db, run_id, "stop", time.time())
        if child is None and run.state == "queued":
            child = _claim(db, run_id)
        if child is None:
            said = _say(_waiting_for(db, run), said)
        leaving.wait(POLL_SECONDS)
    if child is not None:
        child.ask_to_leave()
        child.end(LEAVE_SECONDS)
        bury(db, child, time.time())
    return PUT_ASIDE


def _claim(db: Database, run_id: str) -> local.Child | None:
    now = time.time()
    active = runs.listing(db, states=("queued", "running"))
    free_orphans(db, active, this_host(), (), now)
    lease = queue.claim_run(db, run_id, host=this_host(), device=this_device(), seconds=FIRST_LEASE_SECONDS, now=now)
    return None if lease is None else launch(db, lease)


def _waiting_for(db: Database, run: Run) -> str:
    if run.state == "running":
        return f"run {run.id} is trained by another engine; following it"
    if run.state == "waiting":
        return f"run {run.id} waits for run {run.waits_for}"
    slot = f"{this_host()}/{this_device()}/"
    held = [other for other in runs.listing(db, states=("running",)) if (other.slot or "").startswith(slot)]
    names = ", ".join(f"{other.name} ({other.id})" for other in held)
    return f"run {run.id} waits: this machine trains {names}" if held else ""


def _say(sentence: str, said: str) -> str:
    """Say a sentence once."""
    if sentence and sentence != said:
        sys.stderr.write(sentence + "\n")
        sys.stderr.flush()
    return sentence or said
