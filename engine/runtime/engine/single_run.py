"""The engine of one run, which `alignlab train` starts: waits for the slot, starts the worker, and again if it dies.

Its standard error says what it waits for. Left out: the progress of the run, which is read from the database.
"""

import os
import signal
import sys
import threading
import time

from engine.runtime.engine.worker_pool import WorkerPool, tolerating_outage
from engine.runtime.run.machine import this_device, this_host
from storage import queue, run_lists, runs
from storage.database import Database
from storage.records import Run

POLL_SECONDS = 0.2
SUCCEEDED, FAILED, PUT_ASIDE = 0, 1, 3
ENDINGS = {"succeeded": SUCCEEDED, "failed": FAILED, "paused": PUT_ASIDE, "stopped": PUT_ASIDE}


def serve(db: Database, run_id: str, parent: int | None = None) -> int:
    """Carry one run to its end. 0: succeeded, 1: failed, 3: paused, stopped, or requeued.

    It leaves, as for a SIGTERM, when the process `parent` that started it is gone: nobody sees this run any more.
    """
    leaving = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: leaving.set())
    stopping = threading.Event()
    signal.signal(signal.SIGINT, lambda *_: stopping.set())
    engine = _Engine(db, run_id)
    while not leaving.wait(POLL_SECONDS) and parent in (None, os.getppid()):
        run = tolerating_outage(lambda: engine.turn(time.time(), stopping.is_set()))
        if run is not None and run.state in ENDINGS:
            engine.pool.settle(time.time)
            return ENDINGS[run.state]
    engine.pool.close(time.time)
    return PUT_ASIDE


class _Engine:
    """What one turn leaves for the next: the worker, and the last sentence printed."""

    def __init__(self, db: Database, run_id: str) -> None:
        self.pool = WorkerPool(db, this_host(), this_device())
        self._db = db
        self._run_id = run_id
        self._last_sentence = ""

    def turn(self, now: float, stop: bool) -> Run:
        """One look at the worker and the run, which is claimed if it can be."""
        self.pool.poll(now)
        run = runs.get(self._db, self._run_id)
        if run.state in ENDINGS:
            return run
        if stop and run.request is None:
            run = queue.request(self._db, run.id, "stop", now)
        if run.state == "queued":
            self.pool.claim_run(run.id, now)
        if not self.pool.running():
            self._last_sentence = _print_new(_waiting_for(self._db, run), self._last_sentence)
        return run


def _waiting_for(db: Database, run: Run) -> str:
    if run.state == "running":
        return f"run {run.id} is trained by another engine; following it"
    if run.state == "waiting":
        return f"run {run.id} waits for run {run.waits_for}"
    slot = f"{this_host()}/{this_device()}/"
    holders = [other for other in run_lists.in_state(db, "running") if (other.slot or "").startswith(slot)]
    names = ", ".join(f"{other.name} ({other.id})" for other in holders)
    return f"run {run.id} waits: this machine trains {names}" if holders else ""


def _print_new(sentence: str, last_sentence: str) -> str:
    """Print a sentence that differs from the last one; the sentence printed last."""
    if sentence and sentence != last_sentence:
        sys.stderr.write(sentence + "\n")
        sys.stderr.flush()
    return sentence or last_sentence
