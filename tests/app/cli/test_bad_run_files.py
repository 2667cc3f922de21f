"""Twelve run files that cannot be run: each gets one clear sentence and exit code 2, and leaves no row."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from storage import dataset_writes, runs
from storage.database import Database
from storage.records import Item, Preference, Response
from tests.app.cli.conftest import Alignlab

NOW = 1_800_000_000.0


@dataclass(frozen=True)
class Bad:
    """A run file and what must be said about it."""

    change: dict[str, Any]
    said: str


GOOD: dict[str, Any] = {"algorithm": "dpo", "model": {"name": "starter"}, "data": {"dataset": "few"}}
BAD = {
    "unknown algorithm": Bad({"algorithm": "dop"}, "There is no algorithm dop."),
    "beta -1": Bad({"beta": -1}, "beta must be"),
    "learning rate fast": Bad({"optimizer": {"learning_rate": "fast"}}, "optimizer.learning_rate must be"),
    "missing dataset": Bad({"data": {"dataset": "absent"}}, "There is no dataset named absent."),
    "empty dataset": Bad({"data": {"dataset": "empty"}}, "The dataset empty is empty."),
    "batch larger than data": Bad({"optimizer": {"batch_size": 64}}, "64"),
    "no such model": Bad({"model": {"name": "no-such/model-anywhere"}}, "no-such/model-anywhere"),
    "pickle-only model": Bad({"model": {"name": "./pickled"}}, "safetensors"),
    "steps 0": Bad({"budget": {"steps": 0}}, "budget.steps must be"),
    "a path as dataset": Bad({"data": {"dataset": "../data/few.jsonl"}}, "must be the name of a dataset, not the path"),
    "unknown key": Bad({"betta": 0.1}, "betta is not a setting of a dpo run; did you mean beta?"),
}


@pytest.fixture
def house(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A workspace with a small dataset and an empty one, and a model folder that holds a pickle only."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    dataset_writes.create(database, "empty", "pairs", NOW)
    dataset_writes.create(database, "few", "pairs", NOW)
    for number in range(8):
        answers = (Response("a", "Gladly."), Response("b", "No."))
        prompt = ({"role": "user", "content": f"Question {number}?"},)
        dataset_writes.add_item(database, "few", Item("", prompt, answers, (Preference("a", "b"),)), NOW)
    pickled = tmp_path / "pickled"
    pickled.mkdir()
    (pickled / "config.json").write_text(json.dumps({"model_type": "llama", "architectures": ["LlamaForCausalLM"]}))
    (pickled / "pytorch_model.bin").write_bytes(b"\x80\x02}q\x00.")
    return database


def refuse(alignlab: Alignlab, house: Database, text: str) -> str:
    """The one line a run file is refused with."""
    Path("run.yaml").write_text(text, encoding="utf-8")
    answer = alignlab("train", "run.yaml", "--json")
    assert (answer.code, answer.out) == (2, ""), answer.err
    assert answer.err.count("\n") == 1
    assert runs.listing(house) == []
    return answer.err


@pytest.mark.slow
@pytest.mark.parametrize("name", BAD)
def test_a_bad_run_file_gets_one_sentence_and_no_row(alignlab: Alignlab, house: Database, name: str):
    said = refuse(alignlab, house, json.dumps({**GOOD, **BAD[name].change}))
    assert BAD[name].said in said
    assert "pydantic" not in said
    assert said.rstrip().count(". ") <= 1, "one sentence, or two"


def test_unreadable_yaml_gets_one_sentence_and_no_row(alignlab: Alignlab, house: Database):
    assert refuse(alignlab, house, "algorithm: dpo\n\tbeta: 1") == (
        "The run file is not readable as YAML: look at line 2.\n"
    )


@pytest.mark.parametrize("text", ["", "just words", "- a\n- list\n"])
def test_a_file_that_is_no_run_file_is_told_so(alignlab: Alignlab, house: Database, text: str):
    assert refuse(alignlab, house, text).startswith("A run file is a list of settings")


def test_a_run_file_that_is_not_there(alignlab: Alignlab):
    answer = alignlab("train", "absent.yaml")
    assert (answer.code, answer.err) == (2, "There is no readable run file absent.yaml.\n")


def test_a_change_on_the_command_line_is_checked_too(alignlab: Alignlab, house: Database):
    Path("run.yaml").write_text(json.dumps(GOOD))
    answer = alignlab("train", "run.yaml", "--set", "beta=-1")
    assert (answer.code, runs.listing(house)) == (2, [])
    assert "beta must be" in answer.err
