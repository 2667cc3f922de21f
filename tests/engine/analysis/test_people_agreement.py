"""Agreement, annotators and machines, against numbers derived by hand."""

import math

import pytest

from engine.analysis.annotators import annotators
from engine.analysis.comparisons import Comparison, mean_over_items, share
from engine.analysis.machine_agreement import machine_agreement
from engine.analysis.people_agreement import agreeing_share, alpha, alpha_of_each_two, ceiling, people_agreement


def said(item: int, account: str, verdict: str, **more: object) -> Comparison:
    return Comparison(f"i{item}", "x", "y", account, verdict, **{"stored_verdict": verdict, **more})


def everybody(*rows: str) -> list[Comparison]:
    """Row n has the verdicts of p0, p1, ... on item n: a, b, t for a tie, z for both bad."""
    names = {"a": "a", "b": "b", "t": "tie", "z": "both_bad"}
    return [said(item, f"p{place}", names[letter]) for item, row in enumerate(rows) for place, letter in enumerate(row)]


def test_alpha_and_raw_agreement_of_four_pairs() -> None:
    result = people_agreement(everybody("aa", "bb", "ab", "bb"))
    assert result.raw.value == 3 / 4
    # codes: 3 a, 5 b of 8; observed 2/8, expected (64 - 34) / 56
    assert result.alpha.value == pytest.approx(1 - (2 / 8) / (30 / 56))
    assert (result.people, result.verdicts, result.pairs, result.shared_pairs, result.alpha.n) == (2, 8, 4, 4, 4)
    assert not result.alpha.is_sure  # four items say little


def test_alpha_of_each_two_is_that_of_their_verdicts_alone() -> None:
    comparisons = [*everybody("aab", "bba", "abb", "baa"), said(9, "zoe", "a")]
    by_two = dict(alpha_of_each_two(comparisons))
    names = sorted({comparison.account for comparison in comparisons} - {"zoe"})
    assert list(by_two) == [(names[0], names[1]), (names[0], names[2]), (names[1], names[2])], "zoe shares no pair"
    for two, estimate in by_two.items():
        assert estimate == alpha(comparison for comparison in comparisons if comparison.account in two)
    assert alpha(comparisons) == people_agreement(comparisons).alpha


def test_a_pair_of_one_person_counts_for_no_agreement() -> None:
    result = people_agreement(everybody("aa", "b", "b"))
    assert (result.pairs, result.shared_pairs, result.raw.value, result.raw.n) == (3, 1, 1.0, 1)


def test_repeats_and_skips_are_no_agreement() -> None:
    more = [said(0, "p0", "b", turn=1), said(1, "p1", "skip")]
    rows = "aa", "b", "bb"
    assert people_agreement([*everybody(*rows), *more]) == people_agreement(everybody(*rows))


def test_the_last_verdict_of_a_person_counts() -> None:
    assert people_agreement([*everybody("ab"), said(0, "p1", "a")]).raw.value == 1.0


def test_agreement_of_verdicts_that_are_all_the_same_is_not_defined() -> None:
    alpha = people_agreement(everybody(*["aa"] * 60)).alpha
    assert alpha.value is not None
    assert math.isnan(alpha.value)
    assert not alpha.is_sure


def test_the_order_in_which_responses_are_stored_does_not_matter() -> None:
    verdicts = everybody("aa", "bb", "ab", "bb")
    stored = [said(int(own.item[1:]), own.account, own.verdict, stored_verdict="a") for own in verdicts]
    result = people_agreement(stored)
    assert result.alpha.value == people_agreement(verdicts).alpha.value
    assert result.alpha_as_stored.value is not None
    assert math.isnan(result.alpha_as_stored.value)


def test_the_ceiling_is_one_against_the_majority_of_the_others() -> None:
    # aab: p0 has a majority of none (a, b); so has p1; p2 says b against a, a: 0. aaa: 1, 1, 1.
    assert ceiling_of("aab", "aaa").value == 3 / 4
    # at: for p0 the other's tie is no preference; p1's tie against a is a half
    assert ceiling_of("at").value == 1 / 2
    assert ceiling_of("zz").value is None


def ceiling_of(*rows: str) -> object:
    groups: dict[tuple[str, str, str], dict[str, Comparison]] = {}
    for own in everybody(*rows):
        groups.setdefault(own.pair, {})[own.account] = own
    return ceiling(groups)


def test_three_of_four_who_agree() -> None:
    assert agreeing_share(["a", "a", "a", "b"]) == 3 / 6


def test_an_interval_of_means_covers_the_mean_and_widens_when_values_hang_together() -> None:
    values = [1.0, 0.0] * 100
    alone = mean_over_items(values, [str(number) for number in range(200)])
    together = mean_over_items(sorted(values), [str(number // 10) for number in range(200)])
    assert alone.low < alone.value < alone.high
    assert together.high - together.low > 2 * (alone.high - alone.low)
    assert (alone.n, together.n) == (200, 20)


def test_a_perfect_record_of_five_proves_little() -> None:
    assert mean_over_items([1.0] * 5, list("abcde")).low == share(5, 5).low == pytest.approx(0.566, abs=1e-3)


def test_nobody_judged_anything() -> None:
    result = people_agreement([])
    assert (result.raw.value, result.alpha.value, result.ceiling.value, result.raw.n) == (None, None, None, 0)
    assert annotators([]) == []


def test_who_always_presses_left_is_seen() -> None:
    lazy = [said(n, "lazy", "a" if n % 2 else "b", left="x" if n % 2 else "y", longer="x") for n in range(60)]
    fair = [said(n, "fair", "a" if n % 2 else "b", left="x" if n % 4 < 2 else "y") for n in range(60)]
    first, second = annotators([*lazy, *fair])
    assert (first.account, first.left.value, first.leans) == ("fair", 1 / 2, None)
    assert (second.account, second.left.value, second.leans) == ("lazy", 1.0, "left")
    assert (second.longer.value, second.longer.n) == (1 / 2, 60)
    assert first.longer.value is None


def test_few_verdicts_for_one_side_are_no_leaning() -> None:
    (row,) = annotators([said(n, "new", "a", left="x") for n in range(20)])
    assert (row.left.value, row.leans) == (1.0, None)


def test_a_person_with_herself_with_others_and_with_gold() -> None:
    first = [said(0, "p", "a", expected="a"), said(1, "p", "b", expected="a"), said(2, "p", "b"), said(3, "p", "a")]
    again = [said(0, "p", "a", turn=1), said(1, "p", "b", turn=1), said(2, "p", "a", turn=1), said(3, "p", "a", turn=1)]
    others = [said(0, "q", "a"), said(0, "r", "b"), said(1, "q", "b")]
    row = next(row for row in annotators([*first, *again, *others]) if row.account == "p")
    # kappa: 3 of 4 equal; first 2 a 2 b, again 3 a 1 b: expected 1/2
    assert row.itself.value == pytest.approx(1 / 2)
    assert (row.others.value, row.others.n) == (3 / 4, 2)
    assert (row.gold.value, row.gold.n) == (1 / 2, 2)
    assert row.verdicts == 4


def test_the_pace_is_the_median_of_what_was_timed() -> None:
    (row,) = annotators([said(n, "p", "a", seconds=seconds) for n, seconds in enumerate((1.0, 9.0, 2.0, None))])
    assert (row.seconds.value, row.seconds.low, row.seconds.high, row.seconds.n) == (2.0, 1.0, 9.0, 3)


def test_a_machine_is_compared_with_what_people_agree_on_or_was_decided() -> None:
    people = everybody("aa", "bb", "ab", "ab", "bb")
    machines = [said(n, "judge", verdict) for n, verdict in enumerate("abbab")]
    (row,) = machine_agreement(people, machines, {("i2", "x", "y"): "a"})
    # items 0, 1, 4 agreed, 2 decided: a b a b by people, a b b b by the machine
    assert (row.machine, row.raw.value, row.kappa.n) == ("judge", 3 / 4, 4)
    assert row.kappa.value == pytest.approx((3 / 4 - 1 / 2) / (1 / 2))
    assert row.differing == (("i2", "x", "y"),)


def test_a_machine_that_judged_other_pairs_is_not_measured() -> None:
    (row,) = machine_agreement(everybody("aa"), [said(7, "judge", "a")], {})
    assert (row.raw.value, row.kappa.value, row.kappa.n) == (None, None, 0)


def test_full_agreement_on_few_pairs_proves_little() -> None:
    alpha = people_agreement(everybody("aa", "bb", "aa", "bb", "bb")).alpha
    assert (alpha.value, alpha.high) == (1.0, 1.0)
    assert alpha.low == share(5, 5).low
