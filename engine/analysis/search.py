"""Which settings a search tries next: drawn at random without repeats, or where earlier trials were good (TPE).

TPE: Bergstra et al. 2011, Algorithms for hyper-parameter optimization, by optuna. A proposal follows from the trials
before it and the seed alone, so that a search goes on from what is stored as if it had never stopped. Left out: what
the settings are (`engine.spec.study_axes`), and carrying trials out (`engine.studies`).
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log, prod
from typing import Any

import numpy as np

MOST_LISTED = 100_000  # combinations that are put into one drawn order
MOST_REDRAWN = 20  # proposals that repeat an earlier trial
FEWEST_RANDOM, MOST_RANDOM = 2, 10


@dataclass(frozen=True)
class Interval:
    """Numbers from `low` to `high`, drawn evenly, or evenly in their logarithm."""

    low: float
    high: float
    logarithmic: bool = False


Dimension = int | Interval
"""How many values are listed, or the interval."""
Point = Mapping[str, float]
"""By dimension the position of a listed value, or a number of the interval."""


@dataclass(frozen=True)
class Trial:
    """A trial that has ended; `value` is better the higher, None of one that failed."""

    point: Point
    value: float | None


def random_trials(trials: int) -> int:
    """How many of TPE's first trials are drawn at random: a third, between 2 and 10.

    >>> random_trials(4), random_trials(12), random_trials(100)
    (2, 4, 10)
    """
    return min(MOST_RANDOM, max(FEWEST_RANDOM, trials // 3))


def draw(dimensions: Mapping[str, Dimension], number: int, key: str) -> dict[str, float]:
    """The point of trial `number` (from 0) of a random search; `key` names the search and its seed.

    Where all values are listed, no combination comes twice before all have come.
    """
    counts = {name: size for name, size in dimensions.items() if isinstance(size, int)}
    total = prod(counts.values())
    if len(counts) == len(dimensions) and total <= MOST_LISTED:
        order = _generator(key).permutation(total)
        return _combination(counts, int(order[number % total]))
    random = _generator(f"{key}/{number}")
    return {
        name: float(random.integers(size)) if isinstance(size, int) else _within(size, random.random())
        for name, size in dimensions.items()
    }


def tpe(dimensions: Mapping[str, Dimension], earlier: Sequence[Trial], key: str) -> dict[str, float]:
    """The point that TPE proposes after the earlier trials, other than theirs where all values are listed."""
    points = [dict(trial.point) for trial in earlier]
    for redraw in range(MOST_REDRAWN):
        point = _propose(dimensions, earlier, _whole(f"{key}/{len(earlier)}/{redraw}"))
        if point not in points:
            return point
    drawn = (draw(dimensions, number, key) for number in range(len(earlier) + 1))
    return next((point for point in drawn if point not in points), point)


def best(values: Mapping[int, float]) -> int | None:
    """The trial with the highest value, the first of equal ones; None of none.

    >>> best({0: 0.5, 1: 0.75, 2: 0.75})
    1
    """
    return max(sorted(values), key=values.__getitem__, default=None)


def _propose(dimensions: Mapping[str, Dimension], earlier: Sequence[Trial], seed: int) -> dict[str, float]:
    import optuna  # a third of a second

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    distributions = {name: _distribution(optuna.distributions, size) for name, size in dimensions.items()}
    sampler = optuna.samplers.TPESampler(seed=seed, n_startup_trials=1)
    study = optuna.create_study(direction="maximize", sampler=sampler)
    for trial in earlier:
        study.add_trial(_frozen(optuna.trial, trial, dimensions, distributions))
    params = study.ask(distributions).params
    return {name: float(params[name]) for name in dimensions}


def _frozen(trials: Any, trial: Trial, dimensions: Mapping[str, Dimension], distributions: Mapping[str, Any]) -> Any:
    params = {
        name: int(trial.point[name]) if isinstance(size, int) else trial.point[name]
        for name, size in dimensions.items()
    }
    state = trials.TrialState.FAIL if trial.value is None else trials.TrialState.COMPLETE
    return trials.create_trial(params=params, distributions=distributions, value=trial.value, state=state)


def _distribution(distributions: Any, size: Dimension) -> Any:
    if isinstance(size, int):
        return distributions.CategoricalDistribution(tuple(range(size)))
    return distributions.FloatDistribution(size.low, size.high, log=size.logarithmic)


def _combination(counts: Mapping[str, int], index: int) -> dict[str, float]:
    """The combination at an index, the last dimension fastest.

    >>> _combination({"a": 2, "b": 3}, 4)
    {'a': 1.0, 'b': 1.0}
    """
    positions = np.unravel_index(index, tuple(counts.values())) if counts else ()
    return {name: float(position) for name, position in zip(counts, positions, strict=True)}


def _within(interval: Interval, share: float) -> float:
    """The number at a share of the interval.

    >>> round(_within(Interval(0.001, 0.1, logarithmic=True), 0.5), 6)
    0.01
    """
    if interval.logarithmic:
        return exp(log(interval.low) + share * (log(interval.high) - log(interval.low)))
    return interval.low + share * (interval.high - interval.low)


def _generator(key: str) -> np.random.Generator:
    return np.random.default_rng(_whole(key))


def _whole(key: str) -> int:
    """A number that follows from the key alone, as Python's own hash does not."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:4], "big")
