"""What a fork starts with: the content of its parent's checkpoint, fitted to the settings that it changes.

Left out: which checkpoint that is (`engine.runtime.run.forks`).
"""

from dataclasses import replace

from engine.runtime.run.checkpoint_files import CheckpointPath, Content, read
from engine.runtime.run.forks import fork_point
from engine.spec import Train, forks
from storage.database import Database


def forked_content(db: Database, spec: Train) -> Content | None:
    """What the fork goes on from; None for a run that is no fork. Raises StorageError.

    The fork evaluates its first step itself, so that its best is one of its own checkpoints, and its watch rules begin
    to count there.
    """
    if spec.fork is None:
        return None
    point = fork_point(db, spec.fork)
    checkpoint = point.checkpoint
    content = read(CheckpointPath(checkpoint.path.parent, checkpoint.step, checkpoint.attempt))
    progress = {**content.state["progress"], "evaluated": -1, "best": None, "rules": {}, "ended_early": None}
    source = dict(content.state["source"])
    if forks.drops_rollout(point.spec, spec):
        progress["done"] = 0
        source |= {"open": []} if "open" in source else {}
    if forks.drops_carry(point.spec, spec):
        source |= {"carry": {}} if "carry" in source else {}
    return replace(content, state={**content.state, "progress": progress, "source": source})
