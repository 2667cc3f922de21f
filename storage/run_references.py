"""Runs that are made from other runs: which checkpoint `run:ID` or `run:ID@STEP` means, and which of them must stay.

Left out: what is done with a checkpoint, and the rest of what a run's settings say.
"""

import sqlalchemy as sa

from storage import runs, tables
from storage.database import Database
from storage.errors import Invalid, NotFound
from storage.records import ENDED, Checkpoint, CheckpointReference, Run
from words import N_


def follow(db: Database, reference: str) -> tuple[Run, Checkpoint | None]:
    """The run and the checkpoint that `run:ID@STEP` names; `run:ID` is the newest, None while it is yet to come.

    Raises NotFound where there is no such run or checkpoint.
    """
    parsed = CheckpointReference.parse(reference)
    if parsed is None:
        raise Invalid(N_("{reference} must be written run:ID or run:ID@STEP."), reference=reference)
    run = runs.get(db, parsed.run)
    if run.kind != "train":
        raise Invalid(N_("The run {id} trains nothing, so it has no checkpoint to start from."), id=run.id)
    if parsed.step is None and run.origin == "local" and run.state not in ENDED:
        return run, None
    return run, _checkpoint(db, run.id, parsed.step, N_("The run {id} has no checkpoint to start from."))


def exportable(db: Database, reference: str) -> tuple[Run, Checkpoint]:
    """The run and the checkpoint that `run:ID@STEP` names; `run:ID` is the newest so far, also while the run trains.

    The prefix may be left out. Raises NotFound, Ambiguous, Invalid.
    """
    run, step = _named(db, reference)
    if run.kind != "train":
        raise Invalid(N_("The run {id} trains nothing, so there is nothing to export."), id=run.id)
    return run, _checkpoint(db, run.id, step, N_("The run {id} has no checkpoint yet, so there is nothing to export."))


def forkable(db: Database, reference: str) -> tuple[Run, Checkpoint]:
    """As `exportable`, of the runs that were trained here."""
    run, step = _named(db, reference)
    if run.kind != "train" or run.origin != "local":
        raise Invalid(N_("The run {id} was not trained here, so there is no checkpoint to go on from."), id=run.id)
    return run, _checkpoint(db, run.id, step, N_("The run {id} has no checkpoint yet, so there is nothing to fork."))


def pinned(run: Run, checkpoint: Checkpoint) -> str:
    """The reference that names this one checkpoint, whatever checkpoints the run writes later."""
    return str(CheckpointReference(run.id, checkpoint.step))


def relied_on(db: Database, run_id: str) -> set[int]:
    """Steps of the run that other runs name in their settings or resolved settings; these checkpoints must stay."""
    link = tables.RunLink
    query = sa.select(link.step).where(link.parent == run_id)
    with db.read() as connection:
        return {step for step in connection.execute(query).scalars() if step is not None}


def _named(db: Database, reference: str) -> tuple[Run, int | None]:
    """The run, and the step where one is named; the prefix may be left out."""
    parsed = CheckpointReference.parse(f"run:{reference.removeprefix('run:')}")
    if parsed is None:
        raise Invalid(N_("{reference} names no checkpoint: write ID or ID@STEP."), reference=reference)
    return runs.get(db, parsed.run), parsed.step


def _checkpoint(db: Database, run_id: str, step: int | None, none_at_all: str) -> Checkpoint:
    """The checkpoint of a step, or the newest. `none_at_all`: the sentence about a run without any."""
    checkpoints = runs.checkpoints(db, run_id)
    candidates = [checkpoint for checkpoint in checkpoints if step in (None, checkpoint.step)]
    if candidates:
        return candidates[-1]
    if not checkpoints:
        raise NotFound(none_at_all, id=run_id)
    steps = sorted({checkpoint.step for checkpoint in checkpoints})
    raise NotFound(
        N_("The run {id} has no checkpoint of step {step}; there are {steps}. The nearest is {nearest}."),
        id=run_id,
        step=step,
        steps=", ".join(map(str, steps)),
        nearest=min(steps, key=lambda number: abs(number - (step or 0))),
    )
