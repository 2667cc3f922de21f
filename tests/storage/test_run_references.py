"""Which checkpoint a reference to a run means, and which ones must stay."""

from collections.abc import Callable

import pytest

from storage import attempt_writes, queue, run_references, runs
from storage.database import Database
from storage.errors import Invalid, NotFound
from storage.records import CheckpointReference, Lease, Run

MakeRun = Callable[..., Run]


@pytest.fixture
def parent(db: Database, lease: Lease) -> Run:
    """A running run with checkpoints of steps 0 and 50."""
    for step in (0, 50):
        path = db.workspace.checkpoints(lease.run_id) / f"{step}-a1"
        attempt_writes.record_checkpoint(db, lease, step=step, path=path, size=1, best=False, now=110.0)
    return runs.get(db, lease.run_id)


def test_the_newest_checkpoint_is_yet_to_come_until_the_run_has_ended(db: Database, parent: Run, lease: Lease):
    assert run_references.follow(db, f"run:{parent.id}") == (parent, None)
    queue.finish(db, lease, "stopped", now=120.0)
    ended, newest = run_references.follow(db, f"run:{parent.id[:5]}")
    assert newest is not None
    assert (newest.run_id, newest.step) == (parent.id, 50)
    assert run_references.pinned(ended, newest) == f"run:{parent.id}@50"


def test_a_step_that_is_named_is_there_or_an_error(db: Database, parent: Run):
    _, first = run_references.follow(db, f"run:{parent.id}@0")
    assert first is not None
    assert first.step == 0
    with pytest.raises(NotFound, match="no checkpoint of step 7; there are 0, 50"):
        run_references.follow(db, f"run:{parent.id}@7")


def test_a_run_that_ended_without_a_checkpoint_is_no_start(db: Database, make_run: MakeRun):
    run = make_run()
    queue.request(db, run.id, "stop", 101.0)
    for reference, error in ((f"run:{run.id}", "no checkpoint to start from"), ("run:zzz", "no run zzz")):
        with pytest.raises(NotFound, match=error):
            run_references.follow(db, reference)
    with pytest.raises(Invalid, match="starter must be written run:ID or run:ID@STEP"):
        run_references.follow(db, "starter")


def test_a_run_fed_from_elsewhere_never_comes_to_a_checkpoint(db: Database, make_run: MakeRun):
    with pytest.raises(NotFound, match="no checkpoint to start from"):
        run_references.follow(db, f"run:{make_run(origin='live').id}")


def test_checkpoints_that_settings_or_what_they_came_to_name_are_relied_on(
    db: Database, parent: Run, make_run: MakeRun, claim: Callable[..., Lease | None]
):
    make_run(spec={"model": {"from": f"run:{parent.id}@0"}})
    make_run(spec={"model": {"from": f"run:{parent.id}"}, "reward": [{"from": f"run:x{parent.id}@9"}]})
    assert run_references.relied_on(db, parent.id) == {0}
    lease = claim(device="cuda")
    assert lease is not None
    queue.resolve(db, lease, {"rests_on": [f"run:{parent.id}@50"]})
    assert run_references.relied_on(db, parent.id) == {0, 50}


@pytest.mark.parametrize("text", ["run:a1b2", "run:a1b2@0", "run:a1b2@50"])
def test_a_reference_is_written_as_it_was_read(text: str):
    assert str(CheckpointReference.parse(text)) == text


@pytest.mark.parametrize("text", ["", "a1b2", "run:", "run:a1b2@", "run:a1b2@x", "run:a1b2@5 "])
def test_other_texts_are_no_reference(text: str):
    assert CheckpointReference.parse(text) is None
