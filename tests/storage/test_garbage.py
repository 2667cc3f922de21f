"""What `clean` may delete: nothing that a row names, nothing young."""

import os
from pathlib import Path

import sqlalchemy as sa

from storage import attempt_writes, dataset_writes, garbage, queue, run_writes
from storage.database import Database, connect
from storage.records import Item
from storage.workspace import Workspace

NOW = 1_800_000_000.0
LONG_AGO = NOW - 10_000


def made(path: Path, at: float = LONG_AGO) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"12345")
    for touched in (path, path.parent):
        os.utime(touched, (at, at))
    return path


def a_run(db: Database) -> str:
    return run_writes.create(db, spec={}, kind="train", algorithm="dpo", lane="train", name="x", now=NOW).id


def found(db: Database) -> dict[Path, int]:
    return {leftover.path: leftover.bytes for leftover in garbage.find(db, NOW)}


def test_files_without_a_row_are_found_and_others_stay(tmp_path: Path):
    db = connect(Workspace(tmp_path))
    known = a_run(db)
    log = made(db.workspace.log(known))
    orphan = made(db.workspace.log("gone"))
    unfinished = made(db.workspace.checkpoints(known) / "5-a1" / "weights.safetensors")
    version = made(db.workspace.datasets / "0123.parquet")
    assert found(db) == {orphan.parent: 5, unfinished.parent: 5, version: 5}
    garbage.remove(garbage.find(db, NOW))
    assert found(db) == {}
    assert log.exists()


def test_what_a_killed_process_was_writing_is_found(tmp_path: Path):
    db = connect(Workspace(tmp_path))
    run_id = a_run(db)
    whole = made(db.workspace.evaluations(run_id) / "5.npz")
    half = made(whole.with_name(".5.npz.0123"))
    version = made(db.workspace.datasets / ".0123.parquet.4567")
    model = made(db.workspace.models / ".fetched")
    assert found(db) == {half: 5, version: 5, model: 5}


def test_what_was_touched_just_now_stays(tmp_path: Path):
    db = connect(Workspace(tmp_path))
    made(db.workspace.datasets / "0123.parquet", at=NOW - 60)
    assert found(db) == {}


def test_a_recorded_checkpoint_stays_and_running_runs_are_left_alone(tmp_path: Path):
    db = connect(Workspace(tmp_path))
    lease = queue.claim_run(db, a_run(db), host="here", device="cpu", seconds=60, now=NOW)
    assert lease is not None
    kept = made(db.workspace.checkpoints(lease.run_id) / "5-a1" / "weights.safetensors")
    unrecorded = made(db.workspace.checkpoints(lease.run_id) / "9-a1" / "weights.safetensors")
    cache = made(db.workspace.cache / "logps.npz")
    attempt_writes.record_checkpoint(db, lease, step=5, path=kept.parent, size=5, best=False, now=NOW)
    assert found(db) == {}
    queue.finish(db, lease, "stopped", now=NOW)
    assert found(db) == {unrecorded.parent: 5, cache: 5}


def test_the_database_is_asked_as_often_for_many_runs_as_for_one(tmp_path: Path):
    db = connect(Workspace(tmp_path))
    statements: list[str] = []
    sa.event.listen(db.engine, "before_cursor_execute", lambda _c, _cursor, statement, *_: statements.append(statement))

    def count() -> int:
        statements.clear()
        garbage.find(db, NOW)
        return len(statements)

    made(db.workspace.checkpoints(a_run(db)) / "5-a1" / "weights.safetensors")
    once = count()
    for _ in range(3):
        made(db.workspace.checkpoints(a_run(db)) / "5-a1" / "weights.safetensors")
    assert count() == once


def test_the_quality_report_of_a_version_stays_as_long_as_the_version(tmp_path: Path):
    db = connect(Workspace(tmp_path))
    dataset_writes.create(db, "polite", "pairs", NOW)
    dataset_writes.add_item(db, "polite", Item("", ({"role": "user", "content": "How?"},)), NOW)
    version = dataset_writes.freeze(db, "polite", NOW).hash
    kept = made(db.workspace.datasets / f"{version}.quality.json")
    orphan = made(db.workspace.datasets / "0123.quality.json")
    assert found(db) == {orphan: 5}
    assert kept.exists()
