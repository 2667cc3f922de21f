"""What is said of a run that learned nothing, and that nothing is said of others."""

from typing import Any

import pytest

from engine.runtime.training.learning_signs import LearningSigns, nonfinite_keys, skip_sentences
from engine.spec import parse
from words import english


def sentences(algorithm: str, *updates: dict[str, float], signs: LearningSigns | None = None, **blocks: Any) -> str:
    spec = parse({"algorithm": algorithm, "data": {"dataset": "x"}, **blocks})
    signs = signs or LearningSigns()
    for update in updates:
        signs.observe({"loss": 0.7, "grad_norm": 1.0, **update})
    return " ".join(english(text) for text in signs.sentences(spec))


def test_a_loss_that_moves_is_not_worth_a_word() -> None:
    assert sentences("dpo", {"loss": 0.7}, {"loss": 0.7}, {"loss": 0.6}) == ""


def test_a_loss_that_never_moved_is_told_with_its_value() -> None:
    assert "The loss never moved: it was 0.6931 at all 3 updates." in sentences("dpo", *[{"loss": 0.693147}] * 3)


def test_one_update_proves_nothing() -> None:
    assert sentences("dpo", {}) == ""


def test_updates_without_a_gradient_are_told_whatever_the_loss() -> None:
    assert "No update had a gradient" in sentences("sft", {"grad_norm": 0.0, "loss": 1.0}, {"grad_norm": 0.0})


def test_the_loss_of_a_policy_gradient_stands_at_nothing_and_is_no_sign() -> None:
    rollout = {"loss": 0.0, "reward_std": 0.3, "frac_reward_zero_std": 0.5}
    assert sentences("grpo", rollout, rollout) == ""


@pytest.mark.parametrize(
    ("algorithm", "rollout", "words"),
    [
        ("grpo", {"reward_std": 0.3, "frac_reward_zero_std": 1.0}, "frac_reward_zero_std 1"),
        ("ppo", {"reward_std": 0.3, "frac_reward_zero_std": 1.0}, ""),  # its critic compares prompts
        ("ppo", {"reward_std": 0.0}, "All sampled answers had the same reward"),
        ("ppo", {"reward_std": 0.1}, ""),
    ],
)
def test_rewards_that_never_differed_are_told(algorithm: str, rollout: dict[str, float], words: str) -> None:
    said = sentences(algorithm, rollout, {}, rollout)
    assert words in said
    assert bool(said) is bool(words)


def test_one_group_that_differed_is_enough() -> None:
    alike = {"reward_std": 0.3, "frac_reward_zero_std": 1.0}
    assert sentences("grpo", alike, alike, {"reward_std": 0.3, "frac_reward_zero_std": 0.9}) == ""


def test_nothing_is_claimed_of_updates_that_nobody_watched() -> None:
    assert sentences("dpo", {"grad_norm": 0.0}, {"grad_norm": 0.0}, signs=LearningSigns.unknown()) == ""
    assert sentences("dpo") == ""


def test_skipped_examples_are_told_by_why() -> None:
    said = [english(text) for text in skip_sentences({"equal": 3, "no_room": 0, "refused": 2})]
    assert len(said) == 1
    assert "skipped 3 times because their answers are equal" in said[0]


def test_metrics_that_are_no_numbers_are_named() -> None:
    assert nonfinite_keys({"a": 1.0, "b": float("nan"), "c": float("-inf")}) == ["b", "c"]
