"""The metrics that code asks for by what they mean, as keys; a key that is not declared stops the import.

Left out: their declarations (`metrics`), and which of them a run reports (`reported`).
"""

from collections.abc import Iterable

from engine.spec.metrics import METRICS, general

HELD_OUT = "eval/"  # what the keys of all evaluations along a run begin with
HEADLINE = METRICS["eval/reward"].key  # the figure that compares methods
HELD_OUT_KL = METRICS["eval/kl"].key  # the distance from the reference that the headline cost
DIVERSITY = METRICS["eval/distinct_2"].key
RESPONSE_LENGTH = METRICS["eval/length"].key
HELD_OUT_REWARD_PART = METRICS["eval/rewards/{component}"].key
NO_MEANS = (METRICS["eval/distinct_2"].key, METRICS["final/distinct_2"].key)  # no interval over prompts says how sure
FINAL_REWARD = METRICS["final/reward"].key  # of the end evaluation: what a report says
FINAL_REWARD_PART = METRICS["final/rewards/{component}"].key.removesuffix("{component}")
READERS = frozenset({"polite_reader"})  # what reads beside a reward, and is no part of it
FINAL_GAIN = METRICS["final/reward_gain"].key
FINAL_KL = METRICS["final/kl"].key
TRAINING_REWARD = METRICS["reward"].key
LOSS = METRICS["loss"].key
HELD_OUT_ACCURACY = METRICS["eval/accuracy"].key
PAIR_ACCURACIES = (HELD_OUT_ACCURACY, METRICS["rewards/accuracies"].key, METRICS["accuracy"].key)
"""Shares of pairs that are put into the right order, which is what people do who judge."""
TRAINED_TOKENS = METRICS["num_tokens"].key
GENERATED_TOKENS = METRICS["generated_tokens"].key
TRAINED_SAMPLES = METRICS["num_samples"].key
TRAINING_SECONDS = METRICS["train_seconds"].key
STEP_SECONDS = METRICS["seconds_per_step"].key
TOKENS_PER_SECOND = METRICS["tokens_per_second"].key
REWARD_BANDS = tuple(
    (METRICS[f"reward/{low}"].key, METRICS[f"reward/{high}"].key)
    for low, high in (("min", "max"), ("p05", "p95"), ("p25", "p75"))
)
"""(lower, upper) edges of the bands in which the rewards of a rollout lie, the widest first."""

RANKED = tuple(key for _rank, key in sorted((metric.rank, key) for key, metric in METRICS.items() if metric.rank))
"""In the order of what a person asks for first; a run shows the first three that it measures."""

RANKED_HELD_OUT = tuple(key for key in RANKED if METRICS[key].section == "held_out")
"""The figures that compare runs. A training loss does not: each method has its own."""


def only_part(keys: Iterable[str], declared: str) -> str | None:
    """The only part of a reward among these metrics, which says what the whole says; None of several parts.

    `declared` is how the parts are declared: with {component} in place of a name.

    >>> only_part(["eval/rewards/polite", "eval/rewards/polite_reader", "eval/reward"], HELD_OUT_REWARD_PART)
    'eval/rewards/polite'
    """
    parts = [key for key in keys if general(key) == declared and key.rpartition("/")[2] not in READERS]
    return parts[0] if len(parts) == 1 else None
