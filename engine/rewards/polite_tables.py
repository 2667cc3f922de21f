"""What `polite` knows of the starter: its topics' slots and words, and how likely the starter finds its own answers.

The file is written from the starter's grammar and weights by `python -P -m engine.starter.polite_tables`, so rule and
starter stay in step; a test says when it is stale. Left out: what is made of it (`polite`, `polite_fluency`).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("polite_tables.json")


@dataclass(frozen=True, eq=False)
class TopicTable:
    """One topic in one language.

    `things` and `cases` are the values of the two slots that every question names. `facts` are what is right of each
    of them, and of both together under `thing|case`.
    """

    things: tuple[str, ...]
    cases: tuple[str, ...]
    facts: Mapping[str, tuple[str, ...]]
    telling: frozenset[str]  # values of any slot that no answer of the topic names by the way, whatever was asked
    words: frozenset[str]  # of the topic's answers. English: stems; Chinese: pairs of characters

    @property
    def values(self) -> frozenset[str]:
        """All values of all slots."""
        facts = (value for values in self.facts.values() for value in values)
        return frozenset((*self.things, *self.cases, *facts))

    def right(self, thing: str, case: str) -> frozenset[str]:
        """The values that an answer about this thing in this case may name."""
        keys = thing, case, f"{thing}|{case}"
        return frozenset((thing, case, *(value for key in keys for value in self.facts.get(key, ()))))


@dataclass(frozen=True)
class Range:
    """A figure in nats per token: `least` and below it count 0, `enough` and above it 1."""

    least: float
    enough: float

    def share(self, value: float) -> float:
        """
        >>> Range(-3.0, -1.0).share(-1.5)
        0.75
        """
        return min(1.0, max(0.0, (value - self.least) / (self.enough - self.least)))


@dataclass(frozen=True)
class Fluency:
    """How likely an answer is under the starter: of all its tokens, and of its least likely stretch."""

    mean: Range
    stretch: Range


@dataclass(frozen=True)
class Tables:
    """The whole file; the keys of all tables are languages, those of topics a topic first."""

    topics: Mapping[str, Mapping[str, TopicTable]]
    courteous: Mapping[str, frozenset[str]]  # words of openers and closers, whatever the topic
    fluency: Mapping[str, Fluency]


@cache
def tables() -> Tables:
    """Read once a process."""
    return from_json(json.loads(FILE.read_text(encoding="utf-8")))


def from_json(content: Mapping[str, Any]) -> Tables:
    """The tables of a file's content."""
    topics = {
        topic: {
            language: TopicTable(
                things=tuple(table["things"]),
                cases=tuple(table["cases"]),
                facts={key: tuple(values) for key, values in table["facts"].items()},
                telling=frozenset(table["telling"]),
                words=frozenset(table["words"].split()),
            )
            for language, table in languages.items()
        }
        for topic, languages in content["topics"].items()
    }
    courteous = {language: frozenset(words.split()) for language, words in content["courteous"].items()}
    fluency = {
        language: Fluency(Range(*figures["mean"]), Range(*figures["stretch"]))
        for language, figures in content["fluency"].items()
    }
    return Tables(topics, courteous, fluency)
