"""One attempt of one run, in a process of its own.

`python -P -m engine.runtime.run.worker --workspace DIR --run ID --attempt N` holds the lease while it makes progress,
and writes down the run's state when it ends. Left out: what a kind of run does (`activities`), and what happens when
this process dies (`engine.runtime.engine`).
"""

import argparse
import logging
import signal
import sys
import time
from pathlib import Path

from engine.runtime.run.activities import activity
from engine.runtime.run.lease_renewal import LeaseRenewer
from storage import outages, queue, runs
from storage.database import Database, connect
from storage.errors import DatabaseBusy, DiskFull, LeaseLost
from storage.parent_watch import exit_with_parent
from storage.records import Lease, Run
from storage.workspace import Workspace
from words import english

log = logging.getLogger(__name__)

# Exit statuses. The last two say what the worker could not write down itself; they are those of sysexits.h.
LEASE_LOST = 3
DISK_WAS_FULL = 74
DATABASE_WAS_BUSY = 75


def work(db: Database, run: Run, lease: Lease) -> int:
    """Carry the attempt to its end and write down how it ended; the process's exit status."""
    try:
        with LeaseRenewer(db, lease) as renewer:
            signal.signal(signal.SIGTERM, lambda *_: renewer.ask("requeue"))
            ending = activity(run.kind).run(db, run, lease, renewer)
        if ending.state == "queued":
            queue.release(db, lease, now=time.time())
        else:
            queue.finish(db, lease, ending.state, now=time.time(), reason=ending.reason)
        log.info("run %s: %s", run.id, ending.state)
    except LeaseLost as lost:
        log.warning("%s", lost)
        return LEASE_LOST
    except Exception as error:
        return _end_early(db, lease, error)
    return 0


def _end_early(db: Database, lease: Lease, error: Exception) -> int:
    from engine.runtime.run import failures  # loads torch

    state, text = failures.outcome(error)
    if state == "paused" and runs.get(db, lease.run_id).request == "stop":  # what a person asked for goes first
        state = "stopped"
    log.log(logging.ERROR, "the attempt ended early: %s", english(text), exc_info=error if state != "paused" else None)
    try:
        if outages.is_busy(error):
            queue.release(db, lease, now=time.time(), reason=text)
        elif state == "queued":
            queue.requeue(db, lease, now=time.time(), reason=text)
        else:
            queue.finish(db, lease, state, now=time.time(), reason=text)
    except LeaseLost as lost:
        log.warning("%s", lost)
        return LEASE_LOST
    return 1 if state == "failed" else 0


def main() -> int:
    """Read the command line and work."""
    parser = argparse.ArgumentParser(prog="engine.runtime.run.worker")
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--run", required=True)
    parser.add_argument("--attempt", type=int, required=True)
    parser.add_argument("--parent", type=int, help="process that this one must not outlive")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    if options.parent is not None:
        exit_with_parent(options.parent)
    try:
        db = connect(Workspace(options.workspace.resolve()))
        run = runs.get(db, options.run)
        return work(db, run, Lease(run.id, options.attempt, run.slot or ""))
    except DiskFull as error:
        log.error("%s", error)
        return DISK_WAS_FULL
    except DatabaseBusy as error:
        log.error("%s", error)
        return DATABASE_WAS_BUSY


if __name__ == "__main__":
    sys.exit(main())
