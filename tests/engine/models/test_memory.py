"""The memory estimate: its parts, and the micro-batch that follows from it."""

from pathlib import Path

import pytest

from engine.models import memory
from engine.models.model_folder import Location
from engine.spec import parse

SMOLLM = {"hidden_size": 576, "intermediate_size": 1536, "num_hidden_layers": 30, "vocab_size": 49152}
STARTER = {"hidden_size": 192, "intermediate_size": 480, "num_hidden_layers": 4, "vocab_size": 4096}
LORA = {"adapter": {"kind": "lora"}}


def location(config, parameters):
    return Location("any", Path(), config, parameters, 1024)


def run(**blocks):
    return parse({"algorithm": "dpo", "data": {"dataset": "any"}, **blocks})


def test_it_lies_between_what_was_measured_and_half_as_much_again():
    """Peak resident memory in MB of two steps of AdamW on rows of 300 or 70 tokens, one thread (2026-11-23)."""
    smollm = location(SMOLLM, 134_515_008)
    lora = run(model=LORA, optimizer={"micro_batch": 4})
    assert 0.9 * 8148 < memory.estimate(lora, smollm, 300).megabytes < 1.5 * 8148
    full = run(optimizer={"micro_batch": 2})
    frozen_copy = 514  # not part of what was measured
    assert 0.9 * (4340 + frozen_copy) < memory.estimate(full, smollm, 300).megabytes < 1.5 * (4340 + frozen_copy)
    small = run(optimizer={"micro_batch": 64, "batch_size": 64})
    assert 0.9 * 1351 < memory.estimate(small, location(STARTER, 2_300_000), 70).megabytes < 1.5 * 1351


def test_the_micro_batch_is_a_power_of_two_that_fits_or_the_whole_batch():
    smollm, starter = location(SMOLLM, 134_515_008), location(STARTER, 2_300_000)
    assert memory.micro_batch(run(model=LORA), smollm, 500) == 1
    assert memory.micro_batch(run(model=LORA), smollm, 100) == 2
    assert memory.micro_batch(run(), starter, 70) == 16
    assert memory.micro_batch(run(optimizer={"batch_size": 12}), starter, 70) == 12
    assert memory.micro_batch(run(), starter) <= memory.micro_batch(run(), starter, 70)


def test_a_chosen_micro_batch_is_kept():
    assert memory.estimate(run(optimizer={"micro_batch": 3}), location(SMOLLM, 1), 10).micro_batch == 3


def test_full_fine_tuning_needs_a_reference_gradients_and_moments():
    smollm = location(SMOLLM, 134_515_008)
    full = memory.estimate(run(optimizer={"micro_batch": 1}), smollm, 100)
    lora = memory.estimate(run(model=LORA, optimizer={"micro_batch": 1}), smollm, 100)
    # four more numbers a weight: a frozen copy, a gradient and two moments
    assert full.megabytes - lora.megabytes == pytest.approx(4 * 4 * 134_515_008 / 2**20, rel=0.05)
    assert full.checkpoint_megabytes == pytest.approx(3 * 4 * 134_515_008 / 2**20)
    assert lora.checkpoint_megabytes < 100


def test_a_critic_on_a_trunk_of_its_own_takes_as_much_again():
    smollm = location(SMOLLM, 134_515_008)
    head, own = (
        memory.estimate(
            run(algorithm="ppo", value_trunk=trunk, optimizer={"micro_batch": 1}, sampling={"group_size": 1}),
            smollm,
            100,
        )
        for trunk in ("shared", "own")
    )
    # its weights, their gradients and two moments; and what a pass of 100 tokens keeps, which is under 300 MB
    more = 4 * 4 * 134_515_008 / 2**20
    assert more < own.megabytes - head.megabytes < more + 300
    assert own.checkpoint_megabytes == 2 * head.checkpoint_megabytes


def test_a_reward_model_lies_beside_the_policy_and_a_reward_run_needs_no_reference():
    smollm, starter = location(SMOLLM, 134_515_008), location(STARTER, 2_300_000)
    alone, scored = (memory.estimate(run(), starter, 70, scorers).megabytes for scorers in ((), (smollm, smollm)))
    assert scored - alone == pytest.approx(2 * 4 * 134_515_008 / 2**20)
    learns, compares = (memory.estimate(run(algorithm=key), smollm, 70).megabytes for key in ("reward", "dpo"))
    assert compares - learns == pytest.approx(4 * 134_515_008 / 2**20)


def test_other_families_names_are_read():
    gpt2 = location({"n_embd": 32, "n_layer": 2, "n_inner": None, "vocab_size": 64}, 50_000)
    assert memory.micro_batch(run(), gpt2, 50) == 16


@pytest.mark.parametrize("config", [{}, {"text_config": None}, {"vocab_size": None, "hidden_size": "wide"}])
def test_a_config_that_says_nothing_of_its_sizes_is_no_error(config):
    assert memory.estimate(run(), location(config, 1000)).micro_batch > 0
