"""The life of a run: claims, leases, requests, order. The clock is the tests' own."""

from collections.abc import Callable, Sequence

import pytest

from storage import attempt_writes, queue, run_lists, runs
from storage.database import Database
from storage.errors import Invalid, LeaseLost, NotFound
from storage.records import Lease, Run, RunSummary
from tests.storage.processes import at_once, claim_one, drain

MakeRun = Callable[..., Run]
Claim = Callable[..., Lease | None]


def checkpoint(db: Database, lease: Lease, step: int) -> None:
    path = db.workspace.checkpoints(lease.run_id) / f"{step}-a{lease.attempt}"
    attempt_writes.record_checkpoint(db, lease, step=step, path=path, size=1, best=False, now=100.0)


def names(line: Sequence[RunSummary]) -> list[str]:
    return [run.name for run in line]


# claims and slots


def test_a_claim_takes_slot_and_lease_and_raises_the_attempt(db: Database, make_run: MakeRun, claim: Claim):
    run = make_run()
    lease = claim(now=200.0, seconds=60.0)
    assert lease == Lease(run.id, 1, "here/cpu/train")
    running = runs.get(db, run.id)
    assert (running.state, running.attempt, running.slot) == ("running", 1, "here/cpu/train")
    assert (running.started_at, running.lease_until) == (200.0, 260.0)


def test_nothing_to_claim_is_none(claim: Claim):
    assert claim() is None


def test_one_run_a_lane_and_device(make_run: MakeRun, claim: Claim):
    make_run("a")
    make_run("b")
    make_run("c", lane="light")
    assert claim() is not None
    assert claim() is None, "the slot is taken"
    assert claim("light") is not None, "another lane"
    assert claim(device="cuda:0") is not None, "another device"


def test_claims_go_by_priority_then_by_position(make_run: MakeRun, claim: Claim, db: Database):
    make_run("second")
    make_run("third")
    make_run("first", priority=1)
    assert names(runs.queue_order(db)) == ["first", "second", "third"]
    order = []
    while lease := claim():
        order.append(runs.get(db, lease.run_id).name)
        queue.finish(db, lease, "succeeded", now=101.0)
    assert order == ["first", "second", "third"]


def test_a_run_with_a_budget_in_seconds_runs_alone(make_run: MakeRun, claim: Claim, db: Database):
    make_run("timed", spec={"budget": {"seconds": 30}})
    make_run("light", lane="light")
    timed = claim()
    assert timed is not None
    assert claim("light") is None, "it holds the light slot too"
    queue.finish(db, timed, "succeeded", now=101.0)
    light = claim("light")
    assert light is not None
    make_run("timed again", spec={"budget": {"seconds": 30}})
    assert claim() is None, "it waits for the light slot"
    make_run("another lane", spec={"budget": {"steps": 30}})
    queue.finish(db, light, "succeeded", now=102.0)
    assert claim() is not None


def test_only_local_runs_are_claimed(make_run: MakeRun, claim: Claim, db: Database):
    for origin in ("imported", "live", "example"):
        run = make_run(origin=origin)
        assert queue.claim_run(db, run.id, host="here", device="cpu", seconds=60, now=100.0) is None
    assert claim() is None


def test_one_run_can_be_claimed_by_name_past_the_line(make_run: MakeRun, db: Database):
    make_run("first")
    mine = make_run("mine")

    def mine_now() -> Lease | None:
        return queue.claim_run(db, mine.id, host="here", device="cpu", seconds=60, now=100.0)

    assert mine_now() == Lease(mine.id, 1, "here/cpu/train")
    assert mine_now() is None, "it runs already"


@pytest.mark.slow
def test_four_workers_drain_a_hundred_runs_none_twice(db: Database, make_run: MakeRun):
    wanted = [make_run(f"run {number}").id for number in range(100)]
    done = at_once(drain, [(db.workspace, f"device {number}") for number in range(4)])
    assert sorted(run for worker in done for run in worker) == sorted(wanted)
    assert all(run.attempt == 1 for run in runs.listing(db))


@pytest.mark.slow
def test_of_four_engines_on_one_device_one_gets_to_run(db: Database, make_run: MakeRun):
    for number in range(8):
        make_run(f"run {number}")
    assert sorted(at_once(claim_one, [(db.workspace,)] * 4)) == [False, False, False, True]
    assert len(runs.listing(db, states=["running"])) == 1


# fencing


def test_every_write_of_a_lost_lease_is_refused(db: Database, lease: Lease, claim: Claim):
    queue.requeue(db, lease, now=110.0)
    newer = claim(now=111.0)
    assert newer == Lease(lease.run_id, 2, lease.slot)
    running = runs.get(db, lease.run_id)
    for write in (
        lambda: queue.renew(db, lease, seconds=60, now=112.0, step=7),
        lambda: queue.set_pid(db, lease, 42),
        lambda: queue.resolve(db, lease, {"device": "cpu"}),
        lambda: queue.finish(db, lease, "succeeded", now=112.0),
        lambda: queue.requeue(db, lease, now=112.0),
    ):
        with pytest.raises(LeaseLost):
            write()
    assert runs.get(db, lease.run_id) == running, "nothing was written"


def test_renewing_reports_progress_and_shows_a_request(db: Database, lease: Lease):
    queue.set_pid(db, lease, 42)
    run = queue.renew(db, lease, seconds=60, now=150.0, step=5, fraction=0.25, eta_seconds=30.0)
    assert (run.lease_until, run.step, run.fraction, run.eta_seconds, run.pid) == (210, 5, 0.25, 30, 42)
    run = queue.renew(db, lease, seconds=60, now=160.0)
    assert (run.lease_until, run.step, run.request) == (220.0, 5, None), "what is not said stays"
    queue.request(db, lease.run_id, "pause", 161.0)
    assert queue.renew(db, lease, seconds=60, now=162.0).request == "pause"


def test_the_first_answer_to_auto_stands(db: Database, lease: Lease, claim: Claim):
    assert queue.resolve(db, lease, {"micro_batch": 4}) == {"micro_batch": 4}
    queue.requeue(db, lease, now=110.0)
    second = claim()
    assert second is not None
    assert queue.resolve(db, second, {"micro_batch": 8}) == {"micro_batch": 4}
    assert runs.get(db, lease.run_id).resolved == {"micro_batch": 4}


# deaths


def test_a_lease_that_ran_out_is_freed_and_a_live_one_is_not(db: Database, make_run: MakeRun, claim: Claim):
    dead, alive = make_run("dead"), make_run("alive")
    claim(now=100.0, seconds=60.0)
    claim(now=100.0, seconds=90.0, device="cuda:0")
    assert queue.expire(db, 160.0) == []
    assert queue.expire(db, 161.0) == [dead.id]
    freed = runs.get(db, dead.id)
    assert (freed.state, freed.slot, freed.pid, freed.lease_until) == ("queued", None, None, None)
    assert freed.reason == ("The engine that ran it is gone.", {})
    assert runs.get(db, alive.id).state == "running"


def test_an_engine_can_spare_its_own_from_being_freed(db: Database, make_run: MakeRun, claim: Claim):
    ours, other = make_run("ours"), make_run("other")
    claim(now=100.0, seconds=60.0)
    claim(now=100.0, seconds=60.0, device="cuda:0")
    assert queue.expire(db, 161.0, spare={ours.id}) == [other.id]
    assert runs.get(db, ours.id).state == "running"


def test_a_requeued_run_has_its_old_place(db: Database, make_run: MakeRun, claim: Claim):
    make_run("first")
    make_run("second")
    lease = claim()
    assert lease is not None
    make_run("third")
    queue.requeue(db, lease, now=110.0, reason=("It was killed.", {}))
    assert names(runs.queue_order(db)) == ["first", "second", "third"]
    again = claim(now=120.0)
    assert again == Lease(lease.run_id, 2, lease.slot)
    run = runs.get(db, lease.run_id)
    assert (run.started_at, run.reason) == (100.0, None)


def test_three_attempts_without_a_checkpoint_fail_the_run(db: Database, make_run: MakeRun, claim: Claim):
    run = make_run()
    for _ in range(3):
        assert runs.get(db, run.id).state == "queued"
        lease = claim()
        assert lease is not None
        queue.requeue(db, lease, now=110.0)
    failed = runs.get(db, run.id)
    assert failed.state == "failed"
    assert failed.reason == ("It was tried {count} times in a row without reaching a new checkpoint.", {"count": 3})
    assert failed.finished_at == 110.0


def test_an_attempt_that_was_asked_to_leave_is_not_held_against_the_run(db: Database, make_run: MakeRun, claim: Claim):
    run = make_run()
    for _ in range(5):
        lease = claim()
        assert lease is not None
        queue.release(db, lease, now=110.0, reason=("The database was busy.", {}))
        assert runs.get(db, run.id).state == "queued"
        assert runs.get(db, run.id).reason == ("The database was busy.", {})


def test_the_cause_of_the_last_death_is_in_the_reason_of_the_failure(db: Database, make_run: MakeRun, claim: Claim):
    run = make_run()
    for _ in range(3):
        lease = claim()
        assert lease is not None
        queue.requeue(db, lease, now=110.0, reason=("Out of memory.", {}))
    text, values = runs.get(db, run.id).reason or ("", {})
    assert text == "{cause} {tried}"
    assert values["cause"] == ["Out of memory.", {}]
    assert values["tried"][1] == {"count": 3}


def test_an_attempt_that_advanced_resets_the_count(db: Database, make_run: MakeRun, claim: Claim):
    run = make_run()
    advances = [False, False, True, False, False, False]
    for number, advanced in enumerate(advances):
        assert runs.get(db, run.id).state == "queued", f"before attempt {number + 1}"
        lease = claim()
        assert lease is not None
        if advanced:
            checkpoint(db, lease, 50)
        queue.requeue(db, lease, now=110.0)
    assert runs.get(db, run.id).state == "failed"


def test_a_run_that_dies_while_asked_to_stop_is_stopped(db: Database, make_run: MakeRun, claim: Claim):
    for what, state in (("stop", "stopped"), ("pause", "paused")):
        run = make_run()
        lease = claim()
        assert lease is not None
        queue.request(db, run.id, what, 105.0)
        queue.requeue(db, lease, now=110.0)
        ended = runs.get(db, run.id)
        assert (ended.state, ended.request) == (state, None)


# requests


def test_a_running_run_is_asked_and_stops_itself(db: Database, lease: Lease, claim: Claim):
    assert queue.request(db, lease.run_id, "stop", 105.0).state == "running"
    assert queue.request(db, lease.run_id, "pause", 106.0).request == "stop", "a stop is not weakened to a pause"
    queue.finish(db, lease, "stopped", now=110.0)
    run = runs.get(db, lease.run_id)
    assert (run.state, run.request, run.slot, run.pid, run.finished_at) == ("stopped", None, None, None, 110.0)


def test_a_run_in_the_line_obeys_at_once(db: Database, make_run: MakeRun, claim: Claim):
    run = make_run()
    assert queue.request(db, run.id, "pause", 101.0).state == "paused"
    assert claim() is None
    assert queue.request(db, run.id, "pause", 101.0).state == "paused", "asking twice is no mistake"
    assert queue.request(db, run.id, "stop", 102.0).state == "stopped"
    with pytest.raises(Invalid, match="ended already"):
        queue.request(db, run.id, "pause", 103.0)


def test_what_ended_cannot_be_stopped_or_resumed(db: Database, lease: Lease):
    queue.finish(db, lease, "succeeded", now=110.0)
    done = runs.get(db, lease.run_id)
    assert (done.fraction, done.finished_at) == (1.0, 110.0)
    for what in ("pause", "stop"):
        with pytest.raises(Invalid, match="ended already"):
            queue.request(db, lease.run_id, what, 111.0)
    with pytest.raises(Invalid, match="is none of these"):
        queue.resume(db, lease.run_id, 112.0)
    with pytest.raises(NotFound):
        queue.request(db, "nobody", "stop", 113.0)


def test_a_paused_run_frees_the_lane_and_comes_back_to_its_place(db: Database, make_run: MakeRun, claim: Claim):
    make_run("first")
    make_run("second")
    make_run("third")
    lease = claim()
    assert lease is not None
    queue.request(db, lease.run_id, "pause", 105.0)
    queue.finish(db, lease, "paused", now=110.0)
    second = claim()
    assert second is not None
    assert queue.resume(db, lease.run_id, 120.0).state == "queued"
    assert names(runs.queue_order(db)) == ["first", "third"]
    with pytest.raises(Invalid, match="is none of these"):
        queue.resume(db, lease.run_id, 121.0)


def test_a_failed_run_that_is_resumed_gets_three_new_attempts(db: Database, make_run: MakeRun, claim: Claim):
    run = make_run()

    def die() -> str:
        lease = claim()
        assert lease is not None
        queue.requeue(db, lease, now=110.0)
        return runs.get(db, run.id).state

    assert [die() for _ in range(3)] == ["queued", "queued", "failed"]
    resumed = queue.resume(db, run.id, 120.0)
    assert (resumed.state, resumed.reason, resumed.finished_at) == ("queued", None, None)
    assert [die() for _ in range(3)] == ["queued", "queued", "failed"]


def test_a_run_can_be_asked_for_two_things_only(db: Database, lease: Lease):
    for what in ("halt", "requeue", ""):
        with pytest.raises(Invalid, match=f"to pause or to stop, not to {what}."):
            queue.request(db, lease.run_id, what, 105.0)
    assert runs.get(db, lease.run_id).request is None


# the order of the line


@pytest.mark.parametrize(
    ("moved", "offset", "line"),
    [
        ("c", -1, ["a", "c", "b", "d"]),
        ("c", -9, ["c", "a", "b", "d"]),
        ("a", -1, ["a", "b", "c", "d"]),
        ("a", 2, ["b", "c", "a", "d"]),
        ("a", 99, ["b", "c", "d", "a"]),
        ("b", 0, ["a", "b", "c", "d"]),
    ],
)
def test_a_run_moves_in_the_line(db: Database, make_run: MakeRun, moved: str, offset: int, line: list[str]):
    made = {name: make_run(name, priority=priority) for name, priority in zip("abcd", (1, 1, 0, 0), strict=True)}
    queue.move(db, made[moved].id, offset)
    assert names(runs.queue_order(db)) == line
    assert run_lists.queued_ids(db) == [made[name].id for name in line]


def test_only_a_queued_run_can_be_moved(db: Database, lease: Lease):
    with pytest.raises(Invalid, match="not in the line"):
        queue.move(db, lease.run_id, 1)
