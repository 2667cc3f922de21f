"""Whole runs over rows that a template refuses or that teach nothing: they are skipped, counted and noted."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.data.templates import Template
from engine.models.model_folder import inspect
from engine.models.tokenizer_files import load_tokenizer
from engine.rewards.learned import RewardModel
from engine.runtime.run import worker
from storage import dataset_writes, datasets, metrics, runs, samples
from storage.database import Database
from storage.records import Lease, Response, Run
from tests import refusing, tiny
from tests.engine.runtime.attempts import attempt
from words import english

pytestmark = pytest.mark.slow

Claim = Callable[[Run], Lease]


@pytest.fixture
def refuser(model: Path, tmp_path: Path) -> Path:
    return refusing.write_model(model, tmp_path)


def notes(db: Database, run: Run) -> list[str]:
    return [english(text) for text in runs.notes(db, run.id)]


def skipped(db: Database, run: Run) -> list[float]:
    return [value for _, _, value, _ in metrics.points(db, run.id, "data/skipped")]


SAMPLED = {"data": {"source": "sampled"}, "sampling": {"group_size": 2, "minibatches": 1}}
METHODS: list[dict[str, Any]] = [
    {"algorithm": "dpo"},
    {"algorithm": "kto"},
    {"algorithm": "reward"},
    {"algorithm": "sft"},
    {"algorithm": "grpo", **SAMPLED},
    {"algorithm": "ppo", **SAMPLED},
    {"algorithm": "grpo_pairwise", **SAMPLED},
]


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method["algorithm"])
def test_refused_rows_are_skipped_in_training_and_evaluation(
    db: Database, refuser: Path, claim: Claim, method: dict[str, Any]
):
    refusing.write_pairs(db, "talks", 40, with_system=range(6, 12), asked_twice=range(6))
    run = tiny.submit(db, tiny.settings(refuser, "talks", budget={"steps": 4}, **method))
    assert attempt(db, run, claim) == "succeeded"
    assert notes(db, run)[0].startswith("12 of 40 prompts cannot be read and are skipped. Items: 00001, 00002")
    items = datasets.load(db, runs.get(db, run.id).spec["data"]["version"])
    refused = refusing.numbers([item for item in items if item.split == "train"]) & set(range(12))
    assert min(skipped(db, run)) >= len(refused) > 0
    if "sampled" not in str(method):  # sampled answers may give nothing to compare, which is counted beside it
        assert set(skipped(db, run)) == {len(refused)}
    answered = {sample.messages[0]["content"] for sample in samples.listing(db, run.id)}
    assert not any(f"Question {number}:" in text for number in range(12) for text in answered)


def test_a_folded_system_turn_is_read_everywhere(db: Database, refuser: Path, claim: Claim):
    refusing.write_pairs(db, "talks", 40, with_system=range(40))
    for method in ({"algorithm": "dpo"}, {"algorithm": "grpo", **SAMPLED}):
        data = {**method.get("data", {}), "system_turn": "in_first_user"}
        file = tiny.settings(refuser, "talks", **{**method, "data": data}, budget={"steps": 3})
        run = tiny.submit(db, file)
        assert attempt(db, run, claim) == "succeeded"
        assert "cannot be read" not in " ".join(notes(db, run))
        assert skipped(db, run) == [0.0] * 3
        assert {sample.messages[0]["role"] for sample in samples.listing(db, run.id)} == {"system"}, "as in the data"


def test_an_answer_that_calls_tools_is_never_trained_as_an_empty_one(db: Database, model: Path, claim: Claim):
    """The plain template writes no calls, so these items are skipped; where answers are sampled they are not read."""
    calls = {"tool_calls": [{"type": "function", "function": {"name": "rain", "arguments": {}}}]}
    dataset_writes.create(db, "calls", "pairs", 1.0)
    for number in range(30):
        item = replace(tiny.pair(number), id="")
        if number < 6:
            item = replace(
                item, responses=(Response("a", ""), item.responses[1]), extra={"answer_fields": {"a": calls}}
            )
        dataset_writes.add_item(db, "calls", item, 1.0)
    run = tiny.submit(db, tiny.settings(model, "calls", budget={"steps": 3}))
    assert attempt(db, run, claim) == "succeeded"
    assert notes(db, run)[0].startswith("6 of 30 prompts cannot be read and are skipped. Items: 00001, 00002")
    assert notes(db, run)[0].endswith("does not write the calls of tools that an answer makes.")
    sampled = tiny.submit(db, tiny.settings(model, "calls", algorithm="grpo", **SAMPLED, budget={"steps": 1}))
    assert attempt(db, sampled, claim) == "succeeded"
    assert not [note for note in notes(db, sampled) if "cannot be read" in note]


def test_where_all_rows_are_refused_the_run_fails_with_the_templates_words(db: Database, refuser: Path, claim: Claim):
    refusing.write_pairs(db, "talks", 20, with_system=range(20))
    run = tiny.submit(db, tiny.settings(refuser, "talks"))
    worker.work(db, run, claim(run))
    failed = runs.get(db, run.id)
    assert failed.state == "failed"
    assert "Not one prompt can be read" in english(failed.reason)
    assert "There is no system turn" in english(failed.reason)


def test_an_evaluation_set_that_cannot_be_read_costs_the_answers_and_not_the_run(
    db: Database, refuser: Path, pairs: str, claim: Claim
):
    refusing.write_pairs(db, "talks", 20, asked_twice=range(20))
    file = tiny.settings(refuser, pairs, budget={"steps": 3})
    file["evaluation"] |= {"dataset": "talks", "version": dataset_writes.freeze(db, "talks", 1.0).hash}
    run = tiny.submit(db, file)
    assert attempt(db, run, claim) == "succeeded"
    assert notes(db, run)[0].startswith("Not one held-out prompt can be read")
    assert samples.listing(db, run.id) == []


def test_what_a_reward_model_cannot_read_is_not_asked(db: Database, model: Path, refuser: Path, claim: Claim):
    """The policy's own template takes every conversation; that of the reward model does not."""
    refusing.write_pairs(db, "talks", 40, with_system=range(10))
    teacher = tiny.submit(
        db, tiny.settings(refuser, "talks", algorithm="reward", budget={"steps": 3}, checkpoint={"every": 1})
    )
    assert attempt(db, teacher, claim) == "succeeded"
    reward = [{"kind": "learned", "from": f"run:{teacher.id}"}]
    run = tiny.submit(
        db, tiny.settings(model, "talks", algorithm="grpo", **SAMPLED, reward=reward, budget={"steps": 3})
    )
    assert attempt(db, run, claim) == "succeeded"
    assert notes(db, run)[0].startswith("10 of 40 prompts cannot be read")


def test_pairs_that_are_equal_after_cutting_are_skipped_and_told_at_the_end(db: Database, model: Path, claim: Claim):
    long = "the rain on Monday, thank you. " * 8
    dataset_writes.create(db, "cut", "pairs", 1.0)
    for number in range(30):
        item = tiny.pair(number)
        if number < 15:
            item = replace(item, responses=(Response("a", f"{long}yes"), Response("b", f"{long}no")))
        dataset_writes.add_item(db, "cut", replace(item, id=""), 1.0)
    run = tiny.submit(db, tiny.settings(model, "cut", budget={"steps": 10}))
    assert attempt(db, run, claim) == "succeeded"
    counts = skipped(db, run)
    assert counts == sorted(counts)
    assert counts[-1] > 10
    (note,) = notes(db, run)
    assert note.startswith(f"Examples were skipped {counts[-1]:.0f} times because their answers are equal")


def test_a_reward_that_never_varies_is_noted(db: Database, model: Path, pairs: str, claim: Claim):
    reward = [{"kind": "regex", "pattern": ".*", "name": "constant"}]
    run = tiny.submit(db, tiny.settings(model, pairs, algorithm="grpo", **SAMPLED, reward=reward, budget={"steps": 3}))
    assert attempt(db, run, claim) == "succeeded"
    assert [sentence[:24] for sentence in notes(db, run)] == ["The answers to a prompt ", "No update had a gradient"]


def test_a_reward_reads_as_its_own_run_did(refuser: Path):
    template = Template.from_tokenizer(load_tokenizer(inspect("refusing", refuser)))
    policy = type("Policy", (), {"template": template})()
    folded, plain = (RewardModel(policy, 64, 32, lambda: None, turn) for turn in ("in_first_user", "as_is"))
    assert folded.refusal([refusing.SYSTEM, refusing.QUESTION]) is None
    assert "There is no system turn" in english(plain.refusal([refusing.SYSTEM, refusing.QUESTION]))
