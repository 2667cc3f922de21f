"""Runs in groups, their figures and curves, frontiers and importances: on invented runs, against plain arithmetic."""

import math
import statistics
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.analysis import grouping
from engine.analysis.comparison import ComparedRun, Conditions
from engine.analysis.frontier import frontier
from engine.analysis.group_curves import Line, combined, minus
from engine.analysis.grouping import ALL_BUT_SEED, NO_GROUPS, Spread, groups, spread, usual_grouping, varied_settings
from engine.analysis.importance import FEWEST_RUNS, importances

ALIKE = Conditions("data", "evaluation", "reward", "reference", "budget")


def run(name: str, seed: int = 0, **settings: str) -> ComparedRun:
    return ComparedRun(name, "completed", {"algorithm": "dpo", **settings}, ALIKE, str(seed))


def line(x: list[float], y: list[float]) -> Line:
    return Line(np.array(x, float), np.array(y, float))


SEEDS = [run("dpo-seed0"), run("ppo-seed0", algorithm="ppo"), run("dpo-seed1", 1), run("ppo-seed1", 1, algorithm="ppo")]


def test_runs_that_differ_in_the_seed_alone_are_grouped_without_being_asked() -> None:
    assert usual_grouping(SEEDS) == ALL_BUT_SEED
    assert [(group.label, group.members) for group in groups(SEEDS, ALL_BUT_SEED)] == [("dpo", (0, 2)), ("ppo", (1, 3))]
    assert usual_grouping(SEEDS[:2]) == NO_GROUPS


def test_other_data_or_an_unknown_run_file_keeps_runs_apart() -> None:
    other = replace(SEEDS[2], conditions=replace(ALIKE, data="other"))
    assert usual_grouping([SEEDS[0], other]) == NO_GROUPS
    foreign = [ComparedRun(name, "completed", {}, None) for name in "ab"]
    assert usual_grouping(foreign) == NO_GROUPS


def test_a_setting_groups_by_its_values_and_says_what_else_varies() -> None:
    sweep = [run("a", beta="0.1", rate="1"), run("b", beta="0.1", rate="2"), run("c", beta="0.5", rate="1"), run("d")]
    assert varied_settings(sweep) == ["beta", "rate"]
    found = groups(sweep, "beta")
    assert [(group.label, group.members, group.varying) for group in found] == [
        ("beta 0.1", (0, 1), ("rate",)),
        ("beta 0.5", (2,), ()),
        ("no beta", (3,), ()),
    ]


def test_names_that_share_nothing_are_told_apart_by_settings_else_by_the_first_run() -> None:
    named = [run("x"), run("y", 1), run("p", algorithm="ppo"), run("q", 1, algorithm="ppo")]
    assert [group.label for group in groups(named, ALL_BUT_SEED)] == ["dpo", "ppo"]
    assert [group.label for group in groups(named[:2], ALL_BUT_SEED)] == ["x"]


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=9))
def test_a_spread_is_what_the_standard_library_says(values: list[float]) -> None:
    expected = (len(values), statistics.fmean(values), min(values), max(values), statistics.stdev(values))
    assert spread(values) == Spread(*expected)


def test_one_run_has_no_spread_and_a_value_that_is_no_number_is_not_hidden() -> None:
    assert spread([0.5]) == Spread(1, 0.5, 0.5, 0.5, None)
    assert spread([]) is None
    broken = spread([0.5, math.nan])
    assert broken is not None
    assert math.isnan(broken.mean)


def test_a_mean_ends_where_its_first_run_does_and_lies_on_lines_between_points() -> None:
    curve = combined([line([0, 10, 20], [0, 1, 2]), line([5, 15], [1, 3])], "range")
    assert curve is not None
    assert curve.x.tolist() == [5, 10, 15]
    assert curve.mean.tolist() == [0.75, 1.5, 2.25]
    assert curve.high.tolist() == [1, 2, 3]
    assert combined([line([0, 1], [0, 1]), line([5, 6], [0, 1])], "range") is None
    assert combined([line([0, 1], [0, 1]), line([], [])], "range") is None


def test_a_band_of_deviations_is_that_of_the_sample() -> None:
    curve = combined([line([0], [value]) for value in (1.0, 2.0, 3.0, 4.0, 5.0)], "deviation")
    assert curve is not None
    assert curve.high[0] - curve.mean[0] == pytest.approx(statistics.stdev([1, 2, 3, 4, 5]))


def test_a_difference_is_to_the_mean_of_the_baseline_where_both_are() -> None:
    first, base = combined([line([0, 10, 20], [1, 2, 3])], "range"), combined([line([0, 10], [1, 1])], "range")
    assert first is not None
    assert base is not None
    less = minus(first, base)
    assert less is not None
    assert (less.x.tolist(), less.mean.tolist()) == ([0, 10], [0, 1])
    assert minus(first, replace(base, x=base.x + 100)) is None


@given(st.lists(st.tuples(st.floats(-9, 9), st.floats(-9, 9)), max_size=12))
def test_no_point_beats_one_on_the_frontier_and_all_others_are_beaten(
    points: list[tuple[float, float]],
) -> None:
    kept = frontier(points)
    for index, (cost, gain) in enumerate(points):
        beaten = any(c <= cost and g >= gain and (c, g) != (cost, gain) for c, g in points)
        assert beaten == (index not in kept) or (index not in kept and points.count((cost, gain)) > 1)


def test_the_setting_that_made_the_difference_is_the_more_important() -> None:
    betas = [str(0.1 * (row % 4 + 1)) for row in range(24)]
    rates = [str(1e-6 * 1.4**row) for row in range(24)]
    values = [-abs(float(beta) - 0.2) + 1e-4 * (row * 7 % 5) for row, beta in enumerate(betas)]
    shares = importances({"beta": betas, "rate": rates, "same": ["x"] * 24, "own": [None, *["y"] * 23]}, values)
    assert shares is not None
    assert set(shares) == {"beta", "rate"}
    assert shares["beta"] > 0.8
    assert sum(shares.values()) == pytest.approx(1)


def test_too_few_runs_have_no_importance() -> None:
    columns = {"beta": [str(row) for row in range(FEWEST_RUNS)]}
    assert importances(columns, [*range(FEWEST_RUNS - 1), math.nan]) is None
    assert importances({"beta": ["1"] * FEWEST_RUNS}, [0.0] * FEWEST_RUNS) is None


def test_grouping_names_are_what_addresses_hold() -> None:
    assert (grouping.NO_GROUPS, grouping.ALL_BUT_SEED) == ("none", "seed")
