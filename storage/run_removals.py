"""What depends on runs that a person wants to delete, and what deleting them would free.

Left out: deleting (`run_removal_writes`).
"""

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from storage import tables
from storage.database import Database
from storage.disk_usage import size_of
from storage.records import RunName, RunSummary
from storage.run_lists import by_id


@dataclass(frozen=True)
class Removal:
    """What deleting `runs` means. `children` are other runs that rest on them, which must be deleted first.

    `studies` are names with the number of runs that stay in each; `filled` the datasets into which they put answers,
    which stay; `bytes` the size of their files.
    """

    runs: tuple[RunSummary, ...]
    children: tuple[RunName, ...]
    studies: dict[str, int]
    filled: tuple[str, ...]
    bytes: int

    @property
    def running(self) -> list[RunSummary]:
        """Those that cannot be deleted before they are stopped."""
        return [run for run in self.runs if run.state == "running"]


def children_of(connection: sa.Connection, run_ids: Collection[str]) -> list[RunName]:
    """Other runs that take something of these, wait for them, or rest on one of their checkpoints."""
    run, link = tables.Run, tables.RunLink
    linked = sa.select(link.child).where(link.parent.in_(run_ids))
    named = sa.or_(run.id.in_(linked), run.waits_for.in_(run_ids), run.parent_run.in_(run_ids))
    query = sa.select(run.id, run.name).where(named, run.id.not_in(run_ids)).order_by(run.created_at, run.id)
    return [RunName(*row) for row in connection.execute(query)]


def removal(db: Database, run_ids: Collection[str]) -> Removal:
    """What deleting these runs would mean; an id without a run is left out."""
    runs = by_id(db, run_ids)
    dataset, generation = tables.Dataset, tables.Generation
    filled = sa.select(dataset.name).join(generation, generation.dataset_id == dataset.id)
    with db.read() as connection:
        children = children_of(connection, list(runs))
        studies = _studies(connection, list(runs))
        names = connection.execute(
            filled.where(generation.run_id.in_(list(runs)), dataset.deleted_at.is_(None)).distinct()
        ).scalars()
        datasets = tuple(names)
    freed = sum(size_of(db.workspace.run_folder(run_id)) for run_id in runs)
    return Removal(tuple(runs.values()), tuple(children), studies, datasets, freed)


def _studies(connection: sa.Connection, run_ids: Collection[str]) -> dict[str, int]:
    """The studies of these runs by name, with the number of other runs in each."""
    run, study = tables.Run, tables.Study
    touched = sa.select(run.study_id).where(run.id.in_(run_ids), run.study_id.is_not(None))
    staying = sa.and_(run.study_id == study.id, run.id.not_in(run_ids))
    query = sa.select(study.name, sa.func.count(run.id)).outerjoin(run, staying).where(study.id.in_(touched))
    return dict(connection.execute(query.group_by(study.id, study.name)).all())
