"""A second kind of runs is checked and launched as a train run is: one class and a line in each table suffice."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest

from engine import launch
from engine.runtime.preflight import run_checks
from engine.runtime.preflight.check import CHECKS, preflight
from engine.spec import ALGORITHMS, RunSpec, Train, parse
from engine.spec.fields import Settings, setting
from engine.spec.parse import KINDS
from engine.spec.run import DatasetReference
from storage import attempt_writes, dataset_writes, datasets, queue, runs
from storage.database import Database
from storage.errors import Invalid
from tests import tiny
from words import english

NOW = 1_800_000_000.0


class Cups(Settings):
    """A second dataset of the run."""

    dataset: str = setting("groups", "Cups", "Name of a dataset.")
    version: str = setting("latest", "Version", "Of the cups.")


class Brew(RunSpec):
    """A kind of runs that there is not: no algorithm, no evaluation, two datasets."""

    lane = "light"

    kind: Literal["brew"] = setting("brew", "Kind", "What the engine does.", labels={"brew": "brew"})
    cups: Cups = Cups()

    @property
    def dataset_references(self) -> Iterator[DatasetReference]:
        yield from super().dataset_references
        yield DatasetReference("cups", self.cups.dataset, self.cups.version)


@pytest.fixture(autouse=True)
def _tables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, "brew", lambda _: Brew)
    monkeypatch.setitem(CHECKS, "brew", run_checks.check)


@pytest.fixture
def db(db: Database) -> Database:
    tiny.write_pairs(db, "pairs", 8)
    tiny.write_pairs(db, "groups", 8)
    return db


@pytest.fixture
def file(tmp_path: Path) -> dict[str, Any]:
    model = tiny.write_model(tmp_path / "model")
    return {"kind": "brew", "model": {"name": str(model)}, "data": {"dataset": "pairs"}}


def problems(db: Database, file: dict[str, Any]) -> dict[str, str]:
    """path -> sentence."""
    return {problem.path: english(problem.text) for problem in preflight(db, file).problems}


def test_the_row_has_the_kind_its_lane_and_no_algorithm(db: Database, file: dict[str, Any]):
    run = launch.submit(db, parse(file, RunSpec), requested_by="mei", now=NOW)
    assert (run.kind, run.lane, run.algorithm, run.name) == ("brew", "light", None, "brew on pairs")
    assert (run.state, run.requested_by) == ("queued", "mei")
    assert runs.get(db, run.id) == run
    assert parse(run.spec, RunSpec).kind == "brew"


def test_latest_is_frozen_for_each_dataset_that_the_settings_name(db: Database, file: dict[str, Any]):
    run = launch.submit(db, parse(file, RunSpec), requested_by=None, now=NOW)
    for block, dataset in (("data", "pairs"), ("cups", "groups")):
        assert [run.spec[block]["version"]] == [version.hash for version in datasets.versions(db, dataset)]
    assert launch.submit(db, parse(run.spec, RunSpec), requested_by=None, now=NOW).spec == run.spec


def test_it_waits_for_the_train_run_whose_checkpoint_it_takes(db: Database, file: dict[str, Any]):
    trained = launch.submit(db, parse({"algorithm": "dpo", "data": {"dataset": "pairs"}}), requested_by=None, now=NOW)
    after = {**file, "model": {"from": f"run:{trained.id[:6]}"}}
    run = launch.submit(db, parse(after, RunSpec), requested_by=None, now=NOW)
    assert (run.waits_for, run.state) == (trained.id, "waiting")
    lease = queue.claim_run(db, trained.id, host="here", device="cpu", seconds=60, now=NOW)
    assert lease is not None
    path = db.workspace.checkpoints(trained.id) / "5-a1"
    attempt_writes.record_checkpoint(db, lease, step=5, path=path, size=1, best=False, now=NOW)
    queue.finish(db, lease, "succeeded", now=NOW)
    assert runs.get(db, run.id).state == "queued"


def test_its_preflight_is_chosen_by_its_kind(db: Database, file: dict[str, Any]):
    answer = preflight(db, file)
    assert (answer.problems, answer.warnings, answer.estimate) == ((), (), None)
    assert answer.spec is not None
    assert answer.spec["kind"] == "brew"


@pytest.mark.parametrize(
    ("changes", "path", "words"),
    [
        ({"data": {"dataset": "none"}}, "data.dataset", "none"),
        ({"cups": {"dataset": "none"}}, "cups.dataset", "none"),
        ({"cups": {"version": "abcdef12"}}, "cups.version", "abcdef12 is not a version of the dataset groups"),
        ({"model": {"name": "/nowhere/at/all"}}, "model.name", "nowhere"),
        ({"model": {"from": "run:zzzz"}}, "model.from", "zzzz"),
    ],
)
def test_what_every_kind_needs_is_checked_for_it(
    db: Database, file: dict[str, Any], changes: dict[str, Any], path: str, words: str
):
    assert words in problems(db, file | changes).get(path, "")


def test_the_mistakes_of_its_settings_are_told(db: Database, file: dict[str, Any]):
    assert problems(db, {**file, "cup": 1}) == {"cup": "cup is not a setting of a brew run; did you mean cups?"}


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_train_run_names_the_dataset_of_every_block_that_has_a_version(algorithm: str):
    """A block that is left out would be read as it is when the run starts, and not as it was launched."""
    blocks = {
        name
        for name, field in ALGORITHMS[algorithm].model_fields.items()
        if {"dataset", "version"} <= getattr(field.annotation, "model_fields", {}).keys()
    }
    spec: Train = parse({"algorithm": algorithm, "data": {"dataset": "a"}, "evaluation": {"dataset": "b"}})
    assert {block for block, _dataset, _version in spec.dataset_references} == blocks


def test_a_dataset_that_is_empty_is_refused_at_the_launch(db: Database, file: dict[str, Any]):
    dataset_writes.create(db, "empty", "pairs", NOW)
    with pytest.raises(Invalid, match="The dataset empty is empty"):
        launch.submit(db, parse({**file, "cups": {"dataset": "empty"}}, RunSpec), requested_by=None, now=NOW)
    assert runs.listing(db) == []
