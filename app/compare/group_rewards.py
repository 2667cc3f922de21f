"""The rewards of compared groups as the verdict takes them: for each group an array of seeds by prompts.

The end evaluation counts; where a run has none, as in older versions, the answers of its last evaluation do for all. No
Streamlit. Left out: the verdict (`group_verdicts`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from app.compare.compared_groups import Comparison, RunGroup
from engine.analysis import kl_matching
from engine.analysis.verdict import MethodRewards, common_prompts
from engine.analysis.verdict_variance import FloatArray
from engine.spec import key_metrics
from storage import final_samples, metrics, prompt_rewards, samples
from storage.database import Database
from storage.prompt_rewards import PromptRewards
from storage.records import Message, Run

Rewards = Mapping[str, float]
"""prompt key -> mean reward of the answers to it; NaN where one has none"""


@dataclass(frozen=True)
class GroupRewards:
    """The methods in the order of the groups, `answers` to each prompt, the least and the most of any run."""

    methods: tuple[MethodRewards, ...]
    prompts: tuple[str, ...]
    answers: tuple[int, int]
    reported: bool = False  # of end evaluations, else of evaluations along the runs

    @property
    def common(self) -> int:
        """How many prompts have a reward in every run."""
        return int(common_prompts(self.methods).sum())


@dataclass(frozen=True)
class MatchedRewards:
    """The same at one KL, in nats, along the evaluations of the runs."""

    kl: float
    rewards: GroupRewards


def last_rewards(db: Database, comparison: Comparison) -> GroupRewards | None:
    """At the end of every run; None where one kept no answers."""
    final = _all_reported(db, comparison)
    rewards = _collected(comparison, lambda run: _last(db, run, final=final))
    return None if rewards is None else replace(rewards, reported=final)


def matched_rewards(db: Database, comparison: Comparison) -> MatchedRewards | None:
    """At the largest KL that all runs reach; None where that is hardly any, or where a run lacks KL or answers."""
    curves = {run.id: _kl_curve(db, run) for run in comparison.runs}
    kl = kl_matching.shared_kl([list(curve.values()) for curve in curves.values()])
    if kl is None:
        return None
    rewards = _collected(comparison, lambda run: _at_kl(db, run, curves[run.id], kl))
    return None if rewards is None else MatchedRewards(kl, rewards)


def asked(db: Database, run: Run, *, reported: bool) -> Mapping[str, Sequence[Message]]:
    """The prompts at the end of a run, by their keys; with `reported`, those of its end evaluation."""
    steps = _steps(db, run, final=reported)
    return prompt_rewards.asked(db, run.id, steps[-1], final=reported) if steps else {}


def _all_reported(db: Database, comparison: Comparison) -> bool:
    """Whether every run has an end evaluation. Prompts and luck of an evaluation along a run are others."""
    return all(_steps(db, run, final=True) for run in comparison.runs)


def _last(db: Database, run: Run, *, final: bool) -> PromptRewards | None:
    steps = _steps(db, run, final=final)
    return prompt_rewards.at_step(db, run.id, steps[-1], final=final) if steps else None


def _steps(db: Database, run: Run, *, final: bool) -> list[int]:
    return final_samples.steps(db, run.id) if final else samples.steps(db, run.id)


def _kl_curve(db: Database, run: Run) -> dict[int, float]:
    """The held-out KL of a run by step, where its answers are kept too."""
    kept = set(samples.steps(db, run.id))
    points = metrics.points(db, run.id, key_metrics.HELD_OUT_KL)
    return {step: value for _key, step, value, _at in points if step in kept}


def _at_kl(db: Database, run: Run, curve: Mapping[int, float], kl: float) -> PromptRewards | None:
    """Between two evaluations, each prompt's rewards on a straight line along KL."""
    between = kl_matching.at_kl(list(curve.values()), kl)
    if between is None:
        return None
    steps = list(curve)
    before, after = (prompt_rewards.at_step(db, run.id, steps[index]) for index in between[:2])
    if before is None or after is None or before.prompts != after.prompts:
        return None
    mixed = (1 - between.weight) * before.rewards.mean(axis=1) + between.weight * after.rewards.mean(axis=1)
    return PromptRewards(after.step, after.prompts, mixed[:, None])


def _collected(comparison: Comparison, read: Callable[[Run], PromptRewards | None]) -> GroupRewards | None:
    by_run: dict[str, PromptRewards] = {}
    for run in comparison.runs:
        rewards = read(run)
        if rewards is None:
            return None
        by_run[run.id] = rewards
    prompts = tuple(dict.fromkeys(prompt for rewards in by_run.values() for prompt in rewards.prompts))
    means = {run_id: dict(zip(of.prompts, of.rewards.mean(axis=1), strict=True)) for run_id, of in by_run.items()}
    answers = [rewards.rewards.shape[1] for rewards in by_run.values()]
    methods = tuple(_method(group, comparison, means, prompts) for group in comparison.groups)
    return GroupRewards(methods, prompts, (min(answers), max(answers)))


def _method(
    group: RunGroup, comparison: Comparison, means: Mapping[str, Rewards], prompts: Sequence[str]
) -> MethodRewards:
    """A row for each seed of the group; runs of one seed and the same settings are one, and their mean counts."""
    by_seed: dict[Any, list[FloatArray]] = {}
    for run in group.runs:
        compared = comparison.compared[comparison.runs.index(run)]
        row = np.array([means[run.id].get(prompt, np.nan) for prompt in prompts])
        by_seed.setdefault((compared.seed, frozenset(compared.settings.items())), []).append(row)
    return MethodRewards(group.label, np.array([np.mean(rows, axis=0) for rows in by_seed.values()]))
