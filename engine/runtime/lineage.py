"""Where a run's weights come from: a model by name, and the checkpoints of the runs it descends from. No torch."""

from engine.models.folder import Forebear
from engine.spec import parse
from engine.spec.blocks import Lora, Model
from engine.spec.text import N_
from storage import runs
from storage.database import Database
from storage.errors import NotFound
from storage.records import Checkpoint


def trace(db: Database, model: Model) -> tuple[str, list[Forebear]]:
    """The name of the model at the root, and the checkpoints since, oldest first. Raises NotFound."""
    found: list[Forebear] = []
    while model.from_ is not None:
        run_id, _, step = model.from_.removeprefix("run:").partition("@")
        run = runs.get(db, run_id)
        weights = _checkpoint(db, run.id, int(step) if step else None).path / "weights.safetensors"
        model = parse(run.spec).model
        if weights.exists():  # step 0 without an adapter is the model it started from
            found.append(Forebear(model.adapter if isinstance(model.adapter, Lora) else None, weights))
    assert model.name is not None
    return model.name, found[::-1]


def _checkpoint(db: Database, run_id: str, step: int | None) -> Checkpoint:
    """The checkpoint of that step, the newest for None."""
    kept = runs.checkpoints(db, run_id)
    fitting = [one for one in kept if step in (None, one.step)]
    if fitting:
        return fitting[-1]
    if not kept:
        raise NotFound(N_("The run {id} has no checkpoint to start from."), id=run_id)
    steps = ", ".join(str(number) for number in sorted({one.step for one in kept}))
    raise NotFound(
        N_("The run {id} has no checkpoint of step {step}; there are {steps}."), id=run_id, step=step, steps=steps
    )
