"""What a search proposes: without repeats, from the seed and earlier trials alone, towards what was good."""

from math import log

import pytest

from engine.analysis.search import Interval, Trial, best, draw, tpe

GRID = {"rate": 3, "beta": 4}
RATES = {"rate": Interval(1e-5, 1e-2, logarithmic=True), "beta": 2}


def test_listed_values_are_drawn_without_repeats():
    points = [tuple(draw(GRID, number, "0/dpo").values()) for number in range(12)]
    assert sorted(points) == [(rate, beta) for rate in (0.0, 1.0, 2.0) for beta in (0.0, 1.0, 2.0, 3.0)]
    assert points != sorted(points)


def test_a_draw_follows_from_number_and_key_alone():
    assert draw(RATES, 3, "0/dpo") == draw(RATES, 3, "0/dpo")
    assert draw(RATES, 3, "0/dpo") != draw(RATES, 4, "0/dpo")
    assert draw(RATES, 3, "0/dpo") != draw(RATES, 3, "1/dpo")


def test_a_logarithmic_interval_is_drawn_evenly_in_its_logarithm():
    rates = [draw(RATES, number, "0")["rate"] for number in range(400)]
    assert all(1e-5 <= rate <= 1e-2 for rate in rates)
    below = sum(rate < 1e-4 for rate in rates) / 400
    assert below == pytest.approx(1 / 3, abs=0.08)  # a decade of three; three standard errors are 0.07


def trials(count: int, peak: float) -> list[Trial]:
    """Trials whose value falls with the distance of the rate's logarithm from that of the peak."""
    points = [draw(RATES, number, "0") for number in range(count)]
    return [Trial(point, -abs(log(point["rate"] / peak))) for point in points]


def test_tpe_draws_near_what_was_good():
    earlier = trials(30, peak=1e-3)
    distances = [abs(log(tpe(RATES, earlier, str(key))["rate"] / 1e-3)) for key in range(12)]
    at_random = [-trial.value for trial in earlier if trial.value is not None]
    assert sum(distances) / 12 < 0.6 * sum(at_random) / 30


def test_tpe_goes_on_from_stored_trials_as_if_it_had_never_stopped():
    earlier = trials(8, peak=1e-3)
    assert tpe(RATES, earlier, "0") == tpe(RATES, list(earlier), "0")
    assert tpe(RATES, earlier, "0") != tpe(RATES, earlier[:7], "0")


def test_tpe_passes_over_trials_that_failed_and_repeats_none():
    earlier = [Trial(draw(GRID, number, "0"), None if number % 2 else 0.5) for number in range(11)]
    left = draw(GRID, 11, "0")
    assert tpe(GRID, earlier, "0") == left


def test_the_first_of_equal_trials_is_the_best():
    assert best({2: 0.5, 0: 0.25, 1: 0.5}) == 1
    assert best({}) is None
