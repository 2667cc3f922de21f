"""Makes the kept databases: issue-2.db has a few rows of every sort, schema-NNNN-linked.db has runs made from runs.

Run once per schema, by the code of that schema, then left alone: `python -P -m tests.storage.databases.make NAME.db`.
"""

import shutil
import sqlite3
import sys
import tempfile
from pathlib import Path
from typing import Any

from storage import attempt_writes, dataset_writes, metrics, queue, run_writes, samples
from storage.database import Database, connect
from storage.records import Item, Lease, Preference, Response, Run, Sample
from storage.workspace import Workspace

HERE = Path(__file__).parent


def main(name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder))
        if name.endswith("-linked.db"):
            fill_linked(workspace)
        else:
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
    run = run_writes.create(db, spec=spec, kind="train", algorithm="dpo", lane="train", name="first", now=103.0)
    run_writes.create(
        db, spec={}, kind="evaluate", algorithm=None, lane="light", name="then", now=104.0, waits_for=run.id
    )
    lease = queue.claim(db, host="here", device="cpu", lane="train", seconds=60.0, now=105.0)
    assert lease is not None
    metrics.write(db, lease, [(step, {"loss": 1 / (1 + step), "kl": float("nan")}, 106.0 + step) for step in range(20)])
    samples.add(db, lease, [Sample(run.id, 10, 1, 0, 0, messages, "今天晴。", {"polite": 0.5}, 5, True)])
    folder = workspace.checkpoints(run.id) / "10-a1"
    attempt_writes.record_checkpoint(db, lease, step=10, path=folder, size=1024, best=True, now=120.0)
    queue.finish(db, lease, "failed", now=130.0, reason=("The disk is full.", {}))
    _close(db)


def fill_linked(workspace: Workspace) -> None:
    """Runs that take from other runs, wait for them, and ended in each of the ways in which a run ends."""
    db = connect(workspace)
    sft = _enter(db, "asft", "温和 SFT", model={"name": "Starter-Small"})
    _checkpoints(db, _claim(db, sft), 0, 50)
    judge = _enter(db, "ajudge", "judge", "reward", model={"from": "run:asft@50"})
    lease = _claim(db, judge)
    queue.resolve(db, lease, {"rests_on": ["run:asft@50"], "scorers": {}})
    _checkpoints(db, lease, 10)
    taken = {"model": {"from": "run:asft@50"}, "reward": [{"kind": "learned", "from": "run:ajudge@10"}]}
    lease = _claim(db, _enter(db, "appo", "Policy", "ppo", **taken))
    origin = {"model": "starter", "rests_on": ["run:asft@0", "run:ajudge@10"]}
    queue.resolve(db, lease, {"rests_on": ["run:asft@50"], "scorers": {"ajudge": origin}})
    _enter(db, "agrpo", "then", "grpo", waits_for="appo", model={"from": "run:appo"})
    _enter(db, "aturn", "in its turn", waits_for="appo")
    failing = _claim(db, _enter(db, "afail", "fails"))
    _enter(db, "aorphan", "orphan", waits_for="afail", model={"from": "run:afail"})
    _enter(db, "agrandchild", "orphan of an orphan", waits_for="aorphan")
    _enter(db, "abyhand", "stopped by hand", waits_for="afail")
    queue.request(db, "abyhand", "stop", 120.0)
    queue.finish(db, failing, "failed", now=130.0, reason=("The disk is full.", {}))
    stopped = _claim(db, _enter(db, "astopped", "stopped while it ran"))
    queue.request(db, "astopped", "stop", 140.0)
    queue.finish(db, stopped, "stopped", now=141.0)
    odd: dict[str, Any] = {"data": "other", "model": None, "reward": {"from": 3}, "parts": [{"from": "run:gone@7"}]}
    about = {"kind": "train", "algorithm": None, "lane": "train", "origin": "imported"}
    run_writes.create(db, id="aodd", spec=odd, name="other trainer", now=150.0, **about)
    _close(db)
    small = sqlite3.connect(workspace.root / "alignlab.db")
    for statement in ("PRAGMA journal_mode = DELETE", "PRAGMA page_size = 1024", "VACUUM", "PRAGMA journal_mode = WAL"):
        small.execute(statement)
    small.close()


def _enter(
    db: Database, run_id: str, name: str, algorithm: str = "dpo", waits_for: str | None = None, **blocks: Any
) -> Run:
    spec = {"data": {"dataset": "Polite-Weather", "version": "latest"}, "model": {"name": "starter"}, **blocks}
    about = {"kind": "train", "algorithm": algorithm, "lane": "train", "waits_for": waits_for}
    return run_writes.create(db, id=run_id, name=name, spec=spec, now=103.0, **about)


def _claim(db: Database, run: Run) -> Lease:
    lease = queue.claim_run(db, run.id, host="here", device=run.id, seconds=60.0, now=105.0)
    assert lease is not None
    return lease


def _checkpoints(db: Database, lease: Lease, *steps: int) -> None:
    """The run comes to these checkpoints, and to its end."""
    for step in steps:
        folder = db.workspace.checkpoints(lease.run_id) / f"{step}-a1"
        attempt_writes.record_checkpoint(db, lease, step=step, path=folder, size=1, best=False, now=110.0)
    queue.finish(db, lease, "succeeded", now=115.0)


def _close(db: Database) -> None:
    db.close()
    assert not (db.workspace.root / "alignlab.db-wal").exists(), "the last one to close it folds the log into the file"


if __name__ == "__main__":
    main(sys.argv[1])
