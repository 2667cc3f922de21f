"""Runs as folders of TensorBoard's event files, one a run.

Left out: the bytes of such a file (`foreign_runs.event_writing`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from storage import metrics
from storage.database import Database
from storage.errors import Invalid
from storage.foreign_runs import event_writing
from storage.foreign_runs.foreign_run import Point
from storage.records import Run
from words import N_

SHORT_ID = 6


@dataclass(frozen=True)
class ExportedEvents:
    """The files that were written, and how many points they hold."""

    files: tuple[Path, ...]
    points: int


def write(db: Database, runs: Sequence[Run], folder: Path, now: float) -> ExportedEvents:
    """Write each run into a folder of its own below `folder`. Raises Invalid where one has no point."""
    for run in runs:
        if not metrics.series(db, [run.id]):
            raise Invalid(N_("The run {id} has no values yet."), id=run.id)
    files, count = [], 0
    for run in runs:
        file = folder / run_folder(run) / event_writing.file_name(now)
        file.parent.mkdir(parents=True, exist_ok=True)
        points = (Point(*point) for point in metrics.points(db, run.id))
        count += event_writing.write(file, run.spec, points, now)
        files.append(file)
    return ExportedEvents(tuple(files), count)


def run_folder(run: Run) -> str:
    """A name of a folder that every system takes; TensorBoard calls the run so."""
    stem = re.sub(r"[^\w.-]+", "-", run.name).strip("-.")[:60]
    return f"{stem}-{run.id[:SHORT_ID]}" if stem else run.id
