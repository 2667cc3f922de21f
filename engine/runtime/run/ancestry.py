"""Where a run's weights come from: a model by name, and the checkpoints of the runs it descends from. No torch."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.models.model_folder import AncestorCheckpoint
from engine.spec import Train, parse
from engine.spec.blocks import Lora, Model
from storage import run_references
from storage.database import Database
from storage.errors import Invalid, NotFound
from storage.records import Checkpoint
from storage.workspace import Workspace
from words import N_

WEIGHTS = "weights.safetensors"
Kept = tuple[dict[str, Any] | None, str]  # adapter and weights of a checkpoint, as a run's row has them
Planned = Mapping[str, Train]  # stages without a row yet, by the ids that stand for them


@dataclass(frozen=True)
class Ancestry:
    """The name of the model at the root, and the checkpoints since, oldest first."""

    root: str
    checkpoints: list[AncestorCheckpoint]
    references: list[str]  # the same checkpoints, as run:ID@STEP


def resolve_ancestry(db: Database, model: Model, planned: Planned | None = None) -> Ancestry:
    """The line of a model. Raises StorageError.

    `planned` is given before a run is launched: runs that have not ended are then taken to come to a checkpoint.
    """
    forebears: list[AncestorCheckpoint] = []
    rests_on: list[str] = []
    while (start := model.from_) is not None:
        stage = (planned or {}).get(start.removeprefix("run:"))
        if stage is not None:
            model = stage.model
            continue
        run, checkpoint = run_references.follow(db, start)
        model = parse(run.spec).model
        if checkpoint is not None:
            forebears += _weights(checkpoint, model)
            rests_on.append(run_references.pinned(run, checkpoint))
        elif planned is None:
            text = N_("The run {id} has not ended, so it is not known yet what to start from.")
            raise Invalid(text, id=run.id)
    assert model.name is not None
    return Ancestry(model.name, forebears[::-1], rests_on[::-1])


def to_json(workspace: Workspace, ancestors: Iterable[AncestorCheckpoint]) -> list[Kept]:
    """The checkpoints as plain JSON for a run's row."""
    return [
        (ancestor.adapter.model_dump() if ancestor.adapter else None, workspace.to_relative(ancestor.weights))
        for ancestor in ancestors
    ]


def from_json(workspace: Workspace, ancestors: Iterable[Kept]) -> list[AncestorCheckpoint]:
    """What `to_json` wrote down."""
    return [
        AncestorCheckpoint(Lora(**adapter) if adapter else None, workspace.to_absolute(weights))
        for adapter, weights in ancestors
    ]


def _weights(checkpoint: Checkpoint, model: Model) -> list[AncestorCheckpoint]:
    """What the checkpoint puts in: nothing at step 0 without an adapter, which is the model the run started from."""
    weights = checkpoint.path / WEIGHTS
    if weights.exists():
        return [AncestorCheckpoint(model.adapter if isinstance(model.adapter, Lora) else None, weights)]
    if checkpoint.step == 0:
        return []
    text = N_("The checkpoint of step {step} of the run {id} has lost its weights: {file} is not there.")
    raise NotFound(text, step=checkpoint.step, id=checkpoint.run_id, file=str(weights))
