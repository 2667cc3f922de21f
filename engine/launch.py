"""Puts runs into the queue: data frozen, checkpoints named, rows written. Pages, commands and studies share it.

Takes every kind of runs. Loads no torch. Left out: what is wrong with a run (`engine.runtime.preflight`), who may
launch one (`app.actions`), and which runs a study has (`engine.studies`).
"""

from collections.abc import Collection, Sequence
from typing import Any

from engine.spec import Chain, ResolvedTrain, RunSpec, Train, apply, dump, parse, references
from engine.version_hashes import with_whole_hashes
from storage import dataset_writes, run_references, run_writes
from storage.database import Database
from storage.records import Run

LONGEST_STEM = 68  # of a name, so that a step has room beside it


def submit(db: Database, spec: RunSpec, *, requested_by: str | None, now: float) -> Run:
    """Put the run into the queue. `latest` becomes the hash of the data as it is now, so later edits change nothing.

    One that starts from a run which has not ended waits for it; of one that has, it takes today's newest checkpoint.
    """
    (run,) = run_writes.enqueue(db, [draft(db, spec, requested_by, now)], now)
    return run


def submit_chain(db: Database, chain: Chain, *, requested_by: str | None, now: float) -> list[Run]:
    """Put the stages into the queue, each waiting for the one before it: all of them or none."""
    ids = [run_writes.new_id() for _ in chain.stages]
    awaited: list[Run] = []
    drafts: list[run_writes.Draft] = []
    for spec, run_id in zip(chain.runs(ids), ids, strict=True):
        settings = frozen_settings(db, spec, now)
        awaited += pin(db, settings, ids)
        drafts.append(
            {
                **_columns(spec, settings, requested_by),
                "id": run_id,
                "waits_for": drafts[-1]["id"] if drafts else None,
            }
        )
    # the first stage holds all others back, so it waits for what any of them needs
    drafts[0]["waits_for"] = _last(awaited)
    return run_writes.enqueue(db, drafts, now)


def forked(db: Database, reference: str, changes: Sequence[str] = ()) -> Train:
    """The settings of a run that goes on from a checkpoint, ID or ID@STEP, of its parent's; `changes` are path=value.

    What the parent's settings left to its first attempt is named: the fork must not find another checkpoint by then.
    Raises StorageError, SpecError.
    """
    parent, checkpoint = run_references.forkable(db, reference)
    settings = dump(parse(parent.spec))
    resolved = ResolvedTrain.read(parent.resolved)
    for path, block in references(settings):
        block["from"] = _checkpoint_taken(block["from"], path, resolved)
    name = f"{parent.name[:LONGEST_STEM]} @{checkpoint.step}"
    return parse(apply({**settings, "name": name, "fork": run_references.pinned(parent, checkpoint)}, changes))


def _checkpoint_taken(reference: str, path: str, resolved: ResolvedTrain | None) -> str:
    """The checkpoint that the first attempt of a run took for `run:ID` at a path of its settings."""
    if resolved is None:
        return reference
    scorer = resolved.scorers.get(reference)
    pins = resolved.rests_on if path == "model" else scorer.rests_on if scorer else []
    return next((pin for pin in pins if pin.startswith(f"{reference}@")), reference)


def draft(db: Database, spec: RunSpec, requested_by: str | None, now: float) -> run_writes.Draft:
    """The row of a run that waits for what it needs itself."""
    settings = frozen_settings(db, spec, now)
    awaited = pin(db, settings, ())
    return {**_columns(spec, settings, requested_by), "waits_for": _last(awaited)}


def _columns(spec: RunSpec, settings: dict[str, Any], requested_by: str | None) -> run_writes.Draft:
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


def _last(awaited: Collection[Run]) -> str | None:
    """The id of the run that will be carried out last."""
    return max(awaited, key=lambda run: run.position).id if awaited else None
