"""Archived runs leave the lists; deleted ones take all that is theirs with them, rows first."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from storage import (
    attempt_writes,
    disk_usage,
    garbage,
    metrics,
    queue,
    run_label_writes,
    run_lists,
    run_removal_writes,
    run_removals,
    runs,
    samples,
    study_writes,
    tables,
)
from storage.database import Database
from storage.errors import Invalid, NotFound
from storage.records import Lease, Run, RunName, Sample
from storage.run_facets import EVERY_RUN, RunFacets
from storage.run_tags import TagChanges

MakeRun = Callable[..., Run]
Claim = Callable[..., Lease | None]
OWN = ("runs", "events", "checkpoints", "series", "points", "samples", "run_links", "run_tags")


def rows(db: Database) -> dict[str, int]:
    with db.read() as connection:
        return {name: connection.execute(sa.text(f"SELECT COUNT(*) FROM {name}")).scalar_one() for name in OWN}


@pytest.fixture
def trained(db: Database, lease: Lease) -> Run:
    """A run that ended, with something in every table and folder that a run has."""
    metrics.write(db, lease, [(step, {"loss": 1.0, "eval/reward": 0.5}, 1.0) for step in range(3)])
    samples.add(db, lease, [Sample(lease.run_id, 2, 1, 0, 0, ({"role": "user", "content": "?"},), "!", {}, 1, True)])
    folder = db.workspace.checkpoints(lease.run_id) / "2-a1"
    folder.mkdir(parents=True)
    (folder / "weights").write_bytes(b"w" * 1000)
    db.workspace.log(lease.run_id).write_text("log")
    attempt_writes.record_checkpoint(db, lease, step=2, path=folder, size=1000, best=True, now=2.0)
    run_label_writes.change_tags(db, [lease.run_id], TagChanges(added=("good",)))
    queue.finish(db, lease, "succeeded", now=3.0)
    return runs.get(db, lease.run_id)


def test_an_archived_run_is_in_no_list_until_it_comes_back(db: Database, trained: Run, make_run: MakeRun):
    other = make_run("other", now=200.0)
    queue.request(db, other.id, "stop", 201.0)
    assert run_removal_writes.archive(db, [trained.id, "gone"], 5.0) == [trained.id]
    assert run_removal_writes.archive(db, [trained.id], 6.0) == [], "it is archived already"
    assert [run.id for run in run_lists.search(db)] == [other.id]
    assert [run.id for run in run_lists.search(db, facets=RunFacets(archived=True))] == [trained.id]
    assert run_lists.count(db, facets=EVERY_RUN) == 2
    assert run_lists.with_steps(db) == []
    assert run_removal_writes.unarchive(db, [trained.id]) == [trained.id]
    assert run_lists.count(db) == 2


def test_an_archived_run_is_offered_in_no_field_and_in_no_queue(db: Database, make_run: MakeRun, claim: Claim):
    made = {name: make_run(name, algorithm=name) for name in ("dpo", "reward")}
    for state in ("paused", "succeeded"):
        lease = claim()
        assert lease is not None
        queue.finish(db, lease, state, now=101.0)
    paused, reward = (RunName(run.id, name) for name, run in made.items())

    def offered() -> tuple[list[RunName], list[str], list[RunName]]:
        in_queue = [run.id for run in run_lists.in_state(db, "paused")]
        return run_lists.startable_from(db), in_queue, run_lists.reward_models(db)

    assert offered() == ([paused], [paused.id], [reward])
    run_removal_writes.archive(db, [paused.id, reward.id], 5.0)
    assert offered() == ([], [], [])


def test_an_active_run_is_not_archived(db: Database, make_run: MakeRun):
    queued = make_run("in the queue")
    with pytest.raises(Invalid, match="can be archived: stop in the queue first"):
        run_removal_writes.archive(db, [queued.id], 5.0)


def test_an_archived_run_that_is_resumed_comes_back(db: Database, make_run: MakeRun):
    run = make_run()
    queue.request(db, run.id, "stop", 1.0)
    run_removal_writes.archive(db, [run.id], 2.0)
    assert queue.resume(db, run.id, 3.0).archived_at is None


def test_a_deleted_run_leaves_no_row_and_no_file(db: Database, trained: Run):
    assert all(count for name, count in rows(db).items() if name != "run_links")
    run_removal_writes.delete(db, [trained.id])
    assert rows(db) == dict.fromkeys(OWN, 0)
    assert not db.workspace.run_folder(trained.id).exists()
    with pytest.raises(NotFound):
        runs.get(db, trained.id)


def test_what_a_deletion_cannot_finish_is_garbage_without_a_row(
    db: Database, trained: Run, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(run_removal_writes.shutil, "rmtree", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run_removal_writes.delete(db, [trained.id])
    assert run_lists.is_empty(db)
    folder = db.workspace.run_folder(trained.id)
    (leftover,) = garbage.find(db, folder.stat().st_mtime + 10_000)
    assert (leftover.path, leftover.bytes) == (folder, 1003)


def test_a_running_run_is_not_deleted(db: Database, lease: Lease):
    with pytest.raises(Invalid, match="cannot be deleted: stop a run first"):
        run_removal_writes.delete(db, [lease.run_id])
    assert rows(db)["runs"] == 1


def test_a_run_that_others_rest_on_is_deleted_with_them_only(db: Database, trained: Run, make_run: MakeRun):
    spec = {"model": {"from": f"run:{trained.id}@2"}}
    child = make_run("its child", spec=spec, waits_for=trained.id)
    with pytest.raises(Invalid, match="Other runs rest on it: its child"):
        run_removal_writes.delete(db, [trained.id])
    assert run_removals.removal(db, [trained.id]).children == (RunName(child.id, "its child"),)
    assert run_removals.removal(db, [trained.id, child.id]).children == ()
    run_removal_writes.delete(db, [trained.id, child.id])
    assert rows(db) == dict.fromkeys(OWN, 0)


def test_what_depends_on_a_run_is_said_before(db: Database, trained: Run):
    study = study_writes.create(db, name="quartet", spec={}, now=1.0)
    with db.write() as connection:
        connection.execute(sa.text("UPDATE runs SET study_id = :study"), {"study": study.id})
    removal = run_removals.removal(db, [trained.id, "gone"])
    assert [run.id for run in removal.runs] == [trained.id]
    assert (removal.studies, removal.bytes, removal.running, removal.filled) == ({"quartet": 0}, 1003, [], ())


def test_the_disk_by_run_and_by_kind_of_files(db: Database, trained: Run, make_run: MakeRun):
    make_run("without files")
    usage = disk_usage.measure(db)
    (run,) = usage.runs
    assert (run.id, run.checkpoints, run.tokens, run.log, run.total) == (trained.id, 1000, 0, 3, 1003)
    assert usage.others["database"] > 0
    assert usage.total == 1003 + sum(usage.others.values())


def test_whatever_a_run_has_goes_with_its_row():
    staying = {
        (table.name, key.parent.name)
        for table in tables.Table.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column is tables.Run.__table__.c.id and key.ondelete != "CASCADE"
    }
    # by these a run names another one: a deletion takes them away by hand, or is refused
    assert staying == {("runs", "parent_run"), ("runs", "waits_for"), ("run_links", "parent")}
