"""How much settings had to do with ending among the best runs: PED-ANOVA, by optuna.

Source: Watanabe, Bansal, Hutter, PED-ANOVA (arXiv:2304.10255). For each setting it compares the distribution of its
values among the best runs with that among all. It says nothing of the direction, of settings that nobody varied, or of
causes: values that were always changed together cannot be told apart. Left out: which metric is meant.
"""

from collections.abc import Mapping, Sequence
from math import ceil, isfinite
from typing import Any

FEWEST_RUNS = 10
FEWEST_BEST = 5  # below it the distribution of the best is a guess, as the method's authors warn
BEST_SHARE = 0.25


def importances(settings: Mapping[str, Sequence[str | None]], values: Sequence[float]) -> dict[str, float] | None:
    """The share of each varied setting, largest first; they add up to 1. None for too few runs or nothing that varies.

    `settings` maps a path to its value in each run, `values` are better the higher. A run without a finite value, and
    a setting that some run lacks, are left out.
    """
    rows = [index for index, value in enumerate(values) if isfinite(value)]
    varied = {path: [column[row] for row in rows] for path, column in settings.items()}
    varied = {path: column for path, column in varied.items() if None not in column and len(set(column)) > 1}
    if len(rows) < FEWEST_RUNS or not varied:
        return None
    return _by_ped_anova({path: _numbers(column) for path, column in varied.items()}, [values[row] for row in rows])


def best_count(runs: int) -> int:
    """How many of the runs count as the best.

    >>> best_count(10), best_count(40)
    (5, 10)
    """
    return min(runs, max(FEWEST_BEST, ceil(BEST_SHARE * runs)))


def _numbers(column: Sequence[str | None]) -> list[Any]:
    """Numbers where all of them are, else the words."""
    try:
        numbers = [float(str(value)) for value in column]
    except ValueError:
        return list(column)
    return numbers if all(map(isfinite, numbers)) else list(column)


def _by_ped_anova(settings: Mapping[str, Sequence[Any]], values: Sequence[float]) -> dict[str, float]:
    import optuna  # a third of a second, for one section of one page

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    distributions = {path: _distribution(optuna.distributions, column) for path, column in settings.items()}
    study = optuna.create_study(direction="maximize")
    for row, value in enumerate(values):
        study.add_trial(
            optuna.trial.create_trial(
                params={path: column[row] for path, column in settings.items()},
                distributions=distributions,
                value=value,
            )
        )
    evaluator = optuna.importance.PedAnovaImportanceEvaluator(target_quantile=best_count(len(values)) / len(values))
    shares: dict[str, float] = optuna.importance.get_param_importances(study, evaluator=evaluator)
    return shares


def _distribution(distributions: Any, column: Sequence[Any]) -> Any:
    if any(isinstance(value, str) for value in column):
        return distributions.CategoricalDistribution(sorted(set(column)))
    low, high = min(column), max(column)
    return distributions.FloatDistribution(low, high, log=low > 0 and high / low >= 10)
