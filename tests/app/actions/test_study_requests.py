"""What a person asks of a study as a whole: its runs are asked one by one, and it goes on from where it was."""

import pytest

from app.actions import study_requests
from app.people import LOCAL
from engine import studies as plans
from engine.spec import parse_study
from storage import queue, runs, studies
from storage.database import Database
from storage.errors import NotFound
from storage.people import audit
from storage.records import Lease, Study
from tests import tiny
from tests.app.actions.conftest import NOW


@pytest.fixture
def study(db: Database) -> Study:
    """Three runs: one that runs, one that has succeeded, one that is queued."""
    tiny.write_pairs(db, "pairs", 24)
    file = {"base": {"data": {"dataset": "pairs"}}, "algorithms": ["dpo"], "seeds": [0, 1, 2], "budget": {"steps": 3}}
    study = plans.launch(db, parse_study(file), requested_by=None, now=NOW)
    first, second, _third = studies.members(db, study.id)
    lease = queue.claim_run(db, first.id, host="here", device="cpu", seconds=60, now=NOW)
    assert lease is not None
    queue.finish(db, lease, "succeeded", now=NOW)
    assert queue.claim_run(db, second.id, host="here", device="cpu", seconds=60, now=NOW) is not None
    return study


def lease_of(db: Database, run_id: str) -> Lease:
    run = runs.get(db, run_id)
    return Lease(run.id, run.attempt, run.slot or "")


def states(db: Database, study: Study) -> list[tuple[str, str | None]]:
    return [(run.state, run.request) for run in studies.members(db, study.id)]


def test_a_paused_study_pauses_its_runs_and_goes_on(db: Database, study: Study):
    assert study_requests.pause(db, LOCAL, study.id[:7], NOW).state == "paused"
    assert states(db, study) == [("succeeded", None), ("running", "pause"), ("paused", None)]
    plans.step(db, study.id, NOW)
    assert studies.get(db, study.id).state == "paused", "an engine leaves it alone"
    second = studies.members(db, study.id)[1]
    queue.finish(db, lease_of(db, second.id), "paused", now=NOW)
    assert study_requests.resume(db, LOCAL, study.id, NOW).state == "running"
    assert states(db, study) == [("succeeded", None), ("queued", None), ("queued", None)]


def test_a_stopped_study_stops_its_runs_the_paused_ones_too(db: Database, study: Study):
    study_requests.pause(db, LOCAL, study.id, NOW)
    assert study_requests.stop(db, LOCAL, study.id, NOW).state == "stopped"
    assert states(db, study) == [("succeeded", None), ("running", "stop"), ("stopped", None)]


def test_a_study_that_failed_tries_its_failed_runs_again(db: Database):
    tiny.write_pairs(db, "pairs", 24)
    file = {"base": {"data": {"dataset": "pairs"}}, "algorithms": ["dpo"], "seeds": [0], "budget": {"steps": 3}}
    study = plans.launch(db, parse_study(file), requested_by=None, now=NOW)
    (run,) = studies.members(db, study.id)
    assert queue.claim_run(db, run.id, host="here", device="cpu", seconds=60, now=NOW) is not None
    queue.finish(db, lease_of(db, run.id), "failed", now=NOW)
    plans.step(db, study.id, NOW)
    assert studies.get(db, study.id).state == "failed"
    study_requests.resume(db, LOCAL, study.id, NOW)
    assert states(db, study) == [("queued", None)]


def test_what_failed_in_a_study_that_is_stopped_stays_as_it_is(db: Database, study: Study):
    second = studies.members(db, study.id)[1]
    queue.finish(db, lease_of(db, second.id), "failed", now=NOW)
    study_requests.stop(db, LOCAL, study.id, NOW)
    study_requests.resume(db, LOCAL, study.id, NOW)
    assert states(db, study) == [("succeeded", None), ("failed", None), ("queued", None)]


def test_what_is_asked_is_noted_with_who_asked(db: Database, study: Study):
    study_requests.stop(db, LOCAL, study.id, NOW)
    assert audit.listing(db)[0].action == "study.stop"
    with pytest.raises(NotFound):
        study_requests.stop(db, LOCAL, "none", NOW)
