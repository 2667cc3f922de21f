"""What a person asks of runs: the row changes, and comes back; what makes no sense is refused in words."""

from collections.abc import Callable

import pytest

from app.actions import run_requests
from app.people import LOCAL, Person
from storage import queue, run_writes, runs
from storage.database import Database
from storage.errors import Invalid, NotFound
from storage.records import Run
from tests.app.actions.conftest import NOW


def make(db: Database, name: str) -> Run:
    return run_writes.create(db, name=name, kind="train", algorithm="dpo", lane="train", spec={}, now=NOW)


def claim(db: Database, run: Run) -> None:
    assert queue.claim_run(db, run.id, host="here", device="cpu", seconds=60, now=NOW) is not None


Request = Callable[[Database, Person, str, float], Run]


@pytest.mark.parametrize(
    ("verb", "state"), [(run_requests.pause, "paused"), (run_requests.stop, "stopped")], ids=["pause", "stop"]
)
def test_a_run_that_waits_obeys_at_once(db: Database, verb: Request, state: str):
    run = make(db, "one")
    answer = verb(db, LOCAL, run.id[:7], NOW + 1)
    assert (answer.id, answer.state, answer.request) == (run.id, state, None)
    assert runs.get(db, run.id) == answer


@pytest.mark.parametrize(
    ("verb", "request_"), [(run_requests.pause, "pause"), (run_requests.stop, "stop")], ids=["pause", "stop"]
)
def test_a_running_run_is_asked(db: Database, verb: Request, request_: str):
    run = make(db, "one")
    claim(db, run)
    answer = verb(db, LOCAL, run.id, NOW + 1)
    assert (answer.state, answer.request) == ("running", request_)
    assert runs.get(db, run.id) == answer


def test_a_stopped_run_is_resumed(db: Database):
    run = make(db, "one")
    run_requests.stop(db, LOCAL, run.id, NOW + 1)
    answer = run_requests.resume(db, LOCAL, run.id, NOW + 2)
    assert (answer.state, answer.queued_at) == ("queued", NOW + 2)


def test_a_queued_run_changes_its_position(db: Database):
    first, second = make(db, "first"), make(db, "second")
    answer = run_requests.move(db, LOCAL, second.id, -1, NOW)
    assert (answer.id, answer.position) == (second.id, first.position)
    assert [run.name for run in runs.queue_order(db)] == ["second", "first"]


def test_what_makes_no_sense_is_refused_in_words(db: Database):
    run = make(db, "one")
    with pytest.raises(Invalid, match="can be resumed"):
        run_requests.resume(db, LOCAL, run.id, NOW + 1)
    run_requests.stop(db, LOCAL, run.id, NOW + 1)
    with pytest.raises(Invalid, match="has ended already"):
        run_requests.pause(db, LOCAL, run.id, NOW + 2)
    with pytest.raises(Invalid, match="is not in the line"):
        run_requests.move(db, LOCAL, run.id, 1, NOW)


@pytest.mark.parametrize("verb", [run_requests.pause, run_requests.stop, run_requests.resume])
def test_a_run_that_is_not_there_is_refused(db: Database, verb: Request):
    with pytest.raises(NotFound, match="There is no run zzzz"):
        verb(db, LOCAL, "zzzz", NOW)
