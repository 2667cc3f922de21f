"""The samples come into a workspace once, and stay out when they were thrown out."""

import gzip
import json
from pathlib import Path

import pytest

from engine.starter import install
from storage import dataset_writes, datasets, metrics, samples, studies, study_archive
from storage.database import Database


def ship(folder: Path, name: str) -> None:
    row = {
        "prompt": [{"role": "user", "content": "Why?"}],
        "responses": [{"id": "a", "text": "So."}, {"id": "b", "text": "No."}],
        "preferences": [{"chosen": "a", "rejected": "b"}],
    }
    with gzip.open(folder / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")


def names(db: Database) -> list[str]:
    return [dataset.name for dataset in datasets.listing(db)]


def test_what_ships_is_imported_once(db: Database, tmp_path: Path):
    ship(tmp_path, "one")
    assert install.samples(db, tmp_path) == ["one"]
    assert install.samples(db, tmp_path) == []
    assert names(db) == ["one"]
    assert datasets.get(db, "one").kind == "pairs"


def test_what_was_deleted_stays_deleted(db: Database, tmp_path: Path):
    ship(tmp_path, "one")
    install.samples(db, tmp_path)
    dataset_writes.delete(db, "one", 1.0)
    assert install.samples(db, tmp_path) == []
    assert names(db) == []


def test_what_was_deleted_comes_back_when_it_is_asked_for(db: Database, tmp_path: Path):
    ship(tmp_path, "one")
    ship(tmp_path, "two")
    install.samples(db, tmp_path)
    dataset_writes.delete(db, "one", 1.0)
    assert install.samples(db, tmp_path, again=True) == ["one"]
    assert names(db) == ["one", "two"]
    assert install.samples(db, tmp_path) == []


def test_what_ships_later_is_added(db: Database, tmp_path: Path):
    ship(tmp_path, "one")
    install.samples(db, tmp_path)
    ship(tmp_path, "two")
    assert install.samples(db, tmp_path) == ["two"]
    assert names(db) == ["one", "two"]


def test_a_name_that_is_taken_is_left_alone(db: Database, tmp_path: Path):
    dataset_writes.create(db, "one", "prompts", 1.0)
    ship(tmp_path, "one")
    install.samples(db, tmp_path)
    assert datasets.get(db, "one").kind == "prompts"


@pytest.mark.slow
def test_what_really_ships_is_there(db: Database):
    assert set(install.samples(db)) == {"polite-weather", "polite-weather-groups", "polite-weather-heldout"}


def test_the_recorded_example_has_four_methods_that_learned_within_one_budget(db: Database):
    assert install.EXAMPLE.stat().st_size < 1_000_000
    study = study_archive.unpack(db, install.EXAMPLE.read_bytes(), origin="example")
    members = studies.members(db, study.id)
    assert [run.algorithm for run in members] == ["dpo", "ppo", "grpo", "gspo"]
    assert len({json.dumps(run.spec["budget"]) for run in members}) == 1
    for run in members:
        series = {line.key: line for line in metrics.series(db, [run.id])}
        assert series["eval/reward"].last > series["eval/reward"].first + 0.1
        assert len(samples.steps(db, run.id)) >= 2
