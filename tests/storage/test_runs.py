from collections.abc import Callable

import pytest

from storage import attempt_writes, queue, run_writes, runs
from storage.database import Database
from storage.errors import Ambiguous, Invalid, LeaseLost, NotFound
from storage.records import Lease, Run

MakeRun = Callable[..., Run]


def test_a_run_comes_back_as_it_was_made(db: Database, make_run: MakeRun):
    made = make_run("温和", spec={"beta": 0.1, "提示": [1, None]}, requested_by="mei", priority=2)
    assert runs.get(db, made.id) == made
    assert (made.state, made.attempt, made.step, made.fraction, made.resolved) == ("queued", 0, 0, 0.0, None)
    assert (made.spec, made.requested_by, made.created_at) == ({"beta": 0.1, "提示": [1, None]}, "mei", 100.0)


def test_runs_that_wait_for_each_other_enter_together_or_not_at_all(db: Database, make_run: MakeRun):
    before = make_run()
    rest = {"spec": {}, "kind": "train", "algorithm": "dpo", "lane": "train"}
    first, second = run_writes.enqueue(
        db,
        [{"id": "afirst", "name": "first", **rest}, {"name": "second", "waits_for": "afirst", **rest}],
        now=100.0,
    )
    assert (first.id, first.state, second.waits_for, second.state) == ("afirst", "queued", "afirst", "waiting")
    assert before.position < first.position < second.position
    with pytest.raises(NotFound):
        run_writes.enqueue(
            db, [{"name": "third", **rest}, {"name": "fourth", "waits_for": "nobody", **rest}], now=101.0
        )
    assert len(runs.listing(db)) == 3, "the third left nothing"


def test_an_id_is_a_letter_and_nine_characters_that_nobody_misreads():
    ids = {run_writes.new_id() for _ in range(2000)}
    assert len(ids) == 2000
    for one in ids:
        assert len(one) == 10
        assert one[0].isalpha()
        assert set(one) <= set("0123456789abcdefghjkmnpqrstvwxyz")


def test_a_unique_beginning_of_the_id_is_enough(db: Database, make_run: MakeRun, monkeypatch: pytest.MonkeyPatch):
    ids = iter(["abc0000001", "abd0000001", "abd0000002"])
    monkeypatch.setattr(run_writes, "new_id", lambda: next(ids))
    for _ in range(3):
        make_run()
    assert runs.get(db, "abc").id == "abc0000001"
    assert runs.get(db, "abd0000002").id == "abd0000002"
    with pytest.raises(Ambiguous, match="Several runs begin with abd"):
        runs.get(db, "abd")
    for absent in ("x", "", "%", "abc0000001x"):
        with pytest.raises(NotFound):
            runs.get(db, absent)


def test_listing_is_newest_first_and_filtered(db: Database, make_run: MakeRun):
    make_run("old", now=1.0)
    make_run("new", now=2.0, kind="evaluate", lane="light", origin="imported")
    make_run("newer of the same second", now=2.0)
    assert [run.name for run in runs.listing(db)] == ["newer of the same second", "new", "old"]
    assert [run.name for run in runs.listing(db, kind="evaluate")] == ["new"]
    assert [run.name for run in runs.listing(db, limit=1)] == ["newer of the same second"]
    assert runs.listing(db, states=["running", "failed"]) == []
    assert len(runs.listing(db, states=["queued"])) == 3
    assert [run.name for run in runs.listing(db, origins=["imported", "live"])] == ["new"]
    other = make_run("other", now=3.0, algorithm="ppo", spec={"model": {"name": "tiny"}})
    assert runs.listing(db, algorithm="ppo") == runs.listing(db, model="tiny") == [other]
    assert runs.listing(db, algorithm="dpo", model="tiny") == []


def test_a_run_waits_for_another_one_that_must_exist(db: Database, make_run: MakeRun):
    first = make_run()
    assert make_run(waits_for=first.id).state == "waiting"
    with pytest.raises(NotFound, match="no run nobody"):
        make_run(waits_for="nobody")
    queue.request(db, first.id, "stop", 101.0)
    with pytest.raises(Invalid, match="did not succeed"):
        make_run(waits_for=first.id)


def test_events_tell_what_happened_in_order(db: Database, lease: Lease):
    attempt_writes.add_event(db, lease, "evaluation", 50, ("Best so far.", {}), now=110.0)
    queue.finish(db, lease, "failed", now=120.0, reason=("The disk is full: {path}.", {"path": "/"}))
    attempt, evaluation, end = runs.events(db, lease.run_id)
    assert (attempt.kind, attempt.attempt, attempt.at) == ("attempt", 1, 100.0)
    assert (evaluation.kind, evaluation.step, evaluation.text) == ("evaluation", 50, ("Best so far.", {}))
    assert (end.kind, end.text) == ("state", ("The disk is full: {path}.", {"path": "/"}))
    assert runs.events(db, lease.run_id, after=evaluation.id) == [end]


def test_a_note_is_kept_once_however_often_an_attempt_comes_upon_it(db: Database, lease: Lease):
    skipped = ("{count} rows are skipped. {cause}", {"count": 2, "cause": ["Too long.", {}]})
    for text in (skipped, ("The loss never moved.", {}), skipped):
        attempt_writes.add_note(db, lease, text, now=110.0)
    attempt_writes.add_event(db, lease, "evaluation", 50, ("Best so far.", {}), now=110.0)
    assert runs.notes(db, lease.run_id) == [skipped, ("The loss never moved.", {})]
    queue.finish(db, lease, "succeeded", now=120.0)
    with pytest.raises(LeaseLost):
        attempt_writes.add_note(db, lease, ("Too late.", {}), now=130.0)


def test_checkpoints_are_listed_by_step_and_only_one_is_the_best(db: Database, lease: Lease):
    folder = db.workspace.checkpoints(lease.run_id)
    for step in (50, 0, 100):
        path = folder / f"{step}-a1"
        attempt_writes.record_checkpoint(db, lease, step=step, path=path, size=10 * step, best=step != 100, now=110.0)
    found = runs.checkpoints(db, lease.run_id)
    assert [(one.step, one.best, one.bytes) for one in found] == [(0, True, 0), (50, False, 500), (100, False, 1000)]
    assert found[1].path == folder / "50-a1"
    attempt_writes.forget_checkpoint(db, lease, found[0])
    assert [one.step for one in runs.checkpoints(db, lease.run_id)] == [50, 100]
    assert [event.step for event in runs.events(db, lease.run_id) if event.kind == "checkpoint"] == [50, 0, 100]


def test_a_lost_lease_writes_neither_events_nor_checkpoints(db: Database, lease: Lease):
    queue.finish(db, lease, "stopped", now=110.0)
    before = runs.events(db, lease.run_id)
    with pytest.raises(LeaseLost, match=f"Attempt 1 no longer holds the run {lease.run_id}"):
        attempt_writes.add_event(db, lease, "evaluation", 1, None, now=111.0)
    with pytest.raises(LeaseLost):
        attempt_writes.record_checkpoint(
            db, lease, step=1, path=db.workspace.checkpoints(lease.run_id), size=1, best=True, now=111.0
        )
    assert runs.events(db, lease.run_id) == before
    assert runs.checkpoints(db, lease.run_id) == []
