"""Runs that were made elsewhere: imported of files, received from a trainer, and written as files for TensorBoard.

Left out: reading sources (`storage.foreign_runs`), and who holds a token (`app.actions.ingest_tokens`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.actions.permissions import record, require, require_reader
from app.people import Person
from engine.spec import foreign_metrics
from storage import event_exports, live_run_writes, run_import_writes, runs
from storage.database import Database
from storage.errors import StorageError
from storage.event_exports import ExportedEvents
from storage.foreign_runs.find import find
from storage.foreign_runs.foreign_run import ForeignRun
from storage.records import Run
from storage.run_sources import ImportedRun, Report, Vocabulary

VOCABULARY = Vocabulary(foreign_metrics.own_key, foreign_metrics.algorithm_of)


@dataclass(frozen=True)
class ImportOutcome:
    """What became of one run of a source: `result` is the refusal where there is one."""

    name: str
    result: ImportedRun | StorageError


def import_runs(
    db: Database, person: Person, path: Path, now: float, *, name: str | None = None, upload: str | None = None
) -> list[ImportOutcome]:
    """Import every run at a path; of several, one that is refused keeps no other out.

    `upload` is what a person calls files that lie in a temporary place. Raises what refused all of them.
    """
    require(person, "researcher")
    foreign_runs = find(path)
    outcomes = [_imported(db, person, run, now, _name(foreign_runs, run, name), upload) for run in foreign_runs]
    refusals = [outcome.result for outcome in outcomes if isinstance(outcome.result, StorageError)]
    if len(refusals) == len(outcomes):
        raise refusals[0]
    return outcomes


def receive(db: Database, person: Person, report: Report, now: float) -> Run:
    """Take what a trainer reports; `person` stands for its token. Raises Invalid."""
    require(person, "researcher")
    run, is_new = live_run_writes.receive(db, report, VOCABULARY, now)
    if is_new:
        record(db, person, "run.receive", run.id, now, name=run.name)
    return run


def export_events(db: Database, person: Person, run_ids: Sequence[str], folder: Path, now: float) -> ExportedEvents:
    """Write each run as a folder with an event file. Raises NotFound, or Invalid where a run has no point."""
    require_reader(person)
    chosen = [runs.get(db, run_id) for run_id in run_ids]
    return event_exports.write(db, chosen, folder, now)


def _name(foreign_runs: Sequence[ForeignRun], run: ForeignRun, name: str | None) -> str | None:
    """The name that a person gave; of several runs, with each one's own behind it."""
    return f"{name} {run.name}" if name and len(foreign_runs) > 1 else name


def _imported(
    db: Database, person: Person, run: ForeignRun, now: float, name: str | None, upload: str | None
) -> ImportOutcome:
    try:
        imported = run_import_writes.import_run(
            db, run, VOCABULARY, now=now, name=name, upload=upload, requested_by=person.account
        )
    except StorageError as error:
        return ImportOutcome(run.name, error)
    record(db, person, "run.import", imported.run.id, now, name=imported.run.name, points=imported.points)
    return ImportOutcome(imported.run.name, imported)
