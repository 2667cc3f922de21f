"""Decides what a train run leaves to `auto`: beside what every run decides, micro-batch, learning rate and budget."""

from engine.data import data_stats
from engine.models import catalogue, memory
from engine.models.tokenizer_files import load_template
from engine.runtime.run import forks
from engine.runtime.run.resolve import resolve_common
from engine.spec import Resolved, ResolvedTrain, Train
from engine.spec.models import resolve_budget, resolve_learning_rate
from storage.database import Database


def resolve_train(db: Database, spec: Train) -> ResolvedTrain:
    """Decide on this machine, now; of a fork, what its parent decided where the settings behind it are the same.

    Raises StorageError.
    """
    resolved = _decided_now(db, spec)
    return resolved if spec.fork is None else forks.inherited(resolved, spec, forks.fork_point(db, spec.fork))


def _decided_now(db: Database, spec: Train) -> ResolvedTrain:
    common = resolve_common(db, spec)
    return ResolvedTrain(
        **dict(common),
        micro_batch=_micro_batch(db, spec, common),
        learning_rate=resolve_learning_rate(spec, common.model),
        budget=resolve_budget(spec, common.model),
    )


def _micro_batch(db: Database, spec: Train, common: Resolved) -> int:
    """What fits the memory with the examples there are."""
    if spec.optimizer.micro_batch != "auto":
        return spec.optimizer.micro_batch
    location = catalogue.locate(common.model, db.workspace)
    stats = data_stats.measure(
        data_stats.read(db, spec), spec, load_template(location).for_run(None, spec.data.enable_thinking)
    )
    return memory.micro_batch(spec, location, stats.longest if stats else None)
