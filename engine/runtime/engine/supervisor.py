"""Takes turns: lets the worker pool look after its workers, steps the running studies, then claims the next run of each
free lane.

Left out: starting workers, and freeing the runs of those that died or stopped renewing their lease (`worker_pool`).
`python -P -m engine.runtime.engine.supervisor --workspace DIR [--run ID | --study ID]` is an engine without the HTTP
service; with a run or a study it is the engine of that one (`single_run`, `single_study`).
"""

import argparse
import signal
import sys
import threading
import time
from functools import partial
from pathlib import Path
from typing import get_args

from engine.runtime.engine import single_run, single_study
from engine.runtime.engine.study_steps import StudySteps
from engine.runtime.engine.worker_pool import WorkerPool, tolerating_outage
from engine.runtime.run.machine import this_device, this_host
from engine.spec.run import Lane
from storage import outages, run_lists, runs, studies
from storage.database import Database, connect
from storage.workspace import Workspace

POLL_SECONDS = 0.3


class Supervisor:
    """Claims, starts and watches workers on one device."""

    def __init__(self, db: Database, host: str, device: str) -> None:
        self._db = db
        self._pool = WorkerPool(db, host, device)
        self._studies = StudySteps(db)

    def serve(self, closing: threading.Event) -> None:
        """Take turns until `closing` is set; then let the workers save and give their runs back."""
        while not closing.wait(POLL_SECONDS):
            tolerating_outage(partial(self.turn, time.time()))
        self._pool.close(time.time)

    def running(self) -> list[str]:
        """The runs this engine's workers are at."""
        return self._pool.running()

    def turn(self, now: float) -> None:
        """One look at workers, studies and queue."""
        self._pool.poll(now)
        self._studies.poll(now)
        queued = run_lists.queued_lanes(self._db)
        for lane in get_args(Lane):
            if lane in queued and lane not in self._pool.lanes():
                self._pool.claim(lane, now)


def main(arguments: list[str] | None = None) -> int:
    """The engine without a service, or the engine of one run."""
    parser = argparse.ArgumentParser(prog="engine.runtime.engine.supervisor")
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--run")
    parser.add_argument("--study")
    parser.add_argument("--parent", type=int, help="process that the engine of one run or study must not outlive")
    options = parser.parse_args(arguments)
    db = connect(Workspace(options.workspace.resolve()))
    if options.run is not None:
        return single_run.serve(db, runs.get(db, options.run).id, options.parent)
    if options.study is not None:
        return single_study.serve(db, studies.get(db, options.study).id, options.parent)
    closing = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: closing.set())
    Supervisor(db, this_host(), this_device()).serve(closing)
    return 0


if __name__ == "__main__":
    sys.exit(outages.in_words(main))
