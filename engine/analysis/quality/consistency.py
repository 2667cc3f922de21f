"""C, consistency: whether people agree with each other and with themselves, and whether preferences go in circles.

The mean of what is available, each weighted by 1 / the width of its interval. Left out: verdicts of machines.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations

import numpy as np

from engine.analysis.agreement import MISSING, Agreement, cohen_kappa, krippendorff_alpha
from engine.analysis.intervals import wilson
from engine.analysis.judged import Judged
from engine.analysis.quality.quality_items import QualityInput, QualityItem
from engine.analysis.quality.quality_report import Ingredient, Part
from words import N_, Text

LEAST_ITEMS = 50
LEAST_REPEATS = 50
LEAST_TRIADS = 30
MOST_ANSWERS = 12  # of an item, whose triads are looked at: they grow with the third power
RANDOM_CYCLES = 0.25  # of triads are cyclic where every preference is a coin toss
CODES = {"a": 0, "b": 1, "tie": 2, "both_bad": 3}
ALPHA = N_("agreement between people (Krippendorff's alpha)")
KAPPA = N_("agreement of people with themselves (kappa)")
TRIADS = N_("preferences without circles")
GAMING = N_(
    "Two accounts of one person agree by themselves, and so do judges who see each other's verdicts. Items that judges "
    "disagree on can be left out. Pairs that come from one ranking or score never go in circles."
)
Question = tuple[str, str, str]


def consistency(data: QualityInput) -> Part:
    """The part with its three ingredients."""
    questions = {item.id: item for item in data.items}
    verdicts = [_oriented(judged, questions[judged.item]) for judged in data.judged if _counts(judged, questions)]
    ingredients = (_between_people(verdicts), _with_themselves(verdicts), _without_circles(data.items))
    measured = [(part.value, _weight(part)) for part in ingredients if part.value is not None]
    gaming: Text = (GAMING, {})
    if not measured:
        msgid = N_("two people's verdicts on {items} items, or {repeats} repeats, or {triads} triads")
        needs: Text = (msgid, {"items": LEAST_ITEMS, "repeats": LEAST_REPEATS, "triads": LEAST_TRIADS})
        return Part("consistency", None, ingredients, gaming, needs)
    total = sum(weight for _value, weight in measured)
    return Part("consistency", sum(value * weight for value, weight in measured) / total, ingredients, gaming)


def contradictions(items: Sequence[QualityItem]) -> set[str]:
    """The items of which one prefers a text to another, and one the other to the first, for the same prompt."""
    items_by_order: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for item in items:
        for chosen, rejected in item.pairs:
            items_by_order[item.prompt_key, chosen.text.strip(), rejected.text.strip()].add(item.id)
    return {
        item
        for (prompt, chosen, rejected), ids in items_by_order.items()
        if chosen != rejected and (prompt, rejected, chosen) in items_by_order
        for item in ids
    }


def _counts(judged: Judged, items: dict[str, QualityItem]) -> bool:
    item = items.get(judged.item)
    return judged.verdict in CODES and item is not None and {judged.first, judged.second} <= item.by_id.keys()


def _oriented(judged: Judged, item: QualityItem) -> tuple[Question, Judged, int]:
    """The question, the verdict and its code, a for the text with the smaller hash.

    In a file the first response often is the chosen one: that order would make all verdicts alike and agreement look
    like chance.
    """
    texts = [hashlib.sha256(item.by_id[name].text.encode()).digest() for name in (judged.first, judged.second)]
    code = CODES[judged.verdict]
    first, second = sorted((judged.first, judged.second))
    return (judged.item, first, second), judged, 1 - code if texts[0] > texts[1] and code < 2 else code


def _between_people(verdicts: Sequence[tuple[Question, Judged, int]]) -> Ingredient:
    """Alpha over the first verdicts of each person."""
    codes_by_question: dict[Question, dict[str, int]] = defaultdict(dict)
    for question, judged, code in verdicts:
        if judged.turn == 0:
            codes_by_question[question][judged.account] = code
    shared = {question: codes for question, codes in codes_by_question.items() if len(codes) > 1}
    items = {question[0] for question in shared}
    title: Text = (ALPHA, {})
    if len(items) < LEAST_ITEMS:
        msgid = N_("not measured: needs {least} items with verdicts of two people, there are {count}")
        return Ingredient(title, None, len(items), note=(msgid, {"least": LEAST_ITEMS, "count": len(items)}))
    widest = max(map(len, shared.values()))
    rows = [[*codes.values(), *[MISSING] * (widest - len(codes))] for codes in shared.values()]
    return _ingredient(title, krippendorff_alpha(np.array(rows), _clusters(shared)), len(items))


def _with_themselves(verdicts: Sequence[tuple[Question, Judged, int]]) -> Ingredient:
    """Kappa over the questions that one person answered twice, the sides swapped."""
    turns: dict[tuple[Question, str], dict[int, int]] = defaultdict(dict)
    for question, judged, code in verdicts:
        turns[question, judged.account][judged.turn] = code
    repeats = {key: codes for key, codes in turns.items() if codes.keys() >= {0, 1}}
    title: Text = (KAPPA, {})
    if len(repeats) < LEAST_REPEATS:
        msgid = N_("not measured: needs {least} questions asked again with the sides swapped, there are {count}")
        return Ingredient(title, None, len(repeats), note=(msgid, {"least": LEAST_REPEATS, "count": len(repeats)}))
    first, second = (np.array([codes[turn] for codes in repeats.values()]) for turn in (0, 1))
    clusters = _clusters(question for question, _account in repeats)
    return _ingredient(title, cohen_kappa(first, second, clusters), len(repeats))


def _ingredient(title: Text, agreement: Agreement | None, count: int) -> Ingredient:
    if agreement is None or np.isnan(agreement.value):
        msgid = N_("all verdicts are the same, which tells agreement and chance apart no more: counted as 0")
        return Ingredient(title, 0.0, count, 0.0, 0.0, (msgid, {}))
    return Ingredient(title, _clamped(agreement.value), count, _clamped(agreement.low), _clamped(agreement.high))


def _clamped(value: float) -> float:
    return float(np.clip(np.nan_to_num(value), 0, 1))


def _clusters(questions: Iterable[Question]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The number of each question's item."""
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(question[0], len(numbers)) for question in questions])


def _without_circles(items: Sequence[QualityItem]) -> Ingredient:
    """1 - the share of cyclic triads over that of coin tosses.

    Triads of scored answers are left out: a score never goes in a circle.
    """
    complete = cyclic = 0
    for item in items:
        preferences = set(item.preferences)
        better = {pair for pair in preferences if pair[::-1] not in preferences}
        judged = {name for pair in better for name in pair if item.by_id[name].score is None}
        by_text = sorted(judged, key=lambda name: item.by_id[name].text)
        for triad in combinations(by_text[:MOST_ANSWERS], 3):
            wins = [sum((name, other) in better for other in triad) for name in triad]
            complete += sum(wins) == 3
            cyclic += wins == [1, 1, 1]
    title: Text = (TRIADS, {})
    if complete < LEAST_TRIADS:
        msgid = N_("not measured: needs {least} triads of answers judged two by two, there are {count}")
        return Ingredient(title, None, complete, note=(msgid, {"least": LEAST_TRIADS, "count": complete}))
    value, *bounds = (max(0.0, 1 - share / RANDOM_CYCLES) for share in (cyclic / complete, *wilson(cyclic, complete)))
    return Ingredient(title, value, complete, min(bounds), max(bounds))


def _weight(ingredient: Ingredient) -> float:
    """1 / the interval's width, at least 3 / n wide: n agreements of n do not prove that there is no other."""
    width = (ingredient.high or 0.0) - (ingredient.low or 0.0)
    return 1 / max(width, 3 / ingredient.n)
