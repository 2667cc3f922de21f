"""Which method is better: mean rewards over the same prompts, told apart from the luck of seeds and prompts, or not.

The estimator is that of `verdict_variance`; p-values are corrected for all pairs (Holm 1979). A leader is named only
where it beats all others after that. With one seed nothing says what another seed would change, so none is named. Left
out: whether the runs can be compared at all (`comparison`), and the sentences (`verdict_words`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.analysis.verdict_bootstrap import Draws, Interval, Resampled, improvement
from engine.analysis.verdict_seeds import seeds_needed
from engine.analysis.verdict_variance import (
    LEVEL,
    Estimate,
    FloatArray,
    SeedsByPrompts,
    estimate,
    prompt_differences,
    seeds_by_prompts,
)

Mask = npt.NDArray[np.bool_]
FEWEST_PROMPTS = 2
MOST_RESAMPLED = 28  # pairs: those of eight methods


@dataclass(frozen=True)
class MethodRewards:
    """y[s, p]: the mean reward of the answers of seed s to prompt p, (S, P); NaN where there is none."""

    name: str
    rewards: FloatArray


@dataclass(frozen=True)
class MethodMean:
    """A method's mean reward over seeds and prompts. Its 95 % interval is of prompts alone where it has one seed."""

    name: str
    seeds: int
    mean: float
    interval: Interval


@dataclass(frozen=True)
class Pair:
    """Two methods, as positions among those compared; `first` has the higher mean.

    `interval` is of the difference, 95 %, of this pair alone. `p` and `adjusted_p` are None where one of them has one
    seed. On `better` prompts the first has the higher mean over seeds, on `flips` the order is turned, on `equal`
    neither. `improvement` is the probability that a seed of the first has the higher reward on a prompt. `seeds_needed`
    each would show a difference of this size: None where this one is seen, or no number of seeds would do.
    `resampled` is the bootstrap's, None where it was not asked for.
    """

    first: int
    second: int
    difference: float
    interval: Interval
    df: float
    p: float | None
    adjusted_p: float | None
    better: int
    flips: int
    equal: int
    improvement: float
    seeds_needed: int | None
    resampled: Resampled | None

    @property
    def is_told_apart(self) -> bool:
        """Whether the first beats the second after the correction."""
        return self.adjusted_p is not None and self.adjusted_p < LEVEL and self.difference > 0


@dataclass(frozen=True)
class Verdict:
    """What is to be said of methods on `prompts` common prompts; `dropped` had no reward in one of the runs.

    `ranking` are positions by falling mean; `pairs` are in that order. Without a `leader`, `undecided` are those of
    which the best may be one. `alike` are sets of which no two are told apart.
    """

    methods: tuple[MethodMean, ...]
    prompts: int
    dropped: int
    pairs: tuple[Pair, ...]
    ranking: tuple[int, ...]
    leader: int | None
    undecided: tuple[int, ...]
    alike: tuple[tuple[int, ...], ...]

    @property
    def has_single_seeds(self) -> bool:
        """Whether a method has one seed, so that nothing says what another seed would change."""
        return any(method.seeds == 1 for method in self.methods)

    @property
    def indistinct(self) -> float:
        """The widest half interval of a pair: smaller differences cannot be told from luck."""
        return max((pair.difference - pair.interval.low for pair in self.pairs), default=0.0)


def verdict(methods: Sequence[MethodRewards], *, resample: bool = False) -> Verdict:
    """What is to be said of two or more methods; prompts without a finite reward in every seed are dropped.

    `resample` adds the bootstrap's intervals to the first pairs, which takes a tenth of a second.

    Raises ValueError for fewer than two methods, a method without a seed, or fewer than two common prompts: nothing can
    be said of these. Source: the project's design, section 10.

    >>> rewards = np.linspace(0.0, 0.1, 40)[None, :] + np.array([[0.50], [0.52], [0.51]])
    >>> answer = verdict([MethodRewards("dpo", rewards), MethodRewards("grpo", rewards + 0.1)])
    >>> pair = answer.pairs[0]
    >>> answer.methods[answer.leader].name, round(pair.difference, 3), round(pair.df, 3)
    ('grpo', 0.1, 4.0)

    The prompts differ by the same in both, so seeds alone vary: each by 0.01, and t of 4 degrees is 2.776.

    >>> [round(end, 4) for end in pair.interval], round(2.776 * (2 * 0.01**2 / 3) ** 0.5, 4)
    ([0.0773, 0.1227], 0.0227)
    """
    common = _checked(methods)
    rewards = [each.rewards[:, common] for each in methods]
    parts = [seeds_by_prompts(each) for each in rewards]
    means = [float(each.mean()) for each in rewards]
    ranking = sorted(range(len(methods)), key=lambda index: -means[index])
    positions = list(combinations(ranking, 2))
    differences = [estimate(parts[first], parts[second]) for first, second in positions]
    adjusted = _adjusted(positions, differences, parts)
    level = LEVEL / max(1, sum(map(_is_open, adjusted)))
    measured = _Measured(rewards, parts, level, Draws(rewards) if resample else None)
    pairs = tuple(
        _pair(*position, difference, p, measured if index < MOST_RESAMPLED else measured._replace(draws=None))
        for index, (position, difference, p) in enumerate(zip(positions, differences, adjusted, strict=True))
    )
    apart = {(pair.first, pair.second) for pair in pairs if pair.is_told_apart}
    leader = ranking[0] if all((ranking[0], other) in apart for other in ranking[1:]) else None
    return Verdict(
        methods=tuple(_mean(method.name, part) for method, part in zip(methods, parts, strict=True)),
        prompts=int(common.sum()),
        dropped=int((~common).sum()),
        pairs=pairs,
        ranking=tuple(ranking),
        leader=leader,
        undecided=() if leader is not None else _undecided(ranking, apart),
        alike=tuple(_alike(ranking, apart)),
    )


def holm(p: Sequence[float]) -> list[float]:
    """The p-values after Holm's correction for all of them (Holm 1979), in the same order.

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    order = sorted(range(len(p)), key=p.__getitem__)
    adjusted, largest = [0.0] * len(p), 0.0
    for rank, index in enumerate(order):
        largest = max(largest, min(1.0, (len(p) - rank) * p[index]))
        adjusted[index] = largest
    return adjusted


def common_prompts(methods: Sequence[MethodRewards]) -> Mask:
    """Which prompts have a finite reward in every seed of every method: (P,)."""
    common: Mask = np.all([np.isfinite(method.rewards).all(axis=0) for method in methods], axis=0)
    return common


def _checked(methods: Sequence[MethodRewards]) -> Mask:
    """The common prompts of methods of which something can be said. Raises ValueError for others."""
    if len(methods) < 2:
        raise ValueError("A verdict needs at least two methods.")
    if any(not len(method.rewards) for method in methods):
        raise ValueError("A verdict needs at least one seed of each method.")
    common = common_prompts(methods)
    if common.sum() < FEWEST_PROMPTS:
        raise ValueError("A verdict needs at least two prompts that all have answered.")
    return common


def _adjusted(
    positions: Sequence[tuple[int, int]], differences: Sequence[Estimate], parts: Sequence[SeedsByPrompts]
) -> list[float | None]:
    """The corrected p of each pair; None of pairs that lack a second seed, which the correction does not count."""
    tested = [index for index, pair in enumerate(positions) if all(parts[each].seeds > 1 for each in pair)]
    corrected = holm([float(differences[index].p) for index in tested])
    by_index = dict(zip(tested, corrected, strict=True))
    return [by_index.get(index) for index in range(len(positions))]


def _is_open(adjusted: float | None) -> bool:
    """Whether a pair was tested and is not told apart."""
    return adjusted is not None and adjusted >= LEVEL


class _Measured(NamedTuple):
    """What the pairs are made of; `level` is what Holm leaves to each of those that are not told apart."""

    rewards: Sequence[FloatArray]
    parts: Sequence[SeedsByPrompts]
    level: float
    draws: Draws | None


def _pair(first: int, second: int, difference: Estimate, adjusted: float | None, measured: _Measured) -> Pair:
    rewards, parts, level, draws = measured
    value, half = float(difference.value), float(difference.half_width)
    between = prompt_differences(parts[first], parts[second])
    return Pair(
        first=first,
        second=second,
        difference=value,
        interval=Interval(value - half, value + half),
        df=float(difference.df),
        p=None if adjusted is None else float(difference.p),
        adjusted_p=adjusted,
        better=int((between > 0).sum()),
        flips=int((between < 0).sum()),
        equal=int((between == 0).sum()),
        improvement=float(improvement(rewards[first], rewards[second]).mean()),
        seeds_needed=seeds_needed(parts[first], parts[second], value, level) if _is_open(adjusted) else None,
        resampled=None if draws is None else draws.pair(first, second),
    )


def _mean(name: str, parts: SeedsByPrompts) -> MethodMean:
    mean = estimate(parts)
    value, half = float(mean.value), float(mean.half_width)
    return MethodMean(name, parts.seeds, value, Interval(value - half, value + half))


def _undecided(ranking: Sequence[int], apart: set[tuple[int, int]]) -> tuple[int, ...]:
    """Those that nobody beats; where that is the best mean alone, it and those that it does not beat."""
    unbeaten = [each for each in ranking if not any(second == each for _first, second in apart)]
    if len(unbeaten) > 1:
        return tuple(unbeaten)
    return (ranking[0], *(other for other in ranking[1:] if (ranking[0], other) not in apart))


def _alike(ranking: Sequence[int], apart: set[tuple[int, int]]) -> list[tuple[int, ...]]:
    """Sets of two and more of which no two are told apart, each in the order of the ranking.

    Sets begin with each method in turn and take on what follows in the ranking while it is like all before.
    """
    sets: list[tuple[int, ...]] = []
    for start in range(len(ranking)):
        members = [ranking[start]]
        for other in ranking[start + 1 :]:
            if all((member, other) not in apart for member in members):
                members.append(other)
        if len(members) > 1 and not any(set(members) <= set(larger) for larger in sets):
            sets.append(tuple(members))
    return sets
