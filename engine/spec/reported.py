"""Which metrics a run reports: what its algorithm adds to what every run, every rollout and every evaluation does.

Left out: what they mean (`metrics`).
"""

from collections.abc import Iterable, Iterator

from engine.spec.key_metrics import FINAL_GAIN, HEADLINE
from engine.spec.metrics import at_the_end, general, metric
from engine.spec.problems import Problem
from engine.spec.rewards import Plugin
from engine.spec.run import RunSpec
from engine.spec.train import Train
from words import N_

_UNREPORTED = N_("{path}: a {algorithm} run does not report {metric}. It can be watched for {known}.")
_NOTHING_REPORTED = N_(
    "{path}: a {algorithm} run does not report {metric}, nor another metric for this rule: leave it out."
)

EVERY_RUN = (
    "loss",
    "learning_rate",
    "grad_norm",
    "num_tokens",
    "num_samples",
    "train_seconds",
    "generated_tokens",
    "tokens_per_second",
    "samples_per_second",
    "seconds_per_step",
    "memory_mb",
    "cpu_percent",
    "process_memory_mb",  # where memory_mb is that of a GPU
    "data/skipped",
)
EVERY_ROLLOUT = (
    "reward",
    "reward_std",
    "rewards/{component}/mean",
    "rewards/{component}/std",
    *(f"reward/{name}" for name in ("min", "p05", "p25", "p50", "p75", "p95", "max")),
    "frac_reward_zero_std",  # of groups of more than one answer
    "kl",
    "entropy",
    "completions/mean_length",
    "completions/max_length",
    "completions/mean_answer_length",  # of answers that close a block of thinking
    "completions/clipped_ratio",
    "completions/empty_ratio",
    "sampling/logp_difference/mean",
    "sampling/logp_difference/max",
)
EVERY_EVALUATION = (
    "eval/reward",
    "eval/rewards/{component}",
    "eval/kl",
    "eval/kl_sampled",
    "eval/length",
    "eval/answer_length",  # of answers that close a block of thinking
    "eval/distinct_2",
    "eval/reference_perplexity",
    "eval/clipped_ratio",
)


def metric_keys(spec: Train) -> tuple[str, ...]:
    """All that a run may report, in the order of its panels, reward components spelled out.

    A plug-in names its components itself: for it, the key stays general.
    """
    keys = [*EVERY_RUN, *type(spec).metrics]
    if spec.data.source == "sampled":
        keys += [*EVERY_ROLLOUT, *type(spec).rollout_metrics]
    evaluated = _evaluation_keys(spec)
    keys += evaluated
    if spec.evaluation.final_prompts != 0:
        keys += filter(None, map(at_the_end, evaluated))
        if HEADLINE in evaluated:
            keys.append(FINAL_GAIN)
    return tuple(dict.fromkeys(_spelled_out(keys, spec)))


def unreported_watches(spec: RunSpec) -> Iterator[Problem]:
    """Watch rules for metrics that the run will never report, with those that they could have instead."""
    if not isinstance(spec, Train):
        return
    reported = metric_keys(spec)
    for number, rule in enumerate(spec.watch or [], 1):
        path = f"watch.{number}.metric"
        for key in rule.watched:
            if key not in reported and general(key) not in reported:
                known = [other for other in rule.choices or comparing(reported) if other in reported]
                values = {"path": path, "algorithm": spec.algorithm, "metric": key, "known": ", ".join(known)}
                yield Problem(path, (_UNREPORTED if known else _NOTHING_REPORTED, values))


def comparing(keys: Iterable[str]) -> list[str]:
    """Those that are held-out metrics of which more or less is better."""
    return [key for key in keys if metric(key).section == "held_out" and metric(key).better is not None]


def _evaluation_keys(spec: Train) -> list[str]:
    if "scalar_head" in spec.needs:
        return ["eval/loss", "eval/accuracy", "eval/margin"]
    keys = list(EVERY_EVALUATION)
    if spec.data.source == "frozen":
        keys.append("eval/loss")
    if spec.batch == "pairs":
        keys += ["eval/accuracy", "eval/margin"]
    return keys


def _spelled_out(keys: list[str], spec: Train) -> Iterator[str]:
    for key in keys:
        if "{component}" in key:
            parts = spec.evaluation_reward if metric(key).section in ("held_out", "final") else spec.training_reward
            for part in parts:
                yield key if isinstance(part, Plugin) else key.replace("{component}", part.component)
        else:
            yield key
