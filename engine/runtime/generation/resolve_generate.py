"""Decides what a generate run leaves open: beside what every run decides, where its second model comes from."""

from engine.runtime.run import ancestry
from engine.runtime.run.resolve import resolve_common
from engine.spec import Generate
from engine.spec.blocks import Model
from engine.spec.resolved import ResolvedGenerate, SecondModel
from storage.database import Database


def resolve_generate(db: Database, spec: Generate) -> ResolvedGenerate:
    """Decide on this machine, now. Raises StorageError."""
    against = None if spec.against is None else _second(db, spec.against)
    return ResolvedGenerate(**dict(resolve_common(db, spec)), against=against)


def _second(db: Database, model: Model) -> SecondModel:
    lineage = ancestry.resolve_ancestry(db, model)
    return SecondModel(
        model=lineage.root,
        ancestors=ancestry.to_row(db.workspace, lineage.checkpoints),
        rests_on=lineage.references,
    )
