"""Files of a workspace that no row names any more: finds them, and removes them only when asked.

Left out: which of its own checkpoints a run keeps while it trains; that is the run's retention.
"""

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from storage import run_lists, runs, tables
from storage.database import Database
from storage.disk_usage import size_of
from words import N_, Text

YOUNGEST_SECONDS = 600.0  # a file may be written before the row that will name it


@dataclass(frozen=True)
class Leftover:
    """A file or folder that can be deleted; `bytes` is the size of its files."""

    path: Path
    bytes: int
    why: Text


def find(db: Database, now: float) -> list[Leftover]:
    """Find files that no row names and that are at least ten minutes old; also caches, unless a run is running."""
    states = run_lists.states(db)
    candidates = [
        *_run_folders(db, states),
        *_checkpoint_folders(db, states),
        *_dataset_files(db),
        *_scratch(db, states),
        *_caches(db, states),
    ]
    leftovers = []
    for path, why in candidates:
        with suppress(FileNotFoundError):  # it was finished, or deleted, meanwhile
            if now - _touched_at(path) > YOUNGEST_SECONDS:
                leftovers.append(Leftover(path, size_of(path), why))
    return leftovers


def remove(leftovers: Sequence[Leftover]) -> None:
    """Delete what `find` returned."""
    for leftover in leftovers:
        if leftover.path.is_dir():
            shutil.rmtree(leftover.path, ignore_errors=True)
        else:
            leftover.path.unlink(missing_ok=True)


def _run_folders(db: Database, states: Mapping[str, str]) -> Iterator[tuple[Path, Text]]:
    for folder in sorted(db.workspace.runs.iterdir()):
        if folder.name not in states:
            yield folder, (N_("no run of this name"), {})


def _checkpoint_folders(db: Database, states: Mapping[str, str]) -> Iterator[tuple[Path, Text]]:
    recorded = runs.checkpoint_folders(db)
    for run_id, state in states.items():
        folder = db.workspace.checkpoints(run_id)
        if state == "running" or not folder.is_dir():
            continue
        for path in sorted(set(folder.iterdir()) - recorded):
            yield path, (N_("unfinished checkpoint"), {})


def _dataset_files(db: Database) -> Iterator[tuple[Path, Text]]:
    with db.read() as connection:
        hashes = set(connection.execute(sa.select(tables.Version.hash)).scalars())
    for path in sorted((*db.workspace.datasets.glob("*.parquet"), *db.workspace.datasets.glob("*.quality.json"))):
        if path.name.partition(".")[0] not in hashes:
            yield path, (N_("no dataset version of this name"), {})


def _scratch(db: Database, run_ids: Iterable[str]) -> Iterator[tuple[Path, Text]]:
    for path in sorted(db.workspace.models.glob(".*")):
        yield path, (N_("unfinished download"), {})
    for folder in (db.workspace.datasets, *(db.workspace.evaluations(run_id) for run_id in run_ids)):
        for path in sorted(folder.glob(".*")):
            yield path, (N_("unfinished file"), {})


def _caches(db: Database, states: Mapping[str, str]) -> Iterator[tuple[Path, Text]]:
    if not run_lists.in_state(db, "running"):
        for path in sorted(db.workspace.cache.iterdir()):
            yield path, (N_("cache, computed again when needed"), {})


def _files(path: Path) -> list[Path]:
    return [inner for inner in path.rglob("*") if inner.is_file()] if path.is_dir() else [path]


def _touched_at(path: Path) -> float:
    return max(file.stat().st_mtime for file in (path, *_files(path)))
