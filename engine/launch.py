"""Puts runs into the queue: data frozen, checkpoints named, rows written. Pages, commands and studies share it.

Loads no torch. Left out: what is wrong with a run (`engine.runtime.preflight`), and who may launch one (`app.actions`).
"""

import itertools
import re
from collections.abc import Collection, Sequence
from typing import Any

from engine.spec import Chain, Train, dump, references
from storage import dataset_writes, run_lists, run_references, run_writes
from storage.database import Database
from storage.records import Run

LONGEST_STEM = 75  # a run's name has 80 characters at most


def another_name(db: Database, name: str) -> str:
    """The name with the first number from 2 on that no run has: what a duplicate is called."""
    stem = re.sub(r" \d+$", "", name)[:LONGEST_STEM]
    names = run_lists.numbered_names(db, stem)
    return next(candidate for number in itertools.count(2) if (candidate := f"{stem} {number}") not in names)


def submit(db: Database, spec: Train, *, requested_by: str | None, now: float, study_id: str | None = None) -> Run:
    """Put the run into the line. `latest` becomes the hash of the data as it is now, so later edits change nothing.

    One that starts from a run which has not ended waits for it; of one that has, it takes today's newest checkpoint.
    """
    (run,) = _enter(db, [spec], [run_writes.new_id()], requested_by, now, study_id)
    return run


def submit_chain(db: Database, chain: Chain, *, requested_by: str | None, now: float) -> list[Run]:
    """Put the stages into the line, each waiting for the one before it: all of them or none."""
    ids = [run_writes.new_id() for _ in chain.stages]
    return _enter(db, chain.runs(ids), ids, requested_by, now)


def _enter(
    db: Database,
    specs: Sequence[Train],
    ids: Sequence[str],
    requested_by: str | None,
    now: float,
    study_id: str | None = None,
) -> list[Run]:
    awaited: list[Run] = []
    drafts: list[run_writes.Draft] = []
    for spec, run_id in zip(specs, ids, strict=True):
        settings = _frozen(db, dump(spec), now)
        awaited += _pin(db, settings, ids)
        drafts.append(
            {
                "id": run_id,
                "name": spec.name or spec.default_name,
                "kind": spec.kind,
                "algorithm": spec.algorithm,
                "lane": spec.lane,
                "spec": settings,
                "requested_by": requested_by,
                "study_id": study_id,
                "waits_for": drafts[-1]["id"] if drafts else None,
            }
        )
    # The first holds all others back, so it waits for what any of them needs: the last of that in the line.
    drafts[0]["waits_for"] = max(awaited, key=lambda run: run.position).id if awaited else None
    return run_writes.enqueue(db, drafts, now)


def _frozen(db: Database, settings: dict[str, Any], now: float) -> dict[str, Any]:
    for block in ("data", "evaluation"):
        chosen = settings[block]
        if chosen["dataset"] is not None and chosen["version"] == "latest":
            chosen["version"] = dataset_writes.freeze(db, chosen["dataset"], now).hash
    return settings


def _pin(db: Database, settings: dict[str, Any], ids: Collection[str]) -> list[Run]:
    """Write down the checkpoints that the settings mean today; the runs whose checkpoints are yet to come."""
    awaited = []
    for _path, block in references(settings):
        if block["from"].removeprefix("run:") in ids:
            continue
        run, checkpoint = run_references.follow(db, block["from"])
        block["from"] = f"run:{run.id}" if checkpoint is None else run_references.pinned(run, checkpoint)
        if checkpoint is None:
            awaited.append(run)
    return awaited
