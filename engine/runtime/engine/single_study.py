"""The engine of one study, which `alignlab study` starts: carries its runs out one after another, and steps it.

Beside another engine of the workspace it does what is left: each run is claimed once, and each step written once.
"""

import os
import signal
import threading
import time

from engine.runtime.engine.study_steps import StudySteps
from engine.runtime.engine.worker_pool import WorkerPool, tolerating_outage
from engine.runtime.run.machine import this_device, this_host
from storage import studies
from storage.database import Database

POLL_SECONDS = 0.2
SUCCEEDED, FAILED, PUT_ASIDE = 0, 1, 3
ENDINGS = {"succeeded": SUCCEEDED, "failed": FAILED, "paused": PUT_ASIDE, "stopped": PUT_ASIDE}


def serve(db: Database, study_id: str, parent: int | None = None) -> int:
    """Carry one study to its end. 0: succeeded, 1: failed, 3: paused, stopped, or given up by a signal.

    It leaves, as for a SIGTERM, when the process `parent` that started it is gone; its runs go back into the queue.
    """
    leaving = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: leaving.set())
    pool = WorkerPool(db, this_host(), this_device())
    steps = StudySteps(db, study_id)
    while not leaving.wait(POLL_SECONDS) and parent in (None, os.getppid()):
        state = tolerating_outage(lambda: _turn(db, study_id, pool, steps, time.time()))
        if state in ENDINGS and not pool.running():
            pool.settle(time.time)
            return ENDINGS[state]
    pool.close(time.time)
    return PUT_ASIDE


def _turn(db: Database, study_id: str, pool: WorkerPool, steps: StudySteps, now: float) -> str:
    """One look at the workers and the study, whose next run is claimed if it can be; the study's state."""
    pool.poll(now)
    steps.poll(now)
    state = studies.get(db, study_id).state
    if state == "running" and not pool.running():
        queued = studies.first_queued(db, study_id)
        if queued is not None:
            pool.claim_run(queued, now)
    return state
