"""Claims runs, one a lane, and sees to it that no run stays with a dead worker. Computes nothing.

The supervisor that sees its child die frees the row at once; leases are for engines that died with their children.
`python -P -m engine.runtime.supervisor --workspace DIR [--run ID]` is an engine without the HTTP service; with a run
it is the engine of that one (`engine.runtime.solo`).
"""

import argparse
import logging
import signal
import sys
import threading
import time
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from engine.runtime import solo
from engine.runtime.custody import FIRST_LEASE_SECONDS, bury, free_orphans, launch, this_device, this_host
from engine.runtime.launchers import local
from storage import queue, runs
from storage.database import Database, connect
from storage.workspace import Workspace

log = logging.getLogger(__name__)

LANES = ("train", "light")
POLL_SECONDS = 0.3
LEAVE_SECONDS = 120.0


class Supervisor:
    """Claims, starts and watches workers on one device."""

    def __init__(self, db: Database, host: str, device: str) -> None:
        self._db = db
        self._host = host
        self._device = device
        self._children: dict[str, local.Child] = {}

    def serve(self, closing: threading.Event) -> None:
        """Take turns until `closing` is set; then let the workers save and give their runs back."""
        while not closing.wait(POLL_SECONDS):
            try:
                self.turn(time.time())
            except (SQLAlchemyError, OSError) as error:  # a busy database, no memory for a process: it may pass
                log.warning("a turn was given up: %s", error)
        self.close()

    def running(self) -> list[str]:
        """The runs this engine's workers are at."""
        return [child.lease.run_id for child in list(self._children.values())]

    def turn(self, now: float) -> None:
        """One look at children and queue. Reads once; writes only where there is something to do."""
        self._reap(now)
        active = runs.listing(self._db, states=("queued", "running"))
        free_orphans(self._db, active, self._host, set(self.running()), now)
        for lane in LANES:
            if lane not in self._children and any(run.lane == lane and run.state == "queued" for run in active):
                self._start(lane, now)

    def close(self) -> None:
        """Ask all workers to save and leave."""
        for child in self._children.values():
            child.ask_to_leave()
        for child in self._children.values():
            child.end(LEAVE_SECONDS)
        self._reap(time.time())

    def _start(self, lane: str, now: float) -> None:
        lease = queue.claim(
            self._db, host=self._host, device=self._device, lane=lane, seconds=FIRST_LEASE_SECONDS, now=now
        )
        if lease is not None:
            self._children[lane] = launch(self._db, lease)

    def _reap(self, now: float) -> None:
        for lane, child in list(self._children.items()):
            if child.exit_status is not None:
                del self._children[lane]
                bury(self._db, child, now)


def main(arguments: list[str] | None = None) -> int:
    """The engine without a service, or the engine of one run."""
    parser = argparse.ArgumentParser(prog="engine.runtime.supervisor")
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--run")
    options = parser.parse_args(arguments)
    db = connect(Workspace(options.workspace.resolve()))
    if options.run is not None:
        return solo.serve(db, runs.get(db, options.run).id)
    closing = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: closing.set())
    Supervisor(db, this_host(), this_device()).serve(closing)
    return 0


if __name__ == "__main__":
    sys.exit(main())
