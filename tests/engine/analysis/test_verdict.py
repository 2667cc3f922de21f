"""Which method is better: the estimator against loops written out, and what is said where nothing can be told."""

import statistics
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from engine.analysis import kl_matching, verdict_words
from engine.analysis.verdict import LEVEL, MethodRewards, Verdict, holm, verdict
from engine.analysis.verdict_bootstrap import Draws
from engine.analysis.verdict_seeds import MOST_SEEDS, seeds_needed
from engine.analysis.verdict_variance import estimate, pooled, seeds_by_prompts
from words import english

RANDOM = np.random.default_rng(5)
EASE = RANDOM.normal(0, 0.2, 40)  # of the prompts, the same for all methods


def method(name: str, mean: float, seeds: int = 3, seed_deviation: float = 0.01, prompts: int = 40) -> MethodRewards:
    """Rewards of a method with seeds that differ and answers that are noisy."""
    noise = RANDOM.normal(0, 0.05, (seeds, prompts))
    return MethodRewards(name, mean + EASE[:prompts] + RANDOM.normal(0, seed_deviation, (seeds, 1)) + noise)


def loops(a: list[list[float]], b: list[list[float]]) -> tuple[float, float, float]:
    """D, and the parts of its variance that seeds and prompts have, of two methods with as many seeds, written out."""
    seeds, prompts = len(a), len(a[0])
    by_prompt = [statistics.fmean(row[p] for row in a) - statistics.fmean(row[p] for row in b) for p in range(prompts)]
    of_seeds = sum(statistics.variance(map(statistics.fmean, rows)) for rows in (a, b)) / seeds
    squares = 0.0
    for rows in (a, b):
        grand = statistics.fmean(map(statistics.fmean, rows))
        for row in rows:
            for p in range(prompts):
                here = statistics.fmean(each[p] for each in rows)
                squares += (row[p] - statistics.fmean(row) - here + grand) ** 2
    rest = squares / ((seeds - 1) * (prompts - 1)) / (seeds * prompts)
    return statistics.fmean(by_prompt), of_seeds - rest, statistics.variance(by_prompt) / prompts


def names(judged: Verdict, members: tuple[int, ...]) -> list[str]:
    return [judged.methods[member].name for member in members]


def words(judged: Verdict) -> list[str]:
    return [english(text) for text in verdict_words.sentences(judged)]


@pytest.mark.parametrize("seeds", [2, 3, 5])
def test_the_estimate_is_that_of_the_design_written_out(seeds: int) -> None:
    a, b = (method(name, mean, seeds, seed_deviation=0.1).rewards for name, mean in (("a", 0.5), ("b", 0.45)))
    result = estimate(seeds_by_prompts(a), seeds_by_prompts(b))
    difference, of_seeds, of_prompts = loops(a.tolist(), b.tolist())
    assert of_seeds > 0
    assert (result.value, result.seed_part, result.prompt_part) == pytest.approx((difference, of_seeds, of_prompts))
    assert (result.seed_df, result.prompt_df) == (pytest.approx(2 * (seeds - 1)), 39)
    t_seeds, t_prompts = {2: 4.30265, 3: 2.77645, 5: 2.30600}[seeds], 2.02269
    half = (t_seeds**2 * of_seeds + t_prompts**2 * of_prompts) ** 0.5
    assert result.half_width() == pytest.approx(half, rel=1e-5)


def test_p_is_the_level_at_which_the_interval_just_reaches_nothing() -> None:
    result = estimate(*(seeds_by_prompts(method(name, mean).rewards) for name, mean in (("a", 0.5), ("b", 0.47))))
    assert result.half_width(result.p) == pytest.approx(abs(result.value))


def test_seeds_that_are_alike_by_chance_are_held_against_those_of_all_methods() -> None:
    alike = [np.tile(EASE, (2, 1)) + RANDOM.normal(0, 1e-6, (2, 40)) for _method in range(2)]
    apart = [EASE + shift * np.array([[1.0], [-1.0]]) for shift in (0.1, 0.1)]
    parts = [seeds_by_prompts(rewards) for rewards in (*alike, *apart)]
    own = estimate(parts[0], parts[1])
    result = estimate(parts[0], parts[1], pooled(parts))
    # Seeds at 0.1 and -0.1 have a variance of 0.02; the pool of four has half of it; over S, for two, then half-way.
    assert own.seed_part == pytest.approx(0, abs=1e-9)
    assert (result.seed_part, result.seed_df) == (pytest.approx(0.01 * 2 / 2 / 2, rel=1e-4), (2 + 4) / 2)


def test_many_studies_at_once_are_as_each_by_itself() -> None:
    a, b = RANDOM.normal(size=(7, 3, 20)), RANDOM.normal(size=(7, 3, 20))
    at_once = estimate(seeds_by_prompts(a), seeds_by_prompts(b))
    for study in range(7):
        alone = estimate(seeds_by_prompts(a[study]), seeds_by_prompts(b[study]))
        assert alone.p == pytest.approx(at_once.p[study])
        assert alone.half_width() == pytest.approx(at_once.half_width()[study])


def test_unequal_seeds_weigh_by_their_own_number() -> None:
    a, b = (seeds_by_prompts(method(name, 0.5, seeds, 0.1).rewards) for name, seeds in (("a", 4), ("b", 6)))
    result = estimate(a, b)
    own = a.seed_component / 4 + b.seed_component / 6
    together = (3 * a.seed_component + 5 * b.seed_component) / 8 * (1 / 4 + 1 / 6)
    assert result.seed_part == pytest.approx((own + together) / 2)
    # (1/4 + 1/6)^2 / (1/16/3 + 1/36/5), and 8 of the pool
    assert result.seed_df == pytest.approx(((5 / 12) ** 2 / (1 / 48 + 1 / 180) + 8) / 2)


def test_a_leader_beats_all_others_after_the_correction() -> None:
    judged = verdict([method("ppo", 0.5), method("grpo", 0.7), method("dpo", 0.51)])
    assert names(judged, (judged.leader,)) == ["grpo"]
    assert judged.undecided == ()
    assert [set(names(judged, members)) for members in judged.alike] == [{"ppo", "dpo"}]
    first = judged.pairs[0]
    assert first.adjusted_p >= first.p
    assert first.better + first.flips + first.equal == judged.prompts
    assert words(judged)[0].startswith("grpo beats all others; the closest is ")
    assert words(judged)[1].startswith("Not told apart: ")


def test_without_a_leader_those_that_nobody_beats_are_named_and_what_it_would_take() -> None:
    judged = verdict([method("a", 0.70), method("b", 0.705), method("c", 0.3)])
    assert judged.leader is None
    assert set(names(judged, judged.undecided)) == {"a", "b"}
    first, second = words(judged)
    assert first in ("Not told apart: a, b.", "Not told apart: b, a.")
    assert "more seeds" in second


def test_equal_p_values_are_corrected_for_all_pairs() -> None:
    assert holm([0.02, 0.02, 0.02]) == pytest.approx([0.06, 0.06, 0.06])
    assert holm([]) == []
    p = RANDOM.uniform(size=6).tolist()
    assert all(after >= before for before, after in zip(p, holm(p), strict=True))


def test_one_seed_each_names_no_leader_however_far_apart() -> None:
    a, b = method("a", 0.9, 1), method("b", 0.1, 1)
    judged = verdict([a, b])
    (pair,) = judged.pairs
    assert (judged.leader, pair.p, pair.adjusted_p, pair.seeds_needed) == (None, None, None, None)
    # The interval is that of the paired differences of the prompts: t of 39 degrees is 2.0227.
    between = (a.rewards - b.rewards)[0]
    assert pair.difference - pair.interval.low == pytest.approx(2.0227 * between.std(ddof=1) / 40**0.5, rel=1e-4)
    assert words(judged)[1].startswith("One seed each: differences below ")


def test_a_method_of_one_seed_keeps_the_others_from_leading() -> None:
    judged = verdict([method("a", 0.9), method("b", 0.1), method("c", 0.1, 1)])
    assert judged.leader is None
    assert set(names(judged, judged.undecided)) == {"a", "c"}
    assert any(sentence.startswith("Of some there is one seed") for sentence in words(judged))


def test_rewards_that_differ_by_one_amount_everywhere_set_no_limit_to_luck() -> None:
    a = method("a", 0.9, 1)
    judged = verdict([a, replace(a, name="b", rewards=a.rewards - 0.25)])
    assert words(judged)[1] == "One seed each: what another seed would change is not known at all."


def test_prompts_that_not_all_have_answered_are_dropped_and_said() -> None:
    a, b = method("a", 0.5), method("b", 0.6)
    a.rewards[1, 3] = np.nan
    b.rewards[0, 7] = np.inf
    judged = verdict([a, b])
    assert (judged.prompts, judged.dropped) == (38, 2)
    kept = [index for index in range(40) if index not in (3, 7)]
    assert judged.pairs == verdict([MethodRewards(each.name, each.rewards[:, kept]) for each in (a, b)]).pairs
    assert words(judged)[-1] == "Prompts left out, since not all of these runs have a reward for them: 2."


def test_a_constant_reward_moves_nothing() -> None:
    constant = [MethodRewards(name, np.full((3, 40), value)) for name, value in (("a", 0.3), ("b", 0.1 + 0.2))]
    judged = verdict(constant, resample=True)
    (pair,) = judged.pairs
    assert (judged.leader, pair.p, pair.equal, pair.improvement) == (None, 1.0, 40, 0.5)
    assert pair.difference == pytest.approx(0, abs=1e-15)


def test_what_never_varies_is_told_apart_by_any_difference() -> None:
    judged = verdict([MethodRewards("a", np.full((2, 5), 0.5)), MethodRewards("b", np.full((2, 5), 0.25))])
    assert names(judged, (judged.leader,)) == ["a"]
    assert judged.pairs[0].interval == (0.25, 0.25)


@pytest.mark.parametrize(
    "methods",
    [
        [],
        [method("a", 0.5)],
        [method("a", 0.5), MethodRewards("b", np.empty((0, 40)))],
        [method("a", 0.5, prompts=1), method("b", 0.5, prompts=1)],
        [method("a", 0.5), MethodRewards("b", np.full((3, 40), np.nan))],
    ],
)
def test_nothing_is_said_of_too_little(methods: list[MethodRewards]) -> None:
    with pytest.raises(ValueError, match="A verdict needs at least"):
        verdict(methods)


def test_the_seeds_needed_would_show_the_difference_and_one_fewer_would_not() -> None:
    a, b = (seeds_by_prompts(method(name, 0.5, 4, seed_deviation=0.03).rewards) for name in "ab")
    needed = seeds_needed(a, b, 0.05)
    assert needed is not None
    assert 2 < needed <= MOST_SEEDS
    assert seeds_needed(a, b, 0.08) <= needed <= seeds_needed(a, b, 0.03)
    assert seeds_needed(a, b, 0.05, level=LEVEL / 6) > needed
    assert seeds_needed(a, b, 1e-9) is None, "prompts alone hide it"
    assert seeds_needed(a, seeds_by_prompts(method("b", 0.5, 1).rewards), 0.05) is None, "one seed says nothing"


def test_the_bootstrap_draws_seeds_within_methods_and_prompts_once_for_both() -> None:
    # Prompts differ much but alike in both methods, seeds hardly: the difference is sharp all the same.
    a, b = (mean + EASE + np.array([[0.0], [0.001], [0.002]]) for mean in (0.5, 0.4))
    low, high = Draws([a, b]).pair(0, 1).difference
    assert 0.095 < low < 0.1 < high < 0.105
    assert Draws([a, b]).pair(0, 1) == Draws([a, b]).pair(0, 1), "the same figures again"
    assert Draws([a, b]).pair(0, 1).improvement == pytest.approx((1.0, 1.0))


def test_of_many_methods_the_first_pairs_are_drawn_anew() -> None:
    judged = verdict([method(str(index), 0.5 + index / 100, 2) for index in range(9)], resample=True)
    assert len(judged.pairs) == 36
    assert [pair.resampled is not None for pair in judged.pairs] == [True] * 28 + [False] * 8
    ranked = {index: rank for rank, index in enumerate(judged.ranking)}
    assert [(ranked[p.first], ranked[p.second]) for p in judged.pairs] == list(combinations(range(9), 2))


def test_a_run_that_hardly_moved_allows_no_comparison_at_one_kl() -> None:
    assert kl_matching.shared_kl([[0.0, 0.5], [0.0, 0.004]]) is None
    assert kl_matching.shared_kl([[0.0, 0.5], []]) is None
    assert kl_matching.shared_kl([]) is None


def test_a_curve_that_falls_again_is_read_where_it_last_had_the_kl() -> None:
    between = kl_matching.at_kl([0.0, 1.0, 0.2, 0.8], 0.5)
    assert (between.before, between.after) == (2, 3)
    assert between.weight == pytest.approx(0.5)
