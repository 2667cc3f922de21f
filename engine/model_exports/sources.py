"""What an export starts from: a checkpoint, the weights that lie under it, and the run that wrote it. No torch.

Left out: loading it (`engine.runtime.run.checkpoint_policy`) and writing it (`folders`).
"""

from dataclasses import dataclass
from pathlib import Path

from engine.models import catalogue
from engine.models.model_folder import AncestorCheckpoint, Location
from engine.runtime.run import ancestry
from engine.spec import Train, parse
from engine.spec.answers import ModelForm
from engine.spec.blocks import Lora, Model
from storage import run_references, runs
from storage.database import Database
from storage.errors import Invalid
from storage.records import Checkpoint, CheckpointReference, Run
from words import N_


@dataclass(frozen=True)
class Source:
    """A checkpoint with all that makes its weights. `own` is None at a step 0 that holds no weights of its own."""

    run: Run
    spec: Train
    checkpoint: Checkpoint
    location: Location  # the model at the root
    before: tuple[AncestorCheckpoint, ...]  # of earlier runs, oldest first
    own: AncestorCheckpoint | None
    lineage: tuple[Run, ...]  # the runs that it descends from, oldest first
    merges: bool  # whether its adapter is put into the weights that it changes

    @property
    def reference(self) -> str:
        """The checkpoint as a run file names it."""
        return run_references.pinned(self.run, self.checkpoint)

    @property
    def is_reward_model(self) -> bool:
        """Whether it gives a score to an answer."""
        return "scalar_head" in self.spec.needs

    @property
    def has_adapter(self) -> bool:
        """Whether the run trained an adapter beside the weights that it changes."""
        return _is_adapter(self.own)

    @property
    def form(self) -> ModelForm:
        """What the exported folder holds."""
        if self.has_adapter and not self.merges:
            return "reward_adapter" if self.is_reward_model else "adapter"
        return "reward_model" if self.is_reward_model else "model"

    @property
    def base(self) -> str:
        """What an adapter's folder calls the model it belongs to: an id of the hub, or the folder it was read from."""
        name = self.location.name
        return name if "/" in name and not Path(name).is_absolute() else str(self.location.folder)


def find(db: Database, reference: str, *, merge: bool) -> Source:
    """The source that `reference` names. Raises StorageError or ModelProblem where it cannot be exported this way."""
    run, checkpoint = run_references.exportable(db, reference)
    start = Model.model_validate({"from": run_references.pinned(run, checkpoint)})
    lineage = ancestry.resolve_ancestry(db, start)
    is_own = [ancestor.weights.parent == checkpoint.path for ancestor in lineage.checkpoints]
    own = lineage.checkpoints[-1] if any(is_own) else None
    source = Source(
        run,
        parse(run.spec),
        checkpoint,
        catalogue.locate(lineage.root, db.workspace),
        tuple(lineage.checkpoints[:-1] if own else lineage.checkpoints),
        own,
        tuple(_run(db, name) for name in lineage.references[:-1]),
        merges=merge and _is_adapter(own),
    )
    _check(source)
    return source


def _is_adapter(weights: AncestorCheckpoint | None) -> bool:
    return weights is not None and isinstance(weights.adapter, Lora)


def _run(db: Database, reference: str) -> Run:
    parsed = CheckpointReference.parse(reference)
    assert parsed is not None
    return runs.get(db, parsed.run)


def _check(source: Source) -> None:
    if source.is_reward_model and source.own is None:
        raise Invalid(N_("The run {id} has learned nothing yet: it scores all answers alike."), id=source.run.id)
    if source.has_adapter and source.before and not source.merges:
        msgid = N_(
            "The adapter of the run {id} belongs to weights that an earlier run trained, so alone it would be of no "
            "use: export the merged model (--merge)."
        )
        raise Invalid(msgid, id=source.run.id)
