"""The rows of runs that are about to be queued: data frozen, checkpoints named. Loads no torch.

Left out: queueing them (`engine.launch`, and of a study's runs `engine.studies`).
"""

from collections.abc import Collection
from typing import Any

from engine.spec import RunSpec, dump, references
from engine.version_hashes import with_whole_hashes
from storage import dataset_writes, run_references, run_writes
from storage.database import Database
from storage.records import Run


def draft(db: Database, spec: RunSpec, requested_by: str | None, now: float) -> run_writes.Draft:
    """The row of a run that waits for what it needs itself."""
    settings = frozen_settings(db, spec, now)
    awaited = pin(db, settings, ())
    return {**columns(spec, settings, requested_by), "waits_for": last(awaited)}


def columns(spec: RunSpec, settings: dict[str, Any], requested_by: str | None) -> run_writes.Draft:
    """What the settings of a run say in columns of its row."""
    return {
        "name": spec.name or spec.default_name,
        "kind": spec.kind,
        "algorithm": spec.algorithm_name,
        "lane": spec.lane,
        "spec": settings,
        "requested_by": requested_by,
    }


def frozen_settings(db: Database, spec: RunSpec, now: float) -> dict[str, Any]:
    """The settings as stored, with a whole hash for each version. Raises SpecError where several begin so."""
    settings = dump(with_whole_hashes(db, spec))
    for block, dataset, version in spec.dataset_references:
        if version == "latest":
            settings[block]["version"] = dataset_writes.freeze(db, dataset, now).hash
    return settings


def pin(db: Database, settings: dict[str, Any], ids: Collection[str]) -> list[Run]:
    """Write down the checkpoints that the settings mean today; the runs whose checkpoints are yet to come.

    `ids`: of runs that are put into the queue by the same call, and have no row yet.
    """
    awaited = []
    if settings.get("fork") is not None:
        settings["fork"] = run_references.pinned(*run_references.forkable(db, settings["fork"]))
    for _path, block in references(settings):
        if block["from"].removeprefix("run:") in ids:
            continue
        run, checkpoint = run_references.follow(db, block["from"])
        block["from"] = f"run:{run.id}" if checkpoint is None else run_references.pinned(run, checkpoint)
        if checkpoint is None:
            awaited.append(run)
    return awaited


def last(awaited: Collection[Run]) -> str | None:
    """The id of the run that will be carried out last."""
    return max(awaited, key=lambda run: run.position).id if awaited else None
