"""Makes issue-2.db, a database of the schema as it was when that part was finished, with a few rows of every sort.

Run once per schema, then left alone: `python -P -m tests.storage.databases.make NAME.db`.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from storage import dataset_writes, metrics, queue, runs, samples
from storage.database import connect
from storage.records import Item, Preference, Response, Sample
from storage.workspace import Workspace

HERE = Path(__file__).parent


def main(name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder))
        fill(workspace)
        shutil.copyfile(workspace.root / "alignlab.db", HERE / name)


def fill(workspace: Workspace) -> None:
    """One dataset with a version, one run that ran, one that waits for it."""
    db = connect(workspace)
    dataset_writes.create(db, "weather", "pairs", 100.0)
    messages = ({"role": "user", "content": "今天天气怎么样？"},)
    responses = (Response("r1", "很高兴为您解答，今天晴。"), Response("r2", "自己看。"))
    item = Item("", messages, responses, (Preference("r1", "r2"),), topic="weather", tags=("zh",))
    dataset_writes.add_item(db, "weather", item, 101.0)
    version = dataset_writes.freeze(db, "weather", 102.0)
    spec = {"algorithm": "dpo", "data": {"dataset": "weather", "version": version.hash}}
    run = runs.create(db, spec=spec, kind="train", algorithm="dpo", lane="train", name="first", now=103.0)
    runs.create(db, spec={}, kind="evaluate", algorithm=None, lane="light", name="then", now=104.0, waits_for=run.id)
    lease = queue.claim(db, host="here", device="cpu", lane="train", seconds=60.0, now=105.0)
    assert lease is not None
    metrics.write(db, lease, [(step, {"loss": 1 / (1 + step), "kl": float("nan")}, 106.0 + step) for step in range(20)])
    samples.add(db, lease, [Sample(run.id, 10, 1, 0, 0, messages, "今天晴。", {"polite": 0.5}, 5, True)])
    folder = workspace.checkpoints(run.id) / "10-a1"
    runs.record_checkpoint(db, lease, step=10, path=folder, size=1024, best=True, now=120.0)
    queue.finish(db, lease, "failed", now=130.0, reason=("The disk is full.", {}))
    db.close()
    assert not (workspace.root / "alignlab.db-wal").exists(), "the last one to close it folds the log into the file"


if __name__ == "__main__":
    main(sys.argv[1])
