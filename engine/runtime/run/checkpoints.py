"""Which checkpoints a run has: saving one, finding the newest that is whole, deleting what is no longer needed.

The row of a checkpoint is written after its manifest, so a folder without a row is a leftover of a killed attempt.
"""

import logging
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from engine.runtime.run.checkpoint_files import (
    CheckpointPath,
    Content,
    checkpoint_paths,
    read,
    write,
)
from storage import attempt_writes, run_references, runs
from storage.database import Database
from storage.errors import Damaged
from storage.records import Checkpoint, Lease

log = logging.getLogger(__name__)


class CheckpointStore:
    """The checkpoints of one run, as one attempt sees them.

    Kept are step 0, the best, the last few, and those that other runs were made from.
    """

    def __init__(self, db: Database, lease: Lease, *, keep_last: int, heartbeat: Callable[[], None]) -> None:
        self._db = db
        self._heartbeat = heartbeat
        self._lease = lease
        self._keep_last = keep_last
        self._root: Path = db.workspace.checkpoints(lease.run_id)

    def newest(self) -> Content | None:
        """The newest whole checkpoint. Everything newer is deleted: the run goes on from here."""
        checkpoints = self._listed()
        content = None
        while checkpoints and content is None:
            content = self._whole(checkpoints[-1])
            if content is None:
                attempt_writes.forget_checkpoint(self._db, self._lease, checkpoints.pop())
        self._sweep()
        return content

    def save(self, step: int, content: Content, *, best: bool) -> None:
        """Write a checkpoint and list it, then delete those that are no longer needed."""
        path = CheckpointPath(self._root, step, self._lease.attempt)
        size = write(path, content, self._heartbeat)
        attempt_writes.record_checkpoint(
            self._db, self._lease, step=step, path=path.folder, size=size, best=best, now=time.time()
        )
        needed = {0} | run_references.relied_on(self._db, self._lease.run_id)
        for old in self._listed()[: -self._keep_last]:
            if not old.best and old.step not in needed:
                attempt_writes.forget_checkpoint(self._db, self._lease, old)
        self._sweep()

    def _listed(self) -> list[Checkpoint]:
        return runs.checkpoints(self._db, self._lease.run_id)

    def _whole(self, checkpoint: Checkpoint) -> Content | None:
        try:
            return read(CheckpointPath(self._root, checkpoint.step, checkpoint.attempt))
        except Damaged as damage:
            log.warning("checkpoint passed over: %s", damage)
            return None

    def _sweep(self) -> None:
        """Delete the folders that no row lists."""
        rows = {(checkpoint.step, checkpoint.attempt) for checkpoint in self._listed()}
        for path in checkpoint_paths(self._root):
            if (path.step, path.attempt) not in rows:
                shutil.rmtree(path.folder)
