"""Studies as rows: found by the beginning of their id, counted with their runs, changed only from a fitting state."""

from typing import Any

import pytest

from storage import queue, studies, study_writes
from storage.database import Database
from storage.errors import Ambiguous, Invalid, NotFound
from storage.records import Study
from storage.run_writes import Draft
from storage.studies import Progress


def draft(name: str, **place: Any) -> Draft:
    return {"name": name, "kind": "train", "algorithm": "dpo", "lane": "train", "spec": {}, **place}


def make(db: Database, *names: str, now: float = 1.0) -> Study:
    return study_writes.create(db, [draft(name) for name in names], name="quartet", spec={"base": {}}, now=now)


def test_a_study_is_made_with_its_runs_and_found_by_the_beginning_of_its_id(db: Database):
    study = make(db, "one", "two")
    assert studies.get(db, study.id[:6]) == study
    assert (study.state, study.spec, study.finished_at) == ("running", {"base": {}}, None)
    assert [run.name for run in studies.members(db, study.id)] == ["one", "two"]
    with pytest.raises(NotFound, match="There is no study none"):
        studies.get(db, "none")
    with pytest.raises(NotFound):
        studies.get(db, "")


def test_a_beginning_of_several_ids_is_refused(db: Database, monkeypatch: pytest.MonkeyPatch):
    ids = iter(["aaaaaaaaaa", "aabbbbbbbb"])
    monkeypatch.setattr(study_writes.run_writes, "new_id", lambda: next(ids))
    make(db)
    make(db)
    with pytest.raises(Ambiguous, match="Several studies begin with aa"):
        studies.get(db, "aa")
    assert studies.get(db, "aaa").id == "aaaaaaaaaa"


def test_progress_counts_states_and_what_is_spent(db: Database):
    study, empty = make(db, "one", "two", "three"), make(db, now=2.0)
    first, second, _third = studies.members(db, study.id)
    lease = queue.claim_run(db, first.id, host="here", device="cpu", seconds=60, now=5.0)
    assert lease is not None
    queue.renew(db, lease, seconds=60, now=6.0, fraction=0.25)
    queue.request(db, second.id, "pause", 7.0)
    progress = studies.progress(db)
    assert progress[study.id] == Progress({"paused": 1, "queued": 1, "running": 1}, 0.25)
    assert (progress[study.id].runs, progress[study.id].active) == (3, 2)
    assert progress[empty.id] == Progress()
    assert studies.progress(db, states=("paused",)) == {}
    assert [each.id for each in studies.listing(db)] == [empty.id, study.id]


def test_its_first_queued_run_is_that_which_is_claimed_first(db: Database):
    study = make(db, "one", "two")
    other = make(db, "three")
    _one, two = studies.members(db, study.id)
    queue.move(db, two.id, -1)
    assert studies.first_queued(db, study.id) == two.id
    queue.request(db, studies.members(db, other.id)[0].id, "stop", 5.0)
    assert studies.first_queued(db, other.id) is None


def test_a_place_in_a_plan_is_taken_once(db: Database):
    study = make(db)
    place = {"study_role": "final", "study_trial": 0, "study_seed": 1, "study_changes": {"beta": 0.2}}
    (run,) = study_writes.add_runs(db, study.id, [draft("one", **place)], 2.0)
    assert (run.study_role, run.study_trial, run.study_seed, run.study_changes) == tuple(place.values())
    others = [draft("two", **{**place, "study_seed": 2}), draft("again", **place)]
    assert study_writes.add_runs(db, study.id, others, 3.0) == []
    assert studies.members(db, study.id) == [run], "all of them or none"


def test_only_a_running_study_gets_runs_and_ends_once(db: Database):
    study = make(db)
    assert study_writes.finish(db, study.id, "failed", now=3.0, reason=("Why.", {}))
    assert not study_writes.finish(db, study.id, "succeeded", now=4.0)
    assert study_writes.add_runs(db, study.id, [draft("one")], 5.0) == []
    after = studies.get(db, study.id)
    assert (after.state, after.reason, after.finished_at) == ("failed", ("Why.", {}), 3.0)


def test_a_request_is_refused_where_it_makes_no_sense(db: Database):
    study = make(db)
    assert study_writes.change_state(db, study.id, "paused", 2.0).state == "paused"
    assert study_writes.change_state(db, study.id, "paused", 3.0).state == "paused", "asked twice"
    assert study_writes.change_state(db, study.id, "running", 4.0).state == "running"
    assert study_writes.change_state(db, study.id, "stopped", 5.0).finished_at == 5.0
    with pytest.raises(Invalid, match="Only a running study can be paused; quartet is not running"):
        study_writes.change_state(db, study.id, "paused", 6.0)
    study_writes.change_state(db, study.id, "running", 7.0)
    study_writes.finish(db, study.id, "succeeded", now=8.0)
    with pytest.raises(Invalid, match="has ended already"):
        study_writes.change_state(db, study.id, "stopped", 9.0)
    with pytest.raises(Invalid, match="Only a paused, stopped or failed study can be resumed"):
        study_writes.change_state(db, study.id, "running", 9.0)
    with pytest.raises(NotFound):
        study_writes.change_state(db, "none", "paused", 9.0)
