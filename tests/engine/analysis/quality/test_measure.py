"""The whole score: its bounds, what does not matter to it, planted faults, and strategies that would game it."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.analysis.judged import Judged
from engine.analysis.quality.measure import measure
from engine.analysis.quality.quality_items import Answer, QualityInput, QualityItem
from engine.analysis.quality.quality_report import QualityReport
from tests.engine.analysis.quality.honest import answer, honest, keyed, with_answers, with_prompt


@cache
def honest_report() -> QualityReport:
    return measure(honest())


def part(report: QualityReport, key: str) -> float | None:
    return next(part.value for part in report.parts if part.key == key)


def rows(report: QualityReport, key: str) -> tuple[str, ...]:
    return next(defect.items for defect in report.defects if defect.key == key)


Change = Callable[[QualityItem, Random], QualityItem]


def with_items(data: QualityInput, change: Change, every: int = 1) -> QualityInput:
    random = Random(1)
    items = [change(item, random) if number % every == 0 else item for number, item in enumerate(data.items)]
    return replace(data, items=items)


def with_verdicts(data: QualityInput, change: Callable[[Judged, Random], Judged]) -> QualityInput:
    random = Random(1)
    return replace(data, judged=[change(judged, random) for judged in data.judged])


def test_the_honest_set_scores_well_and_every_part_is_measured():
    report = honest_report()
    assert [part.weight for part in report.parts] == pytest.approx([0.4, 0.3, 0.3])
    assert report.score == pytest.approx(sum(part.weight * part.value for part in report.parts))
    assert report.score > 0.75
    assert (report.kept, rows(report, "cut"), rows(report, "near_duplicate")) == (240, (), ())


TEXTS = st.text(max_size=60)
ITEMS = st.builds(
    lambda prompt, first, second, score, topic, turns, way: keyed(
        QualityItem(
            "", prompt, "", prompt, turns, topic, None, (Answer("a", first, score), Answer("b", second, 0.0)), way
        )
    ),
    TEXTS,
    TEXTS,
    TEXTS,
    st.floats(-5, 5) | st.none(),
    st.sampled_from(["rain", "tea", None]),
    st.integers(0, 3),
    st.sampled_from([(), (("a", "b"),), (("b", "a"),)]),
)
VERDICTS = st.tuples(st.sampled_from("xyz"), st.sampled_from(["a", "b", "tie", "both_bad", "skip"]), st.integers(0, 1))


@st.composite
def inputs(draw: st.DrawFn) -> QualityInput:
    """Sets of odd items; one is repeated so often that all parts have enough of them."""
    items = draw(st.lists(ITEMS, max_size=8)) * draw(st.sampled_from([1, 1, 15]))
    named = [replace(item, id=str(number)) for number, item in enumerate(items)]
    judged = [
        Judged(item.id, "a", "b", account, verdict, turn, 1.0, 1, "a" if turn else None)
        for item in named
        for account, verdict, turn in draw(st.lists(VERDICTS, max_size=4, unique_by=lambda given: (given[0], given[2])))
    ]
    return QualityInput(named, judged, 2)


def figures(report: QualityReport) -> list[float | None]:
    """All that may not depend on ids and order."""
    ingredients = [one for part in report.parts for one in part.ingredients]
    return [
        *(report.score, report.kept, *(part.value for part in report.parts)),
        *(figure for one in ingredients for figure in (one.value, one.n, one.low, one.high)),
        *(len(defect.items) for defect in report.defects),
    ]


@pytest.mark.slow
@settings(max_examples=60)
@given(inputs(), st.randoms(use_true_random=False))
def test_scores_lie_in_bounds_and_ids_and_order_do_not_matter(data: QualityInput, random: Random):
    report = measure(data)
    values = [part.value for part in report.parts] + [one.value for part in report.parts for one in part.ingredients]
    assert all(0 <= value <= 1 for value in [*values, report.score] if value is not None)
    assert sum(part.weight for part in report.parts) == pytest.approx(1 if report.score is not None else 0)
    assert QualityReport.from_json(report.to_json()) == report
    names = [f"n{number}" for number in range(len(data.items))]
    random.shuffle(names)
    renamed = {item.id: name for item, name in zip(data.items, names, strict=True)}
    items = [replace(item, id=renamed[item.id]) for item in data.items]
    judged = [replace(one, item=renamed[one.item]) for one in data.judged]
    random.shuffle(items)
    random.shuffle(judged)
    assert figures(measure(replace(data, items=items, judged=judged))) == pytest.approx(figures(report), abs=1e-9)


def test_flipped_verdicts_lower_consistency_by_what_the_definition_says():
    """Two people who always agree, on answers in no order: alpha 1. One flips a fifth: alpha near 1 - 0.2 / 0.5."""
    data = honest()
    data = with_verdicts(data, lambda judged, _random: replace(judged, verdict="a"))
    assert part(measure(data), "consistency") > 0.99
    report = measure(
        with_verdicts(
            data,
            lambda judged, random: (
                replace(judged, verdict="b") if judged.account == "bob" and random.random() < 0.2 else judged
            ),
        )
    )
    alpha = report.parts[0].ingredients[0]
    assert alpha.value == pytest.approx(0.6, abs=0.1)
    assert alpha.low < 0.6 < alpha.high
    assert part(report, "annotation") == part(honest_report(), "annotation")


def test_flipped_labels_are_found_by_scores_that_did_not_make_them():
    flipped = with_items(honest(), lambda item, _random: replace(item, preferences=(("b", "a"),)), every=5)
    report = measure(flipped)
    assert part(honest_report(), "annotation") - part(report, "annotation") == pytest.approx(0.2, abs=0.03)
    assert set(rows(report, "against_scores")) <= {f"i{number}" for number in range(0, 240, 5)}


def test_duplicates_of_half_the_set_lower_diversity_by_their_share_of_it():
    """exp(entropy) / n of 120 prompts, each twice, is a half; it is one ingredient of four."""
    data = honest()
    half = data.items[:120]
    report = measure(replace(data, items=[*half, *(replace(item, id=f"{item.id}x") for item in half)]))
    different = report.parts[1].ingredients[0]
    assert different.value == pytest.approx(0.5)
    assert different.value - honest_report().parts[1].ingredients[0].value == pytest.approx(-0.5, abs=0.01)
    assert len(rows(report, "duplicate")) == 120


def test_cut_answers_lower_annotation_quality_by_their_share():
    def cut(item: QualityItem, random: Random) -> QualityItem:
        text = item.answers[0].text
        return with_answers(item, text[: int(len(text) * random.uniform(0.5, 0.9))].rstrip(" .!"))

    report = measure(with_items(honest(), cut, every=10))
    assert part(honest_report(), "annotation") - part(report, "annotation") == pytest.approx(0.1, abs=0.01)
    assert rows(report, "cut") == tuple(f"i{number}" for number in range(0, 240, 10))


def repeated(data: QualityInput) -> QualityInput:
    """The best half three times, under other ids."""
    items = [replace(item, id=f"{item.id}-{copy}") for copy in range(3) for item in data.items[:120]]
    judged = [replace(one, item=f"{one.item}-{copy}") for copy in range(3) for one in data.judged[:360]]
    return replace(data, items=items, judged=judged)


def with_copies(data: QualityInput, change: Callable[[str], str]) -> QualityInput:
    """Each item twice, the second time with a prompt that looks otherwise."""
    copies = [with_prompt(replace(item, id=f"{item.id}x"), change(item.prompt)) for item in data.items]
    return replace(data, items=[*data.items, *copies])


STRATEGIES: dict[str, Callable[[QualityInput], QualityInput]] = {
    "copies under other ids": repeated,
    "copies with a word changed": lambda data: with_copies(data, lambda prompt: f"{prompt} Hm?"),
    "copies in capitals and spaces": lambda data: with_copies(data, lambda prompt: f" {prompt.upper()} "),
    "one good answer to everything": lambda data: with_items(
        data, lambda item, _random: with_answers(item, "The lake answers every second letter with great care.")
    ),
    "chosen answers made longer": lambda data: with_items(
        data, lambda item, random: with_answers(item, f"{item.answers[0].text} {answer(random)} {answer(random)}")
    ),
    "rejected answers left empty": lambda data: with_items(data, lambda item, _random: with_answers(item, rejected="")),
    "one answer on both sides": lambda data: with_items(
        data, lambda item, _random: with_answers(item, rejected=item.answers[0].text)
    ),
    "a topic for every item": lambda data: with_items(
        data, lambda item, _random: replace(item, topic=f"topic {item.id}")
    ),
    "ties only": lambda data: with_verdicts(data, lambda judged, _random: replace(judged, verdict="tie")),
    "votes without reading": lambda data: with_verdicts(data, lambda judged, _random: replace(judged, seconds=0.3)),
    "votes by a coin": lambda data: with_verdicts(
        data, lambda judged, random: replace(judged, verdict=random.choice("ab"))
    ),
}


@pytest.mark.parametrize("name", STRATEGIES)
def test_gaming_does_not_pay(name: str):
    assert measure(STRATEGIES[name](honest())).score < honest_report().score - 0.01


def unjudged(data: QualityInput, ending: str) -> QualityInput:
    """The set with as many new prompts again, whose answers nobody has judged."""
    added = []
    for old in honest(len(data.items), seed=8).items:
        answers = [replace(own, text=own.text.rstrip(".!") + ending, score=None) for own in old.answers]
        added.append(replace(old, id=f"{old.id}x", answers=tuple(answers), preferences=()))
    return replace(data, items=[*data.items, *added])


@pytest.mark.parametrize("ending", [".", ""], ids=["good ones", "cut ones, which would make cut answers look usual"])
def test_answers_that_nobody_judged_change_no_score(ending: str):
    """A tenth of the judged answers is cut: unjudged ones without a defect would thin that out."""
    flawed = with_items(honest(), lambda item, _random: with_answers(item, item.answers[0].text[:-9]), every=10)
    before, after = measure(flawed), measure(unjudged(flawed, ending))
    assert len(rows(before, "cut")) == 24
    assert (after.score, after.kept, after.judged, after.items) == (before.score, before.kept, 240, 480)


def test_where_nothing_tells_answers_apart_all_items_count():
    report = measure(QualityInput([replace(one, preferences=()) for one in unjudged(honest(), ".").items[240:]]))
    assert (report.judged, report.kept) == (240, 240)


def test_what_cannot_be_measured_leaves_its_weight_to_the_rest():
    report = measure(replace(honest(), judged=()))
    assert [part.weight for part in report.parts] == pytest.approx([0, 0.5, 0.5])
    assert report.parts[0].value is None
    assert report.parts[0].needs[1] == {"items": 50, "repeats": 50, "triads": 30}
    empty = measure(QualityInput([]))
    assert (empty.score, [part.weight for part in empty.parts]) == (None, [0, 0, 0])


def test_progress_is_told_and_ends():
    told: list[float] = []
    measure(honest(20), told.append)
    assert told == sorted(told)
    assert told[-1] == 1
