"""`alignlab generate`: what it makes of its options, and what scripts read of it; run files of that kind."""

import json
from pathlib import Path

import pytest

from engine.spec import Generate, parse
from storage import datasets, runs
from storage.database import Database
from tests import tiny
from tests.app.cli.conftest import Alignlab

pytestmark = pytest.mark.slow
SHORT = ("--set", "sampling.max_new_tokens=6", "--set", "data.max_prompt_tokens=64")


@pytest.fixture
def model(database: Database, tmp_path: Path) -> Path:
    tiny.write_pairs(database, "pairs", 24)
    return tiny.write_model(tmp_path / "model")


def test_answers_become_a_dataset(alignlab: Alignlab, database: Database, model: Path):
    answer = alignlab(
        "generate", str(model), "--prompts", "pairs", "--name", "new", "--n", "3", "--limit", "4", *SHORT, "--json"
    )
    assert answer.code == 0, answer.err
    summary = answer.json
    assert summary.keys() == {"id", "state", "steps", "seconds", "reason", "notes", "metrics", "dataset", "prompts"}
    assert (summary["state"], summary["steps"], summary["prompts"], summary["dataset"]) == ("succeeded", 4, 4, "new")
    items = datasets.items(database, "new")[0]
    assert len(items) == 4
    assert max(len(item.responses) for item in items) == 3
    listed = {row["name"]: row for row in alignlab("data", "list", "--json").json}
    assert (listed["new"]["kind"], listed["new"]["items"]) == ("pairs", 4)
    shown = alignlab("runs", "show", summary["id"])
    assert "generate, succeeded, step 4 (100%)" in shown.out


def test_two_models_answer_once_each_unless_asked_for_more(alignlab: Alignlab, database: Database, model: Path):
    options = ("--prompts", "pairs", "--name", "new", "--against", "./model", "--detach", "--json", *SHORT)
    answer = alignlab("generate", str(model), *options, "--temperature", "0.7")
    assert answer.code == 0, answer.err
    spec = parse(runs.get(database, answer.json["id"]).spec, Generate)
    assert (spec.sampling.samples, spec.sampling.temperature, spec.prompts) == (1, 0.7, None)
    assert spec.against is not None
    assert spec.against.name == str(model), "by its absolute path: the engine stands in another folder"


def test_a_run_file_of_this_kind_is_carried_out_by_train(
    alignlab: Alignlab, database: Database, model: Path, tmp_path: Path
):
    file = {
        "kind": "generate",
        "model": {"name": str(model)},
        "data": {"dataset": "pairs"},
        "into": "new",
        "prompts": 2,
    }
    path = tmp_path / "generate.yaml"
    path.write_text(json.dumps(file))
    answer = alignlab("train", str(path), *SHORT)
    assert answer.code == 0, answer.err
    assert "succeeded after 2 prompts, whose answers are in the dataset new," in answer.out


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--n", "1"), "There is nothing to compare with one answer"),
        (("--name", "pairs"), "There is a dataset named pairs already, which no generate run made"),
        (("--against", "run:zzzz"), "There is no run zzzz."),
        (("--scorer", "run:zzzz"), "There is no run zzzz."),
        (("--set", "budget.steps=3"), "budget is not a setting of a generate run."),
    ],
)
def test_bad_input_is_one_sentence_and_leaves_nothing(
    alignlab: Alignlab, database: Database, model: Path, options: tuple[str, ...], sentence: str
):
    usual = {"--prompts": "pairs", "--name": "new"}
    given = [part for name, value in usual.items() if name not in options for part in (name, value)]
    answer = alignlab("generate", str(model), *given, *SHORT, *options)
    assert answer.code == 2, answer.err
    assert sentence in answer.err
    assert answer.err.strip().count("\n") == 0
    assert runs.listing(database) == []
    assert [data.name for data in datasets.listing(database)] == ["pairs"]
