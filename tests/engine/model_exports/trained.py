"""A run with a checkpoint as training leaves one, without the training: every trained weight is moved a little."""

import time
from pathlib import Path
from typing import Any

import torch

from engine.models import catalogue
from engine.models.load import load_policy
from engine.runtime.run import ancestry
from engine.runtime.run.checkpoint_files import Content
from engine.runtime.run.checkpoints import CheckpointStore
from engine.spec import parse
from engine.spec.blocks import Lora, Model
from storage import queue, runs
from storage.database import Database
from storage.records import Run
from tests import tiny

LORA = {"kind": "lora", "rank": 4}
STEP = 5


def trained(db: Database, base: Path, algorithm: str, adapter: Any = "none", **blocks: Any) -> Run:
    """A running run of the dataset `pairs` with a checkpoint of step 0, and one of step 5 that differs from it."""
    settings = tiny.settings(base, "pairs", algorithm=algorithm)
    origin = blocks.pop("model", {"name": str(base)})
    row = tiny.submit(db, {**settings, **blocks, "model": {**origin, "adapter": adapter}})
    lease = queue.claim_run(db, row.id, host=row.id, device="cpu", seconds=600, now=time.time())
    assert lease is not None
    spec = parse(row.spec)
    lineage = ancestry.resolve_ancestry(db, spec.model)
    policy = load_policy(
        catalogue.locate(lineage.root, db.workspace),
        adapter=spec.model.adapter,
        device="cpu",
        seed=0,
        head=spec.head,
        ancestors=lineage.checkpoints,
    )
    checkpoints = CheckpointStore(db, lease, keep_last=3, heartbeat=lambda: None)
    first = policy.weights() if isinstance(spec.model.adapter, Lora) else {}
    checkpoints.save(0, Content(first, {}, {}), best=False)
    generator = torch.Generator().manual_seed(len(algorithm))
    with torch.no_grad():
        for weight in policy.trainable().values():
            weight.add_(0.05 * torch.randn(weight.shape, generator=generator))
    checkpoints.save(STEP, Content(policy.weights(), {}, {}), best=True)
    return runs.get(db, row.id)


def descends_from(run: Run) -> dict[str, Any]:
    """The model block of a run that starts from another one's checkpoint."""
    return Model.model_validate({"from": f"run:{run.id}@{STEP}"}).model_dump(by_alias=True, exclude={"adapter"})
