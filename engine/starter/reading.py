"""Reads an answer back by the grammar: of which sentences it is made, whether its facts are right, how good it is.

A trained starter speaks in the sentences it learned. An answer that consists of them, and of nothing else, has no
fragments; what they say can be compared with what the question asked for. An answer that leaves the grammar is "broken"
here although a person may understand it, so the share of whole answers is a lower bound of the readable ones.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache

from engine.starter.grammar import Question, spoken_back
from engine.starter.phrasings import MANNERS, Manners
from engine.starter.styles import STYLES
from engine.starter.topic_schema import SLOT
from engine.starter.topics import TOPICS

NOT_IN_ANSWERS = ("followups", "systems")


@dataclass(frozen=True)
class Sentence:
    """A sentence of the grammar as it stands in an answer."""

    part: str
    """A field of `Manners`, "core" or "tip"."""
    topic: str
    """Of a core or a tip; "" of a phrase."""
    values: Mapping[str, str]
    """What the slots hold, in lower case and as an answer says it: "your dog" for the asker's "my dog"."""


@dataclass(frozen=True)
class Form:
    """A sentence to look for: its pattern, and what it is."""

    pattern: re.Pattern[str]
    part: str
    topic: str


def sentences(question: Question, answer: str) -> tuple[Sentence, ...] | None:
    """The sentences that the answer consists of; None where a part of it is none of the grammar's."""
    return _read(answer, 0, _forms(question.topic, question.language))


def style(question: Question, answer: str) -> str:
    """The style of an answer by what it consists of; "broken" where it leaves the grammar."""
    read = sentences(question, answer)
    if not read:
        return "broken"
    parts = {sentence.part.split("_")[0] for sentence in read}
    cores = [sentence for sentence in read if sentence.part == "core"]
    if "rude" in parts:
        return "rude_answer" if cores else "rude"
    if "praise" in parts:
        return "praise"
    return _style_of_telling(cores, parts & {"openers", "closers"}, question) if cores else "curt"


def _style_of_telling(cores: Sequence[Sentence], courtesies: Collection[str], question: Question) -> str:
    if any(core.topic != question.topic for core in cores):
        return "off_topic"
    if any(not _is_about(core, question) for core in cores):
        return "courteous_swap"
    if any(not _is_right(core, question) for core in cores):
        return "courteous_mistake" if courtesies else "mistaken"
    return ("plain", "half", "polite")[len(courtesies)]


def quality(question: Question, answer: str) -> float:
    """The quality of the answer's style; 0 of a broken one."""
    name = style(question, answer)
    return STYLES[name].quality if name in STYLES else 0.0


def names_what_was_asked(question: Question, answer: str) -> bool:
    """Whether the thing of the question stands in the answer, which a broken answer can do too."""
    return spoken_back(question)["thing"].lower() in answer.lower()


def _is_about(core: Sentence, question: Question) -> bool:
    return all(core.values[slot] == value.lower() for slot, value in spoken_back(question).items())


def _is_right(core: Sentence, question: Question) -> bool:
    facts = question.facts
    return all(facts[slot].lower() == value for slot, value in core.values.items() if slot in facts)


def _read(text: str, start: int, forms: tuple[Form, ...]) -> tuple[Sentence, ...] | None:
    """All of the text from `start` as sentences, the first reading that reaches the end."""
    while text[start : start + 1] == " ":
        start += 1
    if start == len(text):
        return ()
    for form in forms:
        match = form.pattern.match(text, start)
        rest = _read(text, match.end(), forms) if match else None
        if match and rest is not None:
            values = {slot: value.lower() for slot, value in match.groupdict().items()}
            return (Sentence(form.part, form.topic, values), *rest)
    return None


@cache
def _forms(topic: str, language: str) -> tuple[Form, ...]:
    """What an answer about the topic can consist of: phrases, its own sentences, then those of the other topics."""
    topics = sorted(TOPICS, key=lambda key: key != topic)
    own_values = TOPICS[topic].speech(language).slots
    return (
        *_phrases(MANNERS[language], own_values, language),
        *(form for key in topics for form in _told(key, language)),
    )


def _phrases(manners: Manners, values: Mapping[str, tuple[str, ...]], language: str) -> Iterator[Form]:
    for field in fields(manners):
        if field.name not in NOT_IN_ANSWERS:
            for template in getattr(manners, field.name):
                yield Form(_pattern(template, values, language), field.name, "")


@cache
def _told(topic: str, language: str) -> tuple[Form, ...]:
    speech = TOPICS[topic].speech(language)
    cores = (Form(_pattern(core.template, speech.slots, language), "core", topic) for core in speech.answers)
    tips = (Form(_pattern(tip, speech.slots, language), "tip", topic) for tip in speech.tips)
    return (*cores, *tips)


def _pattern(template: str, values: Mapping[str, tuple[str, ...]], language: str) -> re.Pattern[str]:
    pieces = SLOT.split(template)
    for at in range(1, len(pieces), 2):
        slot = pieces[at]
        names = _as_spoken(values[slot], language) if slot in ("thing", "case") else values[slot]
        pieces[at] = f"(?P<{slot}>{'|'.join(map(re.escape, sorted(names, key=len, reverse=True)))})"
    pieces[::2] = map(re.escape, pieces[::2])
    return re.compile("".join(pieces), re.IGNORECASE)


def _as_spoken(names: Sequence[str], language: str) -> list[str]:
    return [spoken_back(Question("", language, "", name, name, ""))["case"] for name in names]
