"""A set of good pairs with the verdicts of two people, of texts that are put together from parts."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from random import Random

from engine.analysis.judged import Judged
from engine.analysis.quality.quality_items import Answer, QualityInput, QualityItem

SUBJECTS = [
    "the lake",
    "a neighbour",
    "my bicycle",
    "the old library",
    "our kitchen",
    "the night train",
    "a stray cat",
    "the village choir",
    "her garden",
    "the small harbour",
    "an early winter",
    "the school play",
    "a borrowed tent",
    "the corner bakery",
    "his radio",
]
VERBS = [
    "needs",
    "misses",
    "remembers",
    "follows",
    "repairs",
    "carries",
    "surprises",
    "avoids",
    "welcomes",
    "borrows",
    "paints",
    "guards",
    "warms",
    "counts",
]
OBJECTS = [
    "two wooden chairs",
    "every second letter",
    "the morning fog",
    "a bag of apples",
    "the broken lamp",
    "some quiet music",
    "three green umbrellas",
    "a narrow bridge",
    "the last ferry",
    "a jar of honey",
    "the long staircase",
    "an empty notebook",
    "a loose button",
    "the northern road",
    "their winter coats",
    "a slow tortoise",
]
WHEN = [
    "before noon",
    "after the storm",
    "on Thursdays",
    "near the river",
    "without a word",
    "in late summer",
    "behind the mill",
    "for an hour",
    "with great care",
    "at the station",
    "under the stairs",
    "by candlelight",
    "since spring",
    "across the square",
]
TOPICS = ("home", "travel", "music", "weather")


def sentence(random: Random) -> str:
    """A sentence that ends."""
    parts = (random.choice(SUBJECTS), random.choice(VERBS), random.choice(OBJECTS), random.choice(WHEN))
    return f"{' '.join(parts).capitalize()}{random.choice('..!')}"


def answer(random: Random) -> str:
    return " ".join(sentence(random) for _ in range(random.randint(2, 4)))


def item(number: int, random: Random) -> QualityItem:
    question = f"What happens when {sentence(random)[:-1].lower()}, and why does {sentence(random)[:-1].lower()}?"
    answers = (Answer("a", answer(random), random.gauss(1, 0.2)), Answer("b", answer(random), random.gauss(0, 0.2)))
    topic = TOPICS[number % len(TOPICS)]
    return keyed(QualityItem(f"i{number}", question, "", question, 1, topic, None, answers, (("a", "b"),)))


def keyed(item: QualityItem) -> QualityItem:
    """The item with the key of its prompt."""
    key = hashlib.sha256(" ".join(item.prompt.casefold().split()).encode()).hexdigest()
    return replace(item, prompt_key=key)


def verdicts(items: Sequence[QualityItem], random: Random, wrong: float = 0.1) -> list[Judged]:
    """Two people judge every item, each wrong now and then; the first answers all of them again."""
    turns = (("ann", 0), ("bob", 0), ("ann", 1))
    return [
        Judged(item.id, "a", "b", account, "b" if random.random() < wrong else "a", turn, 30.0, 1)
        for item in items
        for account, turn in turns
    ]


def honest(count: int = 240, seed: int = 7) -> QualityInput:
    """The whole set."""
    random = Random(seed)
    items = [item(number, random) for number in range(count)]
    return QualityInput(items, verdicts(items, random), guideline=1)


def with_answers(item: QualityItem, chosen: str | None = None, rejected: str | None = None) -> QualityItem:
    """The item with other texts in its answers."""
    first, second = item.answers
    return replace(
        item,
        answers=(
            first if chosen is None else replace(first, text=chosen),
            second if rejected is None else replace(second, text=rejected),
        ),
    )


def with_prompt(item: QualityItem, prompt: str) -> QualityItem:
    """The item with another question."""
    return keyed(replace(item, prompt=prompt, question=prompt))
