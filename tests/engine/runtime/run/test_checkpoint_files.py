"""Checkpoints on disk, and which of them a run keeps."""

import errno
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from engine.runtime.run.checkpoint_files import (
    CheckpointPath,
    Content,
    checkpoint_paths,
    read,
    write,
)
from engine.runtime.run.checkpoints import CheckpointStore
from storage import runs
from storage.database import Database
from storage.errors import Damaged
from storage.manifests import MANIFEST, damage
from storage.records import Lease, Run
from tests import tiny

CONTENT = Content({"w": torch.arange(6.0).reshape(2, 3)}, {"w/exp_avg": torch.ones(2, 3)}, {"progress": {"step": 4}})
FILES = ["weights.safetensors", "optimizer.safetensors", "state.json", MANIFEST]


def quiet() -> None:
    """A heartbeat without effect."""


def at(root: Path, step: int = 4, attempt: int = 1) -> CheckpointPath:
    return CheckpointPath(root, step, attempt)


def test_what_cannot_be_written_whole_leaves_nothing(tmp_path: Path):
    def full() -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        write(at(tmp_path), CONTENT, full)
    assert not at(tmp_path).folder.exists()


def test_what_is_written_is_read(tmp_path: Path):
    size = write(at(tmp_path), CONTENT, quiet)
    copy = read(at(tmp_path))
    assert torch.equal(copy.weights["w"], CONTENT.weights["w"])
    assert torch.equal(copy.optimizer["w/exp_avg"], CONTENT.optimizer["w/exp_avg"])
    assert copy.state == CONTENT.state
    assert size == sum((at(tmp_path).folder / name).stat().st_size for name in FILES[:3])


def test_a_slow_disk_is_no_hung_worker(tmp_path: Path):
    """A heartbeat after each file, twice where it is large: it is written, then read again and forced to the disk."""
    heartbeats: list[int] = []
    write(at(tmp_path), CONTENT, lambda: heartbeats.append(len(list(at(tmp_path).folder.iterdir()))))
    assert heartbeats == [1, 2, 3, 3, 3]


def test_step_0_may_only_point_to_its_model(tmp_path: Path):
    write(at(tmp_path, 0), Content({}, {}, {"step": 0}), quiet)
    assert read(at(tmp_path, 0)).weights == {}


@pytest.mark.parametrize("name", FILES)
def test_a_checkpoint_that_lacks_a_file_is_torn(tmp_path: Path, name: str):
    write(at(tmp_path), CONTENT, quiet)
    (at(tmp_path).folder / name).unlink()
    with pytest.raises(Damaged):
        read(at(tmp_path))


@pytest.mark.parametrize("name", FILES)
def test_sizes_tell_a_checkpoint_that_was_cut(tmp_path: Path, name: str):
    write(at(tmp_path), CONTENT, quiet)
    assert damage(at(tmp_path).folder) is None
    file = at(tmp_path).folder / name
    file.write_bytes(file.read_bytes()[:-9])
    text = damage(at(tmp_path).folder)
    assert text is not None
    assert text[1] == {"folder": str(at(tmp_path).folder), "file": name}


@pytest.mark.parametrize("name", FILES)
def test_a_checkpoint_that_was_cut_is_torn(tmp_path: Path, name: str):
    write(at(tmp_path), CONTENT, quiet)
    file = at(tmp_path).folder / name
    file.write_bytes(file.read_bytes()[:-9])
    with pytest.raises(Damaged):
        read(at(tmp_path))


def test_one_changed_byte_is_noticed(tmp_path: Path):
    write(at(tmp_path), CONTENT, quiet)
    file = at(tmp_path).folder / "weights.safetensors"
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)
    with pytest.raises(Damaged, match=r"weights\.safetensors"):
        read(at(tmp_path))


def test_what_a_killed_attempt_left_is_written_over(tmp_path: Path):
    at(tmp_path).folder.mkdir()
    (at(tmp_path).folder / "manifest.draft").write_text("{")
    write(at(tmp_path), CONTENT, quiet)
    assert read(at(tmp_path)).state == CONTENT.state


def test_places_come_newest_first(tmp_path: Path):
    for step, attempt in ((3, 1), (12, 1), (3, 2)):
        write(at(tmp_path, step, attempt), CONTENT, quiet)
    (tmp_path / "notes").mkdir()
    assert [(path.step, path.attempt) for path in checkpoint_paths(tmp_path)] == [(12, 1), (3, 2), (3, 1)]


@pytest.fixture
def row(db: Database, model: Path, pairs: str) -> Run:
    return tiny.submit(db, tiny.settings(model, pairs))


@pytest.fixture
def lease(row: Run, claim: Callable[[Run], Lease]) -> Lease:
    return claim(row)


def content(step: int) -> Content:
    return Content({"w": torch.tensor([float(step)])}, {}, {"step": step})


def listed(db: Database, lease: Lease) -> list[tuple[int, bool]]:
    return [(checkpoint.step, checkpoint.best) for checkpoint in runs.checkpoints(db, lease.run_id)]


def test_the_first_the_best_and_the_last_are_kept(db: Database, lease: Lease):
    checkpoints = CheckpointStore(db, lease, keep_last=2, heartbeat=quiet)
    for step in (0, 5, 10, 15, 20, 25):
        checkpoints.save(step, content(step), best=step in (0, 10))
    assert listed(db, lease) == [(0, False), (10, True), (20, False), (25, False)]
    folders = {path.step for path in checkpoint_paths(db.workspace.checkpoints(lease.run_id))}
    assert folders == {0, 10, 20, 25}


def test_what_another_run_was_made_from_is_kept_too(db: Database, lease: Lease, model: Path):
    checkpoints = CheckpointStore(db, lease, keep_last=1, heartbeat=quiet)
    for step in (5, 10):
        checkpoints.save(step, content(step), best=False)
        if step == 5:
            child = {**tiny.settings(model, "pairs"), "model": {"from": f"run:{lease.run_id}@5"}}
            tiny.submit(db, child)
    checkpoints.save(15, content(15), best=False)
    assert listed(db, lease) == [(5, False), (15, False)]
    assert {path.step for path in checkpoint_paths(db.workspace.checkpoints(lease.run_id))} == {5, 15}


def test_the_newest_whole_checkpoint_is_taken_and_torn_ones_are_forgotten(db: Database, lease: Lease):
    checkpoints = CheckpointStore(db, lease, keep_last=3, heartbeat=quiet)
    for step in (5, 10, 15):
        checkpoints.save(step, content(step), best=False)
    (CheckpointPath(db.workspace.checkpoints(lease.run_id), 15, lease.attempt).folder / "state.json").write_text("{}")
    newest = checkpoints.newest()
    assert newest is not None
    assert newest.state == {"step": 10}
    assert listed(db, lease) == [(5, False), (10, False)]
    assert {path.step for path in checkpoint_paths(db.workspace.checkpoints(lease.run_id))} == {5, 10}


def test_a_folder_whose_row_was_never_written_is_a_leftover(db: Database, lease: Lease):
    checkpoints = CheckpointStore(db, lease, keep_last=2, heartbeat=quiet)
    checkpoints.save(5, content(5), best=False)
    write(CheckpointPath(db.workspace.checkpoints(lease.run_id), 10, lease.attempt), content(10), quiet)
    newest = checkpoints.newest()
    assert newest is not None
    assert newest.state == {"step": 5}
    assert [path.step for path in checkpoint_paths(db.workspace.checkpoints(lease.run_id))] == [5]


def test_without_a_checkpoint_there_is_nothing_to_go_on_from(db: Database, lease: Lease):
    assert CheckpointStore(db, lease, keep_last=2, heartbeat=quiet).newest() is None
