"""From the items of a frozen dataset version to the units a run trains on: texts, pairs or groups. Knows no tokens.

A pair is a group scored 1 and 0, so one form serves all algorithms. Left out: the order (`order`) and the tokens
(`templates`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

from storage.records import Item

BatchKind = Literal["texts", "pairs", "groups"]


@dataclass(frozen=True)
class Answer:
    """One response of a unit and what it is worth."""

    id: str
    text: str
    score: float


@dataclass(frozen=True)
class Unit:
    """What `optimizer.batch_size` counts: answers to one prompt that are scored together and never split."""

    item: str
    messages: tuple[Mapping[str, Any], ...]
    answers: tuple[Answer, ...]
    strength: float | None = None


def units(items: Iterable[Item], kind: BatchKind, *, every_pair: bool = False) -> list[Unit]:
    """The units of all items, in the items' order. `every_pair`: all pairs of a scored group, not best and worst."""
    readers: dict[BatchKind, Callable[[Item], Iterator[Unit]]] = {
        "texts": _texts,
        "pairs": lambda item: _pairs(item, every_pair),
        "groups": _groups,
    }
    return [unit for item in items for unit in readers[kind](item)]


def training(items: Sequence[Item]) -> list[Item]:
    """The items to train on. A version without a split trains on all."""
    return [item for item in items if item.split != "held_out"]


def held_out(items: Sequence[Item]) -> list[Item]:
    """The items to evaluate on. A version without a split evaluates on what it trains on."""
    return [item for item in items if item.split == "held_out"] or list(items)


def matching(items: Iterable[Item], word: str | None) -> list[Item]:
    """The items that have a tag or topic (all for None): `data.filter`."""
    return [item for item in items if word is None or word == item.topic or word in item.tags]


def _texts(item: Item) -> Iterator[Unit]:
    """Answers worth imitating: the chosen ones, else the best of a scored group, else all that are not labelled bad."""
    answers = {response.id: response for response in item.responses}
    if item.preferences:
        good = dict.fromkeys(preference.chosen for preference in item.preferences)
    elif any(response.score is not None for response in item.responses):
        best = max(response.score for response in item.responses if response.score is not None)
        good = dict.fromkeys(response.id for response in item.responses if response.score == best)
    else:
        good = dict.fromkeys(response.id for response in item.responses if response.label is not False)
    for key in good:
        yield Unit(item.id, item.messages, (Answer(key, answers[key].text, 1.0),))


def _pairs(item: Item, every_pair: bool) -> Iterator[Unit]:
    """The item's preferences; of scored groups the best against the worst, or every two that differ."""
    answers = {response.id: response.text for response in item.responses}
    for preference in item.preferences:
        yield _pair(item, answers, preference.chosen, preference.rejected, preference.strength)
    if item.preferences:
        return
    ranked = sorted(_scored(item), key=lambda answer: -answer.score)
    found = [(a, b) for a, b in combinations(ranked, 2) if a.score > b.score]
    if not every_pair and found:
        found = [(ranked[0], ranked[-1])]
    for better, worse in found:
        yield _pair(item, answers, better.id, worse.id, None)


def _groups(item: Item) -> Iterator[Unit]:
    """The item's scored answers together; an item that has preferences instead gives a group for each."""
    scored = tuple(_scored(item))
    if len(scored) > 1:
        yield Unit(item.id, item.messages, scored)
    else:
        yield from _pairs(item, every_pair=True)


def _pair(item: Item, answers: Mapping[str, str], chosen: str, rejected: str, strength: float | None) -> Unit:
    two = (Answer(chosen, answers[chosen], 1.0), Answer(rejected, answers[rejected], 0.0))
    return Unit(item.id, item.messages, two, strength)


def _scored(item: Item) -> list[Answer]:
    return [Answer(r.id, r.text, r.score) for r in item.responses if r.score is not None]
