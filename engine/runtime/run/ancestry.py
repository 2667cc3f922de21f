"""Where a run's weights come from: a model by name, and the checkpoints of the runs it descends from. No torch."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.models.model_folder import AncestorCheckpoint
from engine.spec import RunSpec, parse
from engine.spec.blocks import Lora, Model
from engine.spec.resolved import Ancestor
from storage import manifests, run_references
from storage.database import Database
from storage.errors import Damaged, Invalid, NotFound
from storage.records import Checkpoint
from storage.workspace import Workspace
from words import N_

WEIGHTS = "weights.safetensors"
Planned = Mapping[str, RunSpec]  # stages without a row yet, by the ids that stand for them


@dataclass(frozen=True)
class Ancestry:
    """The name of the model at the root, and the checkpoints since, oldest first."""

    root: str
    checkpoints: list[AncestorCheckpoint]
    references: list[str]  # the same checkpoints, as run:ID@STEP


def resolve_ancestry(db: Database, model: Model, planned: Planned | None = None) -> Ancestry:
    """The ancestry of a model. Raises StorageError.

    `planned` is given before a run is launched: runs that have not ended are then taken to come to a checkpoint.
    """
    checkpoints: list[AncestorCheckpoint] = []
    references: list[str] = []
    while (start := model.from_) is not None:
        stage = (planned or {}).get(start.removeprefix("run:"))
        if stage is not None:
            model = stage.model
            continue
        run, checkpoint = run_references.follow(db, start)
        model = parse(run.spec, RunSpec).model
        if checkpoint is not None:
            checkpoints += _weights(checkpoint, model)
            references.append(run_references.pinned(run, checkpoint))
        elif planned is None:
            text = N_("The run {id} has not ended, so it is not known yet what to start from.")
            raise Invalid(text, id=run.id)
    assert model.name is not None
    return Ancestry(model.name, checkpoints[::-1], references[::-1])


def to_row(workspace: Workspace, checkpoints: Iterable[AncestorCheckpoint]) -> list[Ancestor]:
    """The checkpoints as a run's row has them: the workspace may be moved."""
    return [Ancestor(checkpoint.adapter, workspace.to_relative(checkpoint.weights)) for checkpoint in checkpoints]


def from_row(workspace: Workspace, ancestors: Iterable[Ancestor]) -> list[AncestorCheckpoint]:
    """The checkpoints that a run's row names."""
    return [AncestorCheckpoint(ancestor.adapter, workspace.to_absolute(ancestor.weights)) for ancestor in ancestors]


def _weights(checkpoint: Checkpoint, model: Model) -> list[AncestorCheckpoint]:
    """What the checkpoint puts in: nothing at step 0 without an adapter, which is the model the run started from."""
    weights = checkpoint.path / WEIGHTS
    if weights.exists():
        if (checkpoint.path / manifests.MANIFEST).exists() and (text := manifests.damage(checkpoint.path)):
            raise Damaged(text[0], **text[1])
        return [AncestorCheckpoint(model.adapter if isinstance(model.adapter, Lora) else None, weights)]
    if checkpoint.step == 0:
        return []
    msgid = N_("The checkpoint of step {step} of the run {id} has lost its weights: {file} is not there.")
    raise NotFound(msgid, step=checkpoint.step, id=checkpoint.run_id, file=str(weights))
