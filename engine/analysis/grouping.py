"""Runs in groups: those that differ in the seed alone, or those with one value of a setting; and what a group's figures
come to.

Functions on plain values. Left out: the curves of groups (`group_curves`), and whether groups differ by more than
chance, which takes the answers to each prompt.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from math import isclose, isfinite, nan
from statistics import fmean, stdev

from engine.analysis.comparison import ComparedRun

NO_GROUPS = "none"
ALL_BUT_SEED = "seed"
MOST_LABEL_SETTINGS = 2
ROUNDING = 1e-12  # relative


@dataclass(frozen=True)
class Group:
    """`members` are positions among the runs. `varying` are the settings in which they differ, beside the seed."""

    label: str
    members: tuple[int, ...]
    varying: tuple[str, ...] = ()


@dataclass(frozen=True)
class Spread:
    """What the values of `count` runs come to; `deviation` is the sample's (n - 1), None of a single one."""

    count: int
    mean: float
    low: float
    high: float
    deviation: float | None


def difference(value: float, baseline: float) -> float:
    """How far a value is above another; 0 where they differ by no more than rounding does.

    >>> difference(0.1 + 0.2, 0.3), difference(0.75, 0.5)
    (0.0, 0.25)
    """
    return 0.0 if isclose(value, baseline, rel_tol=ROUNDING) else value - baseline


def spread(values: Sequence[float]) -> Spread | None:
    """The spread of some values, None of none; what is no number makes the whole no number.

    >>> spread([0.5, 0.75, 1.0])
    Spread(count=3, mean=0.75, low=0.5, high=1.0, deviation=0.25)
    """
    if not values:
        return None
    if not all(map(isfinite, values)):
        return Spread(len(values), nan, nan, nan, None if len(values) == 1 else nan)
    deviation = stdev(values) if len(values) > 1 else None
    return Spread(len(values), fmean(values), min(values), max(values), deviation)


def usual_grouping(runs: Sequence[ComparedRun]) -> str:
    """By all but the seed where that puts any two runs together, else no groups."""
    return ALL_BUT_SEED if any(len(members) > 1 for members in _by_all_but_seed(runs)) else NO_GROUPS


def varied_settings(runs: Sequence[ComparedRun]) -> list[str]:
    """The settings by which the runs can be grouped: those with several values, fewer than there are runs."""
    paths = dict.fromkeys(path for run in runs for path in run.settings)
    counts = {path: len({run.settings.get(path) for run in runs}) for path in paths}
    return [path for path, count in counts.items() if 1 < count < len(runs)]


def groups(runs: Sequence[ComparedRun], by: str) -> list[Group]:
    """The groups, in the order of their first runs. `by` is NO_GROUPS, ALL_BUT_SEED or the path of a setting."""
    if by == NO_GROUPS:
        return [Group(run.name, (index,)) for index, run in enumerate(runs)]
    if by == ALL_BUT_SEED:
        parts = _by_all_but_seed(runs)
        labels = _labels(runs, parts)
    else:
        parts = _collected([run.settings.get(by) for run in runs])
        labels = [_value_label(by, runs[members[0]].settings.get(by)) for members in parts]
    return [
        Group(label, tuple(members), _varying([runs[index] for index in members]))
        for label, members in zip(labels, parts, strict=True)
    ]


def _by_all_but_seed(runs: Sequence[ComparedRun]) -> list[list[int]]:
    """A run without a run file is alone: nobody knows what it shares with others."""
    return _collected(
        [
            index if run.conditions is None else (run.conditions, frozenset(run.settings.items()))
            for index, run in enumerate(runs)
        ]
    )


def _collected(keys: Sequence[object]) -> list[list[int]]:
    """The positions of equal keys together."""
    positions: dict[object, list[int]] = {}
    for index, key in enumerate(keys):
        positions.setdefault(key, []).append(index)
    return list(positions.values())


def _value_label(path: str, value: str | None) -> str:
    if value is None:
        return f"no {path}"
    return value if path == "algorithm" else f"{path} {value}"


def _labels(runs: Sequence[ComparedRun], parts: Sequence[Sequence[int]]) -> list[str]:
    """For each group what the names of its runs share, else what sets its settings apart, else its first run's name."""
    firsts = [runs[members[0]] for members in parts]
    shared = [_shared_name([runs[index].name for index in members]) for members in parts]
    paths = dict.fromkeys(path for run in firsts for path in run.settings)
    telling = [path for path in paths if len({run.settings.get(path) for run in firsts}) > 1][:MOST_LABEL_SETTINGS]
    settings = [", ".join(_value_label(path, run.settings.get(path)) for path in telling) for run in firsts]
    names = [run.name for run in firsts]
    for better in (settings, shared):
        names = [told if told and better.count(told) == 1 else name for told, name in zip(better, names, strict=True)]
    return names


def _shared_name(names: Sequence[str]) -> str:
    """The beginning that the names share, without what announces the seed.

    >>> _shared_name(["fair-dpo-seed0", "fair-dpo-seed1"])
    'fair-dpo'
    """
    if len(names) == 1:
        return names[0]
    shared = takewhile(lambda letters: len(set(letters)) == 1, zip(*names, strict=False))
    return re.sub(r"(?:[\W_]+(?:seed|s))?[\W_]*$", "", "".join(letters[0] for letters in shared), flags=re.IGNORECASE)


def _varying(runs: Sequence[ComparedRun]) -> tuple[str, ...]:
    paths = dict.fromkeys(path for run in runs for path in run.settings)
    return tuple(path for path in paths if len({run.settings.get(path) for run in runs}) > 1)
