"""What the metrics of other trainers are called here, where they mean the same; and which method logs them.

transformers logs `eval_loss` and writes `train/loss` and `eval/loss` for trackers; TRL's names are ours. What means
something else keeps its own name. Left out: what ours mean (`metrics`).
"""

import re
from collections.abc import Collection, Mapping
from typing import Any

from engine.spec.metrics import METRICS

TRAINER = re.compile(r"([A-Za-z]+?)(?:Config|Trainer)")

_NAMES = {
    "lr": "learning_rate",  # TRL's PPO
    "num_input_tokens_seen": "num_tokens",  # transformers, with include_num_input_tokens_seen
    "step_time": "seconds_per_step",  # TRL's GRPO
    "objective/scores": "reward",  # TRL's PPO: the mean score of the sampled answers
    "policy/entropy_avg": "entropy",
    "policy/clipfrac_avg": "clip_ratio/region_mean",
    "val/ratio": "ratio/mean",
    # TRL counts a tie as wrong, AlignLab as one half: they differ at step 0 alone, where policy and reference are equal
    "eval/rewards/accuracies": "eval/accuracy",
}
_DROPPED = ("train/",)
_FOLDERS = {"eval_": "eval/", "test_": "test/"}
# which method, where its metrics alone say it; the first that fits
_SIGNS: tuple[tuple[str, frozenset[str], frozenset[str]], ...] = (
    ("kto", frozenset({"rewards/margins", "kl"}), frozenset()),
    ("dpo", frozenset({"rewards/margins", "logps/chosen"}), frozenset({"nll_loss", "log_odds_ratio"})),
    ("ppo", frozenset({"objective/kl", "loss/value_avg"}), frozenset()),
    ("reward", frozenset({"min_reward", "max_reward"}), frozenset()),
)
_TRAINERS = ("dpo", "grpo", "kto", "ppo", "reward", "rloo", "sft")


def own_key(key: str) -> str:
    """Our key of a metric; its own where it has no equal here.

    >>> [own_key(key) for key in ("train/rewards/margins", "eval_loss", "eval_rewards/accuracies", "my/metric")]
    ['rewards/margins', 'eval/loss', 'eval/accuracy', 'my/metric']
    """
    for prefix in _DROPPED:
        key = key.removeprefix(prefix)
    for prefix, folder in _FOLDERS.items():
        if key.startswith(prefix):
            key = folder + key.removeprefix(prefix)
    return _NAMES.get(key, key)


def algorithm_of(keys: Collection[str], settings: Mapping[str, Any], trainer: str = "") -> str | None:
    """The method of a run with these metrics (ours) and settings; None where they do not say it.

    `trainer` is a class of TRL, such as DPOConfig or GRPOTrainer.

    >>> algorithm_of({"loss"}, {}, "DPOConfig"), algorithm_of({"loss", "rewards/margins", "logps/chosen"}, {})
    ('dpo', 'dpo')
    """
    named = TRAINER.fullmatch(trainer)
    if named and named[1].lower() in _TRAINERS:
        return _of_group(named[1].lower(), settings)
    if "frac_reward_zero_std" in keys and "scale_rewards" in settings:
        return _of_group("grpo", settings)
    return next((name for name, present, absent in _SIGNS if present <= {*keys} and not absent & {*keys}), None)


def _of_group(algorithm: str, settings: Mapping[str, Any]) -> str:
    """TRL's GRPO with a ratio for the whole sequence is GSPO."""
    is_sequence = algorithm == "grpo" and settings.get("importance_sampling_level") == "sequence"
    return "gspo" if is_sequence else algorithm


if unknown := set(_NAMES.values()) - set(METRICS):
    raise ValueError(f"no metrics of ours: {unknown}")
