"""A study that goes through a file comes out as it was, whole or not at all."""

import gzip
import json
import math
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from storage import (
    final_samples,
    intervals,
    metrics,
    queue,
    run_links,
    run_lists,
    run_references,
    runs,
    samples,
    studies,
    study_archive,
    study_writes,
)
from storage.database import Database, connect
from storage.errors import Invalid, NotFound
from storage.records import Interval, Lease, Run, RunLink, Sample, Study
from storage.workspace import Workspace


@pytest.fixture
def study(db: Database, make_run: Callable[..., Run], claim: Callable[..., Lease | None]) -> Study:
    """Two runs with a curve and a sample each."""
    made = study_writes.create(db, name="礼貌 quartet", spec={"base": {}}, now=5.0)
    for place, name in enumerate(("one", "two")):
        make_run(name, study_id=made.id)
        lease = claim()
        assert lease is not None
        metrics.write(db, lease, [(step, {"loss": 1 / 3 + step + place, "odd": math.nan}, 7.0) for step in range(3)])
        samples.add(db, lease, [sample(lease, name)])
        final_samples.add(db, lease, [sample(lease, f"{name} at the end")])
        intervals.add(db, lease, {("loss", 2): Interval(0.25, 0.75, 32, 128)})
        queue.finish(db, lease, "succeeded", now=9.0)
    return made


def sample(lease: Lease, text: str) -> Sample:
    said = ({"role": "user", "content": "天气?"},)
    return Sample(lease.run_id, 2, lease.attempt, 0, 0, said, text, {"polite": 0.5}, 3, finished=True)


@pytest.fixture
def other(tmp_path: Path, empty_template: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.delenv("ALIGNLAB_DATABASE_URL")
    return connect(Workspace(shutil.copytree(empty_template, tmp_path / "other")))


def test_a_study_comes_out_as_it_went_in(db: Database, study: Study, other: Database):
    assert study_archive.unpack(other, study_archive.pack(db, study.id), origin="example") == study
    before, after = studies.members(db, study.id), studies.members(other, study.id)
    assert [run.name for run in after] == ["one", "two"]
    assert {run.origin for run in after} == {"example"}
    for old, new in zip(before, after, strict=True):
        assert (new.id, new.spec, new.state, new.finished_at) == (old.id, old.spec, "succeeded", 9.0)
        assert samples.listing(other, new.id) == samples.listing(db, old.id)
        (final,) = final_samples.listing(other, new.id)
        assert final.text.endswith("at the end")
        assert intervals.listing(other, [new.id]) == intervals.listing(db, [new.id])
        found = {one.key: one for one in metrics.series(other, [new.id])}
        known = {one.key: one for one in metrics.series(db, [old.id])}
        assert found["loss"].last == pytest.approx(known["loss"].last, rel=1e-5)
        assert math.isnan(found["odd"].last)
        assert len(list(metrics.points(other, new.id))) == 6


def test_its_runs_are_found_and_linked_and_have_ended(
    db: Database, other: Database, make_run: Callable[..., Run], claim: Callable[..., Lease | None]
):
    study = study_writes.create(db, name="chain", spec={}, now=5.0)
    reference = ""
    for name in ("first", "second"):
        spec = {"data": {"dataset": "Weather"}, "model": {"from": reference} if reference else {"name": "starter"}}
        run = make_run(name, spec=spec, study_id=study.id, now=200.0 if reference else 300.0)
        lease = claim()
        assert lease is not None
        queue.resolve(db, lease, {"rests_on": [reference] if reference else []})
        queue.finish(db, lease, "succeeded", now=310.0)
        reference = f"run:{run.id}@7"
    study_archive.unpack(other, study_archive.pack(db, study.id), origin="example")
    second, first = studies.members(other, study.id)
    assert run_links.family(other, first.id) == [RunLink(first.id, second.id, "weights", 7)]
    assert run_references.relied_on(other, first.id) == {7}
    assert {run.id for run in run_lists.search(other, "weather", limit=9)} == {first.id, second.id}
    assert run_lists.search(other, "STARTER first", limit=9)[0].ended_by == "engine"


def test_bringing_it_in_twice_brings_it_in_once(db: Database, study: Study, other: Database):
    file = study_archive.pack(db, study.id)
    for _ in range(2):
        study_archive.unpack(other, file, origin="example")
    assert len(runs.listing(other)) == 2


def test_runs_of_an_example_are_never_claimed(db: Database, study: Study, other: Database):
    study_archive.unpack(other, study_archive.pack(db, study.id), origin="example")
    run = studies.members(other, study.id)[0]
    assert queue.claim(other, host="here", device="cpu", lane="train", seconds=60, now=100.0) is None
    assert runs.checkpoints(other, run.id) == []


def test_a_study_under_way_is_not_packed(db: Database, study: Study, make_run: Callable[..., Run]):
    make_run("three", study_id=study.id)
    with pytest.raises(Invalid, match="not done yet"):
        study_archive.pack(db, study.id)


OTHERS = {
    "empty": b"",
    "plain": b"no gzip",
    "a list": gzip.compress(b"[]"),
    "an object": gzip.compress(b"{}"),
    "half": gzip.compress(b'{"study"'),
}


@pytest.mark.parametrize("file", OTHERS.values(), ids=OTHERS)
def test_another_file_is_refused(db: Database, file: bytes):
    with pytest.raises(Invalid, match="not the file of a study"):
        study_archive.unpack(db, file, origin="example")


def test_a_file_of_a_later_form_is_refused(db: Database, study: Study, other: Database):
    content = json.loads(gzip.decompress(study_archive.pack(db, study.id)))
    newer = gzip.compress(json.dumps({**content, "form": study_archive.FORM + 1}).encode())
    with pytest.raises(Invalid, match="newer AlignLab"):
        study_archive.unpack(other, newer, origin="example")


def test_samples_of_the_first_form_get_the_reward_that_their_score_says(db: Database, study: Study, other: Database):
    content = json.loads(gzip.decompress(study_archive.pack(db, study.id)))
    for run in content["runs"]:
        run["run"]["spec"] = {"reward": [{"kind": "polite", "weight": 2.0}]}
        del run["rollouts"], run["samples"][0]["reward"], run["samples"][0]["kl"]
    study_archive.unpack(other, gzip.compress(json.dumps({**content, "form": 1}).encode()), origin="example")
    rows = [samples.listing(other, run.id)[0] for run in studies.members(other, study.id)]
    assert [(row.reward, row.kl) for row in rows] == [(1.0, None)] * 2


def test_a_file_of_an_earlier_form_says_which_rule_scored_it(db: Database, study: Study, other: Database):
    content = json.loads(gzip.decompress(study_archive.pack(db, study.id)))
    for run in content["runs"]:
        run["run"]["spec"] = {"algorithm": "dpo", "data": {"dataset": "d", "source": "frozen"}}
        run["points"]["eval/rewards/polite"] = [[0, 0.5]]
    study_archive.unpack(other, gzip.compress(json.dumps({**content, "form": 2}).encode()), origin="example")
    for run in studies.members(other, study.id):
        assert [part["kind"] for part in run.spec["evaluation"]["reward"]] == ["polite_v1"]
        keys = {series.key for series in metrics.series(other, [run.id])}
        assert {"eval/rewards/polite_v1", "loss"} <= keys
        assert "eval/rewards/polite" not in keys
        assert samples.listing(other, run.id)[0].scores == {"polite_v1": 0.5}


def test_half_a_file_leaves_nothing(db: Database, study: Study, other: Database):
    content = json.loads(gzip.decompress(study_archive.pack(db, study.id)))
    content["runs"][1]["points"]["loss"] = [[0, "much"]]
    with pytest.raises(Invalid, match="not the file of a study"):
        study_archive.unpack(other, gzip.compress(json.dumps(content).encode()), origin="example")
    assert runs.listing(other) == []
    with pytest.raises(NotFound, match="no study"):
        studies.get(other, study.id)
