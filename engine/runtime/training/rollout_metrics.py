"""What a rollout says about itself: rewards and their spread, lengths and cuts. Plain numbers, once a rollout."""

from collections.abc import Sequence
from statistics import fmean, pstdev

import numpy as np

from engine.models.sampler import Sampled
from engine.rewards import Scored

QUANTILES = {"min": 0, "p05": 5, "p25": 25, "p50": 50, "p75": 75, "p95": 95, "max": 100}


def reward_metrics(groups: Sequence[Scored]) -> dict[str, float]:
    """Of the rewards of all answers, group by group. The standard deviations are over all answers, as TRL's."""
    rewards = [value for group in groups for value in group.total]
    quantiles = np.percentile(rewards, list(QUANTILES.values()))
    metrics = {
        "reward": fmean(rewards),
        "reward_std": pstdev(rewards),
        **{f"reward/{name}": float(value) for name, value in zip(QUANTILES, quantiles, strict=True)},
    }
    if len(groups[0].total) > 1:  # one answer differs from none
        metrics["frac_reward_zero_std"] = fmean(len(set(group.total)) == 1 for group in groups)
    for name in groups[0].components:
        values = [value for group in groups for value in group.components[name]]
        metrics |= {f"rewards/{name}/mean": fmean(values), f"rewards/{name}/std": pstdev(values)}
    return metrics


def completion_metrics(answers: Sequence[Sampled]) -> dict[str, float]:
    """Of the sampled answers' tokens."""
    lengths = [len(answer.tokens) for answer in answers]
    return {
        "completions/mean_length": fmean(lengths),
        "completions/max_length": float(max(lengths)),
        "completions/clipped_ratio": fmean(not answer.finished for answer in answers),
        "completions/empty_ratio": fmean(answer.empty for answer in answers),
    }
