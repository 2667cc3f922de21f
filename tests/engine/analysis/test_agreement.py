"""Agreement: against a computation pair by pair, and at the borders where it is not defined."""

from itertools import permutations

import numpy as np
import pytest

from engine.analysis.agreement import MISSING, cohen_kappa, krippendorff_alpha


def ratings(units: int, raters: int, missing: float, seed: int) -> np.ndarray:
    """Ratings that agree more often than chance, some of them missing."""
    random = np.random.default_rng(seed)
    truth = random.integers(0, 3, (units, 1))
    noise = random.integers(0, 3, (units, raters))
    codes = np.where(random.random((units, raters)) < 0.6, truth, noise)
    return np.where(random.random((units, raters)) < missing, MISSING, codes)


def alpha_pair_by_pair(table: np.ndarray) -> float:
    """1 - observed / expected disagreement, each over all ordered pairs of ratings, as the definition says it."""
    units = [[code for code in row if code != MISSING] for row in table.tolist()]
    units = [codes for codes in units if len(codes) > 1]
    pooled = [code for codes in units for code in codes]
    observed = sum(sum(a != b for a, b in permutations(codes, 2)) / (len(codes) - 1) for codes in units)
    expected = sum(a != b for a, b in permutations(pooled, 2)) / (len(pooled) - 1)
    return 1 - observed / expected


@pytest.mark.parametrize(("units", "raters", "missing"), [(40, 2, 0.0), (60, 4, 0.3), (30, 9, 0.6)])
def test_alpha_is_that_of_the_definition(units: int, raters: int, missing: float):
    table = ratings(units, raters, missing, seed=units)
    agreement = krippendorff_alpha(table)
    assert agreement.value == pytest.approx(alpha_pair_by_pair(table), abs=1e-12)
    assert agreement.low < agreement.value < agreement.high
    assert agreement.units == ((table != MISSING).sum(axis=1) > 1).sum()


def test_the_bootstrap_agrees_with_drawing_the_units_one_by_one():
    table = ratings(80, 2, 0.0, seed=5)
    random = np.random.default_rng(1)
    draws = [alpha_pair_by_pair(table[random.integers(0, len(table), len(table))]) for _ in range(400)]
    low, high = np.quantile(draws, [0.025, 0.975])
    agreement = krippendorff_alpha(table)
    assert (agreement.low, agreement.high) == pytest.approx((low, high), abs=0.04)


def test_neither_the_order_of_units_nor_that_of_raters_matters():
    table = ratings(50, 3, 0.2, seed=2)
    shuffled = table[np.random.default_rng(0).permutation(50)][:, ::-1]
    assert krippendorff_alpha(shuffled) == krippendorff_alpha(table)


def test_units_of_one_item_are_drawn_together():
    """Ten copies of a unit tell no more than one of it."""
    table = ratings(40, 2, 0.0, seed=3)
    copies, items = np.repeat(table, 10, axis=0), np.repeat(np.arange(40), 10)
    alone, together = krippendorff_alpha(copies), krippendorff_alpha(copies, items)
    assert together.value == alone.value
    assert together.high - together.low > 2 * (alone.high - alone.low)


def test_alpha_at_its_borders():
    assert krippendorff_alpha(np.array([[0, MISSING], [1, MISSING]])) is None
    assert krippendorff_alpha(np.array([[0, 0], [1, 1]])).value == 1
    assert krippendorff_alpha(np.array([[0, 1], [1, 0]])).value < 0
    assert np.isnan(krippendorff_alpha(np.zeros((5, 2), int)).value)


def test_kappa_by_hand():
    """20 of 50 twice yes, 15 twice no, 5 and 10 mixed: observed 0.7, expected 0.5 (Cohen's own kind of example)."""
    first = np.repeat([0, 0, 1, 1], [20, 5, 10, 15])
    second = np.repeat([0, 1, 0, 1], [20, 5, 10, 15])
    agreement = cohen_kappa(first, second)
    assert agreement.value == pytest.approx(0.4)
    assert agreement.low < 0.4 < agreement.high
    assert cohen_kappa(np.array([], int), np.array([], int)) is None
