"""The parts a topic of the starter's grammar is made of: questions, answers and what fills their slots.

Only the shapes live here. The words are in `engine.starter.topics` and `engine.starter.phrasings`, the rules that join
them in `engine.starter.grammar`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

LANGUAGES = ("en", "zh")


def lines(text: str) -> tuple[str, ...]:
    """The non-empty lines of a block, so that the data files read as plain text."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def choices(text: str) -> tuple[str, ...]:
    """The parts of a text that are separated by `|`."""
    return tuple(part.strip() for part in text.split("|"))


@dataclass(frozen=True)
class Speech:
    """How one topic is talked about in one language.

    Every question names a `{thing}` (a city, a dish) and a `{case}` (a day, an occasion); every answer repeats both, so
    that a reward can tell an answer to this question from an answer to its neighbour.
    """

    things: tuple[str, ...]
    cases: tuple[str, ...]
    questions: tuple[str, ...]
    answers: tuple[str, ...]
    tips: tuple[str, ...]
    slots: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Topic:
    """An everyday topic in both languages; `key` is what items carry as their topic."""

    key: str
    en: Speech
    zh: Speech

    def speech(self, language: str) -> Speech:
        return {"en": self.en, "zh": self.zh}[language]
