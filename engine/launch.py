"""Puts runs into the queue: data frozen, checkpoints named, rows written. Pages, commands and studies share it.

Takes every kind of runs. Loads no torch. Left out: what is wrong with a run (`engine.runtime.preflight`), who may
launch one (`app.actions`), how its row is made (`run_drafts`), and which runs a study has (`engine.studies`).
"""

from collections.abc import Sequence

from engine import run_drafts, studies
from engine.spec import Chain, ResolvedTrain, RunSpec, StudySpec, Train, apply, dump, parse, references
from storage import run_references, run_writes
from storage.database import Database
from storage.records import Run, Study

LONGEST_STEM = 68  # of a name, so that a step has room beside it


def submit(db: Database, spec: RunSpec, *, requested_by: str | None, now: float) -> Run:
    """Put the run into the queue. `latest` becomes the hash of the data as it is now, so later edits change nothing.

    One that starts from a run which has not ended waits for it; of one that has, it takes today's newest checkpoint.
    """
    (run,) = run_writes.enqueue(db, [run_drafts.draft(db, spec, requested_by, now)], now)
    return run


def submit_chain(db: Database, chain: Chain, *, requested_by: str | None, now: float) -> list[Run]:
    """Put the stages into the queue, each waiting for the one before it: all of them or none."""
    ids = [run_writes.new_id() for _ in chain.stages]
    awaited: list[Run] = []
    drafts: list[run_writes.Draft] = []
    for spec, run_id in zip(chain.runs(ids), ids, strict=True):
        settings = run_drafts.frozen_settings(db, spec, now)
        awaited += run_drafts.pin(db, settings, ids)
        drafts.append(
            {
                **run_drafts.columns(spec, settings, requested_by),
                "id": run_id,
                "waits_for": drafts[-1]["id"] if drafts else None,
            }
        )
    # the first stage holds all others back, so it waits for what any of them needs
    drafts[0]["waits_for"] = run_drafts.last(awaited)
    return run_writes.enqueue(db, drafts, now)


def submit_study(db: Database, spec: StudySpec, *, requested_by: str | None, now: float) -> Study:
    """Freeze the data once for all runs, and queue the study's first ones: all of it or nothing."""
    return studies.launch(db, spec, requested_by=requested_by, now=now)


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
