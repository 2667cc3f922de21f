"""Runs that wait for another one: what its end does to them, and who ended a run."""

import json
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from storage import queue, runs
from storage.database import Database
from storage.errors import Invalid
from storage.records import Lease, Run

MakeRun = Callable[..., Run]


def test_success_queues_those_that_wait(db: Database, lease: Lease, make_run: MakeRun):
    child = make_run(waits_for=lease.run_id)
    queue.finish(db, lease, "succeeded", now=110.0)
    assert runs.get(db, child.id).state == "queued"
    assert make_run(waits_for=lease.run_id).state == "queued", "also one that comes too late to wait"


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("failed", "The run {id} that it waited for failed."),
        ("stopped", "The run {id} that it waited for was stopped."),
    ],
)
def test_a_parent_that_does_not_succeed_stops_the_whole_chain(
    db: Database, lease: Lease, make_run: MakeRun, state: str, sentence: str
):
    child = make_run(waits_for=lease.run_id)
    grandchild = make_run(waits_for=child.id)
    unrelated = make_run()
    queue.finish(db, lease, state, now=110.0)
    assert runs.get(db, child.id).state == "stopped"
    assert runs.get(db, child.id).reason == (sentence, {"id": lease.run_id})
    assert runs.get(db, grandchild.id).reason == ("The run {id} that it waited for was stopped.", {"id": child.id})
    assert runs.get(db, unrelated.id).state == "queued"
    assert [runs.get(db, run.id).ended_by for run in (child, grandchild, unrelated)] == ["parent", "parent", None]


def test_a_paused_parent_keeps_its_children_waiting(db: Database, lease: Lease, make_run: MakeRun):
    child = make_run(waits_for=lease.run_id)
    queue.finish(db, lease, "paused", now=110.0)
    assert runs.get(db, child.id).state == "waiting"


def test_a_child_that_a_person_paused_stays_paused_when_its_parent_succeeds(
    db: Database, lease: Lease, make_run: MakeRun
):
    child = make_run(waits_for=lease.run_id)
    queue.request(db, child.id, "pause", 105.0)
    queue.finish(db, lease, "succeeded", now=110.0)
    assert runs.get(db, child.id).state == "paused"
    assert queue.resume(db, child.id, 120.0).state == "queued"


def test_a_stopped_child_cannot_be_resumed_before_its_parent(db: Database, make_run: MakeRun):
    parent = make_run()
    child = make_run(waits_for=parent.id)
    queue.request(db, parent.id, "stop", 101.0)
    with pytest.raises(Invalid, match=f"waits for the run {parent.id}"):
        queue.resume(db, child.id, 102.0)


@pytest.mark.parametrize("state", ["failed", "stopped"])
def test_resuming_a_run_brings_back_those_that_its_end_had_stopped(
    db: Database, lease: Lease, make_run: MakeRun, state: str
):
    child = make_run(waits_for=lease.run_id)
    grandchild = make_run(waits_for=child.id)
    by_hand = make_run(waits_for=lease.run_id)
    queue.request(db, by_hand.id, "stop", 105.0)
    queue.finish(db, lease, state, now=110.0)
    queue.resume(db, lease.run_id, 120.0)
    for one in (child, grandchild):
        back = runs.get(db, one.id)
        assert (back.state, back.reason, back.ended_by, back.finished_at) == ("waiting", None, None, None)
    assert runs.events(db, child.id)[-1].text == ("waiting", {})
    assert runs.get(db, by_hand.id).state == "stopped", "a person stopped that one"


def test_who_ended_a_run_decides_whether_it_comes_back_and_not_the_sentence(
    db: Database, lease: Lease, make_run: MakeRun
):
    orphan, by_hand = make_run(waits_for=lease.run_id), make_run(waits_for=lease.run_id)
    queue.request(db, by_hand.id, "stop", 105.0)
    queue.finish(db, lease, "failed", now=110.0)
    reworded = sa.text("UPDATE runs SET reason = CASE id WHEN :id THEN NULL ELSE :reason END WHERE state = 'stopped'")
    with db.write() as connection:
        reason = json.dumps(["The run {id} that it waited for failed.", {"id": lease.run_id}])
        connection.execute(reworded, {"id": orphan.id, "reason": reason})
    queue.resume(db, lease.run_id, 120.0)
    assert [runs.get(db, run.id).state for run in (orphan, by_hand)] == ["waiting", "stopped"]


@pytest.mark.parametrize(
    ("request_", "state", "ended_by"),
    [
        (None, "succeeded", "engine"),
        ("stop", "succeeded", "engine"),
        (None, "failed", "engine"),
        ("stop", "failed", "engine"),
        ("stop", "stopped", "person"),
        (None, "stopped", "engine"),
        ("pause", "paused", None),
    ],
)
def test_it_is_kept_who_ended_a_run(db: Database, lease: Lease, request_: str | None, state: str, ended_by: str | None):
    assert runs.get(db, lease.run_id).ended_by is None
    if request_ is not None:
        queue.request(db, lease.run_id, request_, 105.0)
    queue.finish(db, lease, state, now=110.0)
    assert runs.get(db, lease.run_id).ended_by == ended_by


def test_a_run_that_is_stopped_in_the_queue_was_ended_by_a_person(db: Database, make_run: MakeRun):
    assert queue.request(db, make_run().id, "stop", 101.0).ended_by == "person"
    assert queue.request(db, make_run().id, "pause", 101.0).ended_by is None


def test_a_stop_that_a_dying_worker_leaves_behind_is_still_a_persons(db: Database, lease: Lease):
    queue.request(db, lease.run_id, "stop", 105.0)
    queue.requeue(db, lease, now=110.0)
    assert (runs.get(db, lease.run_id).state, runs.get(db, lease.run_id).ended_by) == ("stopped", "person")
