"""Consistency and diversity: each ingredient where its value is known."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice, permutations
from random import Random

import pytest

from engine.analysis.judged import Judged
from engine.analysis.quality import distinct_bigrams
from engine.analysis.quality.consistency import consistency
from engine.analysis.quality.diversity import diversity
from engine.analysis.quality.quality_items import Answer, QualityInput, QualityItem
from engine.analysis.quality.quality_report import Ingredient
from tests.engine.analysis.quality.honest import honest, keyed, with_answers

ALPHA, KAPPA, TRIADS = range(3)
PROMPTS, FACETS, VARIETY, LENGTH = range(4)


def of_consistency(data: QualityInput, index: int) -> Ingredient:
    return consistency(data).ingredients[index]


def clusters(data: QualityInput) -> dict[str, int]:
    """Prompts that are all different."""
    return {item.id: place for place, item in enumerate(data.items)}


def of_diversity(data: QualityInput, index: int) -> Ingredient:
    return diversity(data, clusters(data)).ingredients[index]


def verdicts(data: QualityInput, *accounts: tuple[str, int]) -> list[Judged]:
    return [Judged(item.id, "a", "b", account, "a", turn) for item in data.items for account, turn in accounts]


def test_the_order_of_responses_in_a_file_is_no_agreement_by_chance():
    """The first response is the better one everywhere, as in an imported file, and both people see that."""
    data = honest(60)
    alpha = of_consistency(replace(data, judged=verdicts(data, ("ann", 0), ("bob", 0))), ALPHA)
    assert alpha.value == 1


def test_a_person_with_two_verdicts_is_not_two_people():
    data = honest(60)
    assert of_consistency(replace(data, judged=verdicts(data, ("ann", 0), ("ann", 1))), ALPHA).value is None


@pytest.mark.parametrize(("count", "is_measured"), [(49, False), (50, True)])
def test_fifty_repeats_make_a_kappa(count: int, is_measured: bool):
    data = honest(count)
    kappa = of_consistency(replace(data, judged=verdicts(data, ("ann", 0), ("ann", 1))), KAPPA)
    assert (kappa.value is not None, kappa.n) == (is_measured, count)


def test_skipped_questions_and_items_that_are_gone_do_not_count():
    data = honest(60)
    judged = [replace(one, verdict="skip") for one in verdicts(data, ("ann", 0))] + verdicts(data, ("bob", 0))
    judged.append(Judged("gone", "a", "b", "ann", "a"))
    judged.append(Judged("i0", "a", "gone", "ann", "a"))
    assert of_consistency(replace(data, judged=judged), ALPHA).n == 0


def triads(cyclic: int, complete: int, scored: bool = False) -> Iterator[QualityItem]:
    answers = tuple(Answer(name, f"answer {name}", 0.5 if scored else None) for name in "abc")
    for number in range(complete):
        last = ("c", "a") if number < cyclic else ("a", "c")
        preferences = (("a", "b"), ("b", "c"), last)
        yield keyed(QualityItem(str(number), f"question {number}", "", "", answers=answers, preferences=preferences))


@pytest.mark.parametrize(("cyclic", "value"), [(0, 1.0), (4, 0.6), (10, 0.0), (30, 0.0)])
def test_triads_in_a_circle_are_counted_against_a_quarter(cyclic: int, value: float):
    ingredient = of_consistency(QualityInput(list(triads(cyclic, 40))), TRIADS)
    assert ingredient.value == pytest.approx(value)
    assert ingredient.low <= ingredient.value <= ingredient.high


def test_triads_of_one_score_say_nothing():
    assert of_consistency(QualityInput(list(triads(0, 40, scored=True))), TRIADS).n == 0
    assert of_consistency(QualityInput(list(triads(0, 29))), TRIADS).value is None


def test_the_narrower_interval_weighs_more():
    data = honest(200)
    judged = verdicts(data, ("ann", 0), ("bob", 0)) + verdicts(replace(data, items=data.items[:60]), ("ann", 1))
    random = Random(3)
    judged = [replace(one, verdict=random.choice("ab")) if one.account == "bob" else one for one in judged]
    part = consistency(replace(data, judged=judged))
    alpha, kappa, _triads = part.ingredients
    assert (alpha.value, kappa.value) == (pytest.approx(0, abs=0.15), 1)
    weights = 1 / (alpha.high - alpha.low), 1 / (3 / 60)
    assert part.value == pytest.approx((alpha.value * weights[0] + weights[1]) / sum(weights))


def test_even_topics_are_worth_more_than_one_that_dominates():
    data = honest(100)
    assert of_diversity(data, FACETS).value == pytest.approx(1)
    skewed = [replace(item, topic="home" if number else "travel") for number, item in enumerate(data.items)]
    assert of_diversity(replace(data, items=skewed), FACETS).value == pytest.approx(0.081, abs=0.001)
    assert of_diversity(replace(data, items=[replace(item, topic=None) for item in skewed]), FACETS).value is None


@pytest.mark.parametrize(("longer", "value"), [(0, 1.0), (50, 1.0), (75, 0.5), (100, 0.0)])
def test_length_alone_is_an_auc(longer: int, value: float):
    data = honest(100)
    items = [
        with_answers(item, f"a long answer {number:3}." if number < longer else f"n {number:3}.", "a middle one.")
        for number, item in enumerate(data.items)
    ]
    assert of_diversity(replace(data, items=items), LENGTH).value == pytest.approx(value)


def test_labels_make_pairs_across_items():
    """Good answers of 3 and 5 characters, bad ones of 4: one of two is longer."""
    texts = [text for n in range(20) for text in ((f"{n:3}", True), (f"{n:5}", True), (f"{n:4}", False))]
    items = [
        keyed(QualityItem(str(number), str(number), "", "", answers=(Answer("a", text, label=label),)))
        for number, (text, label) in enumerate(texts)
    ]
    assert of_diversity(QualityInput(items), LENGTH).value == 1
    assert of_diversity(QualityInput(items), LENGTH).note[1] == {"share": "50%"}


def test_a_text_that_is_chosen_again_and_again_counts_once():
    data = honest(100)
    items = [
        with_answers(item, "the same one." if number >= 25 else f"a long answer {number:3}.", "a middle one.")
        for number, item in enumerate(data.items)
    ]
    length = of_diversity(replace(data, items=items), LENGTH)
    assert (length.value, length.n) == (pytest.approx(1 / 26), 26)
    assert of_diversity(replace(data, items=items[10:]), LENGTH).value is None


def test_one_answer_to_everything_has_no_variety():
    data = honest(100)
    same = [with_answers(item, "The ferry leaves at noon from the old pier.") for item in data.items]
    assert of_diversity(data, VARIETY).value > 5 * of_diversity(replace(data, items=same), VARIETY).value


def test_variety_needs_words_and_stays_under_one():
    assert distinct_bigrams.relative(["too few"]) is None
    words = " ".join("".join(letters) for letters in islice(permutations("abcdefgh"), 6000))
    assert distinct_bigrams.relative([words])[0] == 1


def test_both_writings_are_compared_with_their_own_reference():
    latin, han = (distinct_bigrams.REFERENCE[writing] for writing in ("latin", "han"))
    assert len(latin) == len(han) == len(distinct_bigrams.SIZES)
    assert sorted(latin, reverse=True) == list(latin)
    assert distinct_bigrams.relative(["今天天气很好，我们去公园散步。" * 100])[0] < 0.1


def test_few_items_have_no_diversity():
    part = diversity(honest(49), clusters(honest(49)))
    assert (part.value, part.needs[1]) == (None, {"least": 50, "count": 49})
