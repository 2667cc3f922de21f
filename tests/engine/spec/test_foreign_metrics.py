"""Metrics of other trainers: ours where they mean the same, and the method that logs them."""

import pytest

from engine.spec import METRICS, general
from engine.spec.foreign_metrics import algorithm_of, own_key
from tests.storage.foreign_runs.sources import TRL_DPO_EVALUATION, TRL_DPO_LOG

DPO = {own_key(key) for key in TRL_DPO_LOG}


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("loss", "loss"),
        ("train/loss", "loss"),
        ("eval_loss", "eval/loss"),
        ("eval/loss", "eval/loss"),
        ("eval/rewards/accuracies", "eval/accuracy"),
        ("eval_rewards/accuracies", "eval/accuracy"),
        ("eval_rewards/margins", "eval/rewards/margins"),  # with beta, which eval/margin leaves out
        ("train/rewards/margins", "rewards/margins"),
        ("rewards/len_func/mean", "rewards/len_func/mean"),
        ("lr", "learning_rate"),
        ("objective/scores", "reward"),
        ("policy/clipfrac_avg", "clip_ratio/region_mean"),
        ("step_time", "seconds_per_step"),
        ("train_runtime", "train_runtime"),
        ("evaluation", "evaluation"),
        ("my/own", "my/own"),
    ],
)
def test_a_metric_is_called_as_ours_where_it_means_the_same(theirs: str, ours: str) -> None:
    assert own_key(theirs) == ours
    assert own_key(ours) == ours, "and stays so"


def test_what_trl_logs_of_dpo_lies_on_our_charts() -> None:
    keys = {own_key(key) for key in (*TRL_DPO_LOG, *TRL_DPO_EVALUATION)}
    unknown = {"epoch", "logits/chosen", "logits/rejected", "eval/rewards/margins", "eval/runtime"}
    assert {key for key in keys if general(key) not in METRICS} == unknown


@pytest.mark.parametrize("key", ["eval/rewards/margins", "eval/rewards/chosen", "eval/rewards/accuracies"])
def test_what_trl_logs_of_pairs_is_no_part_of_a_reward(key: str) -> None:
    assert general(key) == key
    assert general("eval/rewards/polite") == "eval/rewards/{component}"


@pytest.mark.parametrize(
    ("keys", "settings", "trainer", "algorithm"),
    [
        (DPO, {}, "", "dpo"),
        (DPO | {"kl"}, {}, "", "kto"),
        (DPO | {"log_odds_ratio", "nll_loss"}, {}, "", None),  # TRL's ORPO
        ({"loss"}, {}, "", None),
        ({"loss"}, {}, "DPOConfig", "dpo"),
        ({"loss"}, {}, "SFTTrainer", "sft"),
        ({"loss"}, {}, "TrainingArguments", None),
        ({"loss"}, {"importance_sampling_level": "sequence"}, "GRPOConfig", "gspo"),
        ({"frac_reward_zero_std"}, {"scale_rewards": "group"}, "", "grpo"),
        ({"frac_reward_zero_std"}, {}, "", None),  # TRL's RLOO logs it too
        ({"objective/kl", "loss/value_avg"}, {}, "", "ppo"),
        ({"min_reward", "max_reward"}, {}, "", "reward"),
    ],
)
def test_the_method_is_told_by_its_trainer_or_its_metrics(
    keys: set[str], settings: dict[str, str], trainer: str, algorithm: str | None
) -> None:
    assert algorithm_of(keys, settings, trainer) == algorithm
