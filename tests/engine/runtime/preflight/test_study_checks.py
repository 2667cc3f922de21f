"""The preflight of a study: one run of each method, findings once, and the figures of the whole."""

from pathlib import Path
from typing import Any

import pytest

from engine.runtime.preflight.check import preflight
from engine.spec import parse_study
from storage.database import Database
from tests import tiny
from words import english


@pytest.fixture
def file(db: Database, model: Path, pairs: str) -> dict[str, Any]:
    base = tiny.settings(model, pairs, evaluation={"final_prompts": 4})
    return {"base": base, "algorithms": ["dpo", "grpo"], "seeds": [0, 1], "budget": {"steps": 3}}


def test_the_whole_is_the_sum_over_all_runs(db: Database, file: dict[str, Any]):
    file |= {"vary": {"optimizer.learning_rate": [1e-4, 1e-3]}, "search": {"kind": "grid"}}
    answer = preflight(db, parse_study(file).file)
    assert answer.problem_texts == []
    assert answer.study is not None
    assert answer.stages is not None
    dpo, grpo = answer.stages
    assert (dpo.name, grpo.name) == ("dpo", "grpo")
    assert (answer.study.runs, answer.study.trials) == (2 * (2 + 2), 4)
    assert dpo.estimate is not None
    assert grpo.estimate is not None
    assert answer.study.seconds == 4 * (dpo.estimate.seconds + grpo.estimate.seconds)
    assert answer.study.generated_tokens == 4 * grpo.estimate.generated_tokens


def test_a_finding_of_all_methods_is_said_once_and_of_one_with_its_name(db: Database, file: dict[str, Any]):
    file["methods"] = {"grpo": {"optimizer": {"batch_size": 1000}}}
    (sentence,) = map(english, preflight(db, file).problem_texts)
    assert sentence.startswith("grpo: The batch of 1000 is larger than the data")
    file["base"]["data"] |= {"dataset": "none"}
    assert list(map(english, preflight(db, file).problem_texts)) == ["There is no dataset named none."]


def test_one_seed_is_warned_of(db: Database, file: dict[str, Any]):
    file["seeds"] = [3]
    assert any("With one seed" in english(text) for text in preflight(db, file).warning_texts)
    file["seeds"] = [3, 4]
    assert not any("With one seed" in english(text) for text in preflight(db, file).warning_texts)


def test_a_mistake_of_the_file_is_a_problem(db: Database, file: dict[str, Any]):
    file["vary"] = {"tau": [1, 2]}
    (sentence,) = map(english, preflight(db, file).problem_texts)
    assert sentence == "vary.tau: none of the methods dpo, grpo has a setting tau."
