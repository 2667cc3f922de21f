"""The checkpoint that a fork goes on from, what is wrong with it, and what its run decided that holds on. No torch.

Left out: which settings a fork may change (`engine.spec.forks`), and reading the tensors
(`engine.runtime.training.forked_content`).
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from engine.spec import Problem, ResolvedTrain, Train, parse
from engine.spec import forks as fork_settings
from engine.spec.blocks import Budget
from storage import manifests, run_references
from storage.database import Database
from storage.errors import StorageError
from storage.records import Checkpoint, Run
from words import N_

_COUNTERS = {"steps": "step", "samples": "samples", "tokens": "tokens", "seconds": "seconds"}  # of a checkpoint
_UNIT_WORDS = {"steps": N_("steps"), "samples": N_("samples"), "tokens": N_("tokens"), "seconds": N_("seconds")}


class ForkPoint(NamedTuple):
    """A checkpoint with its run, and with the settings and decisions of that run."""

    run: Run
    checkpoint: Checkpoint
    spec: Train
    resolved: ResolvedTrain


def fork_point(db: Database, reference: str) -> ForkPoint:
    """What `run:ID@STEP` names. Raises StorageError."""
    run, checkpoint = run_references.forkable(db, reference)
    return ForkPoint(run, checkpoint, parse(run.spec), ResolvedTrain.model_validate(run.resolved))


def inherited(now: ResolvedTrain, spec: Train, point: ForkPoint) -> ResolvedTrain:
    """The decisions of a fork: those of its parent, but `now` where the settings behind one have changed."""
    parent = point.resolved
    names = ["model", "ancestors", "rests_on", "written_at"]
    if fork_settings.unchanged(point.spec, spec, "resources"):
        names += ["device", "precision", "threads"]
    if fork_settings.unchanged(point.spec, spec, "optimizer.micro_batch", "data", "sampling"):
        names.append("micro_batch")
    if fork_settings.unchanged(point.spec, spec, "optimizer.learning_rate"):
        names.append("learning_rate")
    if fork_settings.unchanged(point.spec, spec, "budget"):
        names.append("budget")
    scorers = {name: parent.scorers.get(name, origin) for name, origin in now.scorers.items()}
    return now.model_copy(update={**{name: getattr(parent, name) for name in names}, "scorers": scorers})


def problems(db: Database, spec: Train) -> Iterator[Problem]:
    """What keeps a run, whose budget is resolved, from going on from the checkpoint that it names."""
    if spec.fork is None:
        return
    assert spec.budget != "auto"
    budget = spec.budget
    try:
        point = fork_point(db, spec.fork)
        used = spent(point.checkpoint, budget)
    except StorageError as error:
        yield Problem("fork", error.text)
        return
    if damage := manifests.damage(point.checkpoint.path):
        yield Problem("fork", damage)
    yield from fork_settings.problems(point.spec, spec)
    if used >= budget.amount:
        text = N_(
            "At step {step} the run {id} has spent {used} of {amount} {unit}: give the fork a larger budget, or take "
            "an earlier checkpoint."
        )
        values = {"step": point.checkpoint.step, "id": point.run.id, "unit": (_UNIT_WORDS[budget.unit], {})}
        amounts = {"used": f"{used:,.6g}", "amount": f"{budget.amount:,.6g}"}
        yield Problem("budget", (text, {**values, **amounts}))


def spent_before(db: Database, spec: Train) -> float:
    """What is gone of a run's budget, which is resolved, when it starts: 0 unless it is a fork. `problems` names
    what cannot be read."""
    if spec.fork is None or spec.budget == "auto":
        return 0.0
    with suppress(StorageError):
        return spent(fork_point(db, spec.fork).checkpoint, spec.budget)
    return 0.0


def spent(checkpoint: Checkpoint, budget: Budget) -> float:
    """What a run had used of such a budget by its checkpoint. Raises Damaged."""
    path = checkpoint.path / "state.json"
    try:
        return float(json.loads(path.read_text(encoding="utf-8"))["progress"][_COUNTERS[budget.unit]])
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise manifests.damaged(path) from error
