"""The slots of a question of the starter's grammar, such as a town and a day, and which of their values a text names.

Left out: how a text that names them is scored (`polite`).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from engine.rewards.polite_reading import stem, stems, units
from engine.rewards.polite_tables import TopicTable
from engine.rewards.polite_words import FUNCTION_WORDS

BREAK = "\n"
DETERMINER = re.compile(r"^(my|your|a|an|the|some) ")
MINE = re.compile(r"\bmy\b")
PRONOUN = re.compile(r"[我您你]这个|[我你]们|[我您你]")


@dataclass(frozen=True)
class Slots:
    """What a question of the grammar asks about, and the table of its topic."""

    thing: str
    case: str
    table: TopicTable

    def named(self, text: str, language: str) -> int:
        """How many of the two values the text names."""
        return sum(names(text, value, language) for value in (self.thing, self.case))

    def facts(self, text: str, language: str) -> frozenset[str]:
        """The right values of other slots than the two that the text names: what it tells of them."""
        return self._said(text, language) & self._right(language) - self._asked(language)

    def others(self, text: str, language: str) -> int:
        """How many values of any slot the text names that are not those of this question: another town, a wrong fact.

        Where two values begin at one place, the longer one is meant.
        """
        wrong = (self._said(text, language) & _known(self.table, language).telling) - self._right(language)
        asked = f"{self.thing} {self.case}".lower()
        return sum(said not in asked for said in wrong)

    def without(self, text: str, language: str) -> str:
        """The text with a break in place of each of the two values, in whatever person they are said."""
        for value in (self.thing, self.case):
            text = text.replace(phrase(value, language), BREAK)
        return text

    def _said(self, text: str, language: str) -> frozenset[str]:
        spoken = PRONOUN.sub("", text) if language == "zh" else MINE.sub("your", text)
        return frozenset(match[0] for match in _known(self.table, language).pattern.finditer(spoken))

    def _right(self, language: str) -> frozenset[str]:
        return frozenset(phrase(value, language) for value in self.table.right(self.thing, self.case))

    def _asked(self, language: str) -> frozenset[str]:
        return frozenset(phrase(value, language) for value in (self.thing, self.case))


class Known(NamedTuple):
    """The values of a topic as sentences say them."""

    pattern: re.Pattern[str]
    telling: frozenset[str]


@cache
def _known(table: TopicTable, language: str) -> Known:
    phrases = sorted({phrase(value, language) for value in table.values}, key=lambda text: (-len(text), text))
    joined = "|".join(map(re.escape, phrases))
    pattern = re.compile(joined if language == "zh" else rf"\b(?:{joined})\b")
    return Known(pattern, frozenset(phrase(value, language) for value in table.telling))


def find(text: str, table: TopicTable, language: str) -> Slots | None:
    """The slots of a question in lower case; None where it does not name both: it is none of the grammar's."""
    thing, case = (_longest(text, values, language) for values in (table.things, table.cases))
    return Slots(thing, case, table) if thing and case else None


def names(text: str, value: str, language: str) -> bool:
    """Whether all content words of the value stand in the text, in whatever order.

    >>> names("take your dog to the vet", "my dog", "en"), names("给你们组介绍一下", "给我们组", "zh")
    (True, True)
    """
    if language == "zh":
        return PRONOUN.sub("", value) in PRONOUN.sub("", text)
    content = _content(value)
    return content <= stems(units(text, "en")) if content else phrase(value, "en") in text


def _content(value: str) -> frozenset[str]:
    return frozenset(stem(word) for word in units(value, "en") if word not in FUNCTION_WORDS["en"])


def _longest(text: str, values: Iterable[str], language: str) -> str:
    present = [value for value in values if stands(text, value.lower(), language)]
    return max(present, key=len, default="")


def stands(text: str, value: str, language: str) -> bool:
    """Whether the text holds the value, English ones as whole words."""
    return value in text if language == "zh" else bool(re.search(rf"\b{re.escape(value)}\b", text))


def phrase(value: str, language: str) -> str:
    """The value as an answer names it, in lower case and without who it belongs to."""
    return PRONOUN.sub("", value) if language == "zh" else MINE.sub("your", DETERMINER.sub("", value.lower()))
