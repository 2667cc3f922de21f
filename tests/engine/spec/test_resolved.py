"""What `auto` came to: rows of earlier versions are read, and written as those versions wrote them."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from engine.spec import Resolved, ResolvedTrain
from engine.spec.blocks import Budget, Lora
from engine.spec.resolved import Ancestor, RewardOrigin

ROW: dict[str, Any] = json.loads((Path(__file__).parent / "resolved_row.json").read_text(encoding="utf-8"))
"""A row of the version before these models: a grpo run from a LoRA run, scored by a reward model."""


def test_a_row_of_an_earlier_version_is_read_and_written_as_it_was() -> None:
    resolved = ResolvedTrain.model_validate(ROW)
    assert resolved.ancestors == [Ancestor(Lora(rank=4), "runs/r9parent/checkpoints/1-a1/weights.safetensors")]
    assert resolved.scorers["run:r9teacher"].ancestors[-1].adapter is None
    assert (resolved.micro_batch, resolved.learning_rate, resolved.budget) == (2, 1e-3, Budget(tokens=50))
    assert json.dumps(resolved.state()) == json.dumps(ROW)
    assert ResolvedTrain.read(ROW) == resolved


def test_what_every_run_decides_is_read_without_what_only_training_does() -> None:
    training = ("micro_batch", "learning_rate", "budget")
    common = Resolved.model_validate({key: value for key, value in ROW.items() if key not in training})
    assert common == Resolved.read(ROW)
    assert common.state() == {key: value for key, value in ROW.items() if key not in training}


def test_keys_that_a_row_lacks_or_has_beside_do_no_harm() -> None:
    optional = ("scorers", "rests_on", "reference_hash", "plain_template")
    row = {**{key: value for key, value in ROW.items() if key not in optional}, "later": {"a": 1}}
    resolved = ResolvedTrain.read(row)
    assert resolved is not None
    assert (resolved.scorers, resolved.rests_on, resolved.reference_hash, resolved.plain_template) == (
        {},
        [],
        None,
        None,
    )


@pytest.mark.parametrize(
    "state", [None, {}, {"device": "cpu"}, {**ROW, "budget": "soon"}, {**ROW, "budget": {}}, {**ROW, "ancestors": [1]}]
)
def test_what_another_program_decided_is_nothing_to_read(state: dict[str, Any] | None) -> None:
    assert ResolvedTrain.read(state) is None


def test_what_only_the_loaded_model_tells_is_added() -> None:
    loaded = ResolvedTrain.model_validate(ROW).with_loaded("abc", None)
    assert loaded.state() == {**ROW, "reference_hash": "abc", "plain_template": None}


def test_the_date_of_templates_and_what_a_reward_model_is_told_come_back() -> None:
    then = datetime(2024, 7, 1, 9, 30)
    origin = RewardOrigin(model="any", ancestors=[], max_tokens=9, max_prompt_tokens=5, enable_thinking=False)
    resolved = ResolvedTrain.model_validate(ROW).model_copy(update={"written_at": then, "scorers": {"run:a": origin}})
    again = ResolvedTrain.model_validate(json.loads(json.dumps(resolved.state())))
    assert again.written_at == then
    assert again.scorers["run:a"].enable_thinking is False


def test_the_log_says_in_words_what_the_run_goes_with() -> None:
    resolved = ResolvedTrain(
        model="starter",
        ancestors=[Ancestor(None, "weights.safetensors")],
        device="cpu",
        precision="fp32",
        threads=2,
        micro_batch=4,
        learning_rate=2e-4,
        budget=Budget(tokens=120_000),
    )
    assert resolved.summary() == (
        "starter from 1 earlier run(s) on cpu in fp32, 2 thread(s), micro-batches of 4, learning rate 0.0002, "
        "budget 120,000 tokens"
    )
