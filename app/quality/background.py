"""Starts the process that measures a working copy, one at a time, and knows why the last one gave no report.

The process may outlive the dashboard: it ends by itself. Left out: what it does (`measuring`).
"""

import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from app.quality import reports
from storage.database import Database
from storage.records import Dataset
from words import N_, Text

_lock = threading.Lock()


@dataclass(frozen=True)
class _Job:
    """A process that measures a dataset in a state, and the file of what it complains of."""

    dataset: int
    state: reports.State
    process: subprocess.Popen[bytes]
    errors: Path

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    def failure(self) -> Text:
        """The last line that it wrote."""
        lines = self.errors.read_text(errors="replace").strip().splitlines() if self.errors.is_file() else []
        last = lines[-1] if lines else f"code {self.process.returncode}"
        return N_("Quality could not be measured: {reason}"), {"reason": last}


_jobs: dict[int, _Job] = {}


def ensure_measured(db: Database, data: Dataset) -> Text | None:
    """Measure the dataset in the background, unless it is being measured; why that failed for its present state.

    While another dataset is measured, nothing is started: ask again.
    """
    with _lock:
        state = reports.state(db, data)
        job = _jobs.get(data.id)
        if job is not None and not job.is_running and job.state == state:
            return job.failure()
        if not any(other.is_running for other in _jobs.values()):
            _jobs[data.id] = _started(db, data, state)
        return None


def _started(db: Database, data: Dataset, state: reports.State) -> _Job:
    errors = db.workspace.cache / f"quality-{data.id}.log"
    # -P, for its own children too: a stray module in the current folder is never run
    arguments = ["--workspace", str(db.workspace.root), "--dataset", data.name]
    with errors.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "app.quality.measuring", *arguments],
            env={**os.environ, "PYTHONSAFEPATH": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=file,
            start_new_session=True,
        )
    return _Job(data.id, state, process, errors)
