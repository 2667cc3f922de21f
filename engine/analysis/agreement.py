"""How far people agree: Krippendorff's alpha between people, Cohen's kappa of a person with herself, with intervals.

Nominal data only. Intervals are percentiles of a bootstrap over clusters of units (items), with a fixed seed, and do
not depend on the order of the units. Left out: where the verdicts come from.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

MISSING = -1
RESAMPLES = 1000
Codes = npt.NDArray[np.int64]
Weights = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Agreement:
    """A coefficient, at most 1, and its 95 % interval; `units` were judged at least twice.

    `value` is NaN where all verdicts are one and the same: agreement beyond chance is not defined then.
    """

    value: float
    low: float
    high: float
    units: int


def krippendorff_alpha(ratings: Codes, clusters: Codes | None = None) -> Agreement | None:
    """Alpha of ratings (units, raters), codes from 0, MISSING where a rater gave none; None without a unit rated twice.

    `clusters` (units,) says which units are drawn together in the bootstrap; without it each is drawn alone.
    Source: Krippendorff, Content Analysis, 4th edition, section 12.3.

    >>> krippendorff_alpha(np.array([[0, 0], [1, 1], [0, 1], [1, 1]])).value.__round__(3)
    0.533
    """
    rated_twice = (ratings != MISSING).sum(axis=1) >= 2
    if not rated_twice.any():
        return None
    ratings = ratings[rated_twice]
    clusters = np.arange(len(rated_twice)) if clusters is None else clusters
    sums, counts = _clustered(_coincidences(ratings), clusters[rated_twice])
    return Agreement(_point_estimate(ratings), *_interval(_alpha(_draws(counts) @ sums)), units=len(ratings))


def cohen_kappa(first: Codes, second: Codes, clusters: Codes | None = None) -> Agreement | None:
    """Kappa of two verdicts on each unit, both (units,) of codes from 0; None without a unit.

    Source: Cohen 1960, (observed - expected) / (1 - expected), with the marginals of either turn.

    >>> cohen_kappa(np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1])).value
    0.5
    """
    if not len(first):
        return None
    categories = int(max(first.max(), second.max())) + 1
    cells = np.zeros((len(first), categories * categories))
    cells[np.arange(len(first)), first * categories + second] = 1
    sums, counts = _clustered(cells, np.arange(len(first)) if clusters is None else clusters)
    value = float(_kappa(cells.sum(axis=0, keepdims=True), categories)[0])
    return Agreement(value, *_interval(_kappa(_draws(counts) @ sums, categories)), units=len(first))


def _point_estimate(ratings: Codes) -> float:
    """Alpha by evalica, whose own bootstrap is not over items: it keeps the expected disagreement fixed."""
    import evalica  # loads pandas
    import pandas as pd  # type: ignore[import-untyped]

    if len(np.unique(ratings[ratings != MISSING])) < 2:
        return float("nan")
    values = pd.DataFrame(np.where(ratings == MISSING, np.nan, ratings.astype(float)).T)
    return float(evalica.alpha(values, distance="nominal").alpha)


def _coincidences(ratings: Codes) -> Weights:
    """For each unit its disagreeing pairs over (its ratings - 1), then how often it has each code: (U, 1 + codes)."""
    codes = range(int(ratings.max()) + 1)
    counts = np.stack([(ratings == code).sum(axis=1) for code in codes], axis=1).astype(np.float64)
    rated = counts.sum(axis=1)
    disagreement = (rated**2 - (counts**2).sum(axis=1)) / (rated - 1)
    return np.column_stack([disagreement, counts])


def _alpha(sums: Weights) -> Weights:
    """Alpha for each row of sums of `_coincidences` over units; NaN where all ratings are the same."""
    counts = sums[:, 1:]
    total = counts.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        observed = sums[:, 0] / total
        expected = (total**2 - (counts**2).sum(axis=1)) / (total * (total - 1))
        return np.where(expected > 0, 1 - observed / expected, np.nan)


def _kappa(sums: Weights, categories: int) -> Weights:
    """Kappa for each row, a flattened table of first by second verdict."""
    tables = sums.reshape(-1, categories, categories) / sums.sum(axis=1)[:, None, None]
    observed = np.trace(tables, axis1=1, axis2=2)
    expected = (tables.sum(axis=2) * tables.sum(axis=1)).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(expected < 1, (observed - expected) / (1 - expected), np.nan)


def _clustered(rows: Weights, clusters: Codes) -> tuple[Weights, Codes]:
    """The different sums of the rows of a cluster (S, columns), sorted, and how many clusters have each (S,)."""
    _names, index = np.unique(clusters, return_inverse=True)
    sums = np.zeros((index.max() + 1, rows.shape[1]))
    np.add.at(sums, index, rows)
    return np.unique(sums, axis=0, return_counts=True)


def _draws(counts: Codes) -> Weights:
    """How often clusters of each kind are drawn (RESAMPLES, S): one draw of them all with replacement a row."""
    random = np.random.default_rng(0)
    return random.multinomial(counts.sum(), counts / counts.sum(), size=RESAMPLES).astype(np.float64)


def _interval(draws: Weights) -> tuple[float, float]:
    defined = draws[np.isfinite(draws)]
    if not len(defined):
        return float("nan"), float("nan")
    low, high = np.quantile(defined, [0.025, 0.975])
    return float(low), float(high)
