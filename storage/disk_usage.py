"""How much of the disk a workspace takes, by run and by kind of files. It looks at every file, so it takes a while.

Left out: what of it can go (`garbage`).
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from storage import tables
from storage.database import Database


@dataclass(frozen=True)
class RunUsage:
    """Bytes of the files of one run."""

    id: str
    name: str
    checkpoints: int
    tokens: int
    log: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.checkpoints + self.tokens + self.log


@dataclass(frozen=True)
class DiskUsage:
    """Bytes of a workspace. `runs` are those with files, the largest first; `others` by kind of files."""

    runs: tuple[RunUsage, ...]
    others: dict[str, int]

    @property
    def total(self) -> int:
        """All of it."""
        return sum(run.total for run in self.runs) + sum(self.others.values())


def measure(db: Database) -> DiskUsage:
    """Look at every file of the workspace that a run, a dataset, a model or a cache has."""
    workspace, run = db.workspace, tables.Run
    with db.read() as connection:
        names = {row.id: row.name for row in connection.execute(sa.select(run.id, run.name))}
    runs = [
        RunUsage(
            run_id,
            name,
            checkpoints=size_of(workspace.checkpoints(run_id)),
            tokens=size_of(workspace.evaluations(run_id)),
            log=size_of(workspace.log(run_id)),
        )
        for run_id, name in names.items()
        if workspace.run_folder(run_id).is_dir()
    ]
    with_files = sorted((usage for usage in runs if usage.total), key=lambda usage: (-usage.total, usage.id))
    others = {
        "database": sum(size_of(path) for path in workspace.root.glob("alignlab.db*")),
        "datasets": size_of(workspace.datasets),
        "models": size_of(workspace.models),
        "exports": size_of(workspace.model_exports),
        "cache": size_of(workspace.cache),
    }
    return DiskUsage(tuple(with_files), others)


def size_of(path: Path) -> int:
    """The bytes of a file, or of all files of a folder; 0 for what is not there."""
    return sum(_bytes(file) for file in _files(path))


def _files(path: Path) -> Iterator[Path]:
    return iter([path]) if path.is_file() else path.rglob("*")


def _bytes(file: Path) -> int:
    with suppress(FileNotFoundError):  # it was deleted meanwhile
        if file.is_file() and not file.is_symlink():
            return file.stat().st_size
    return 0
