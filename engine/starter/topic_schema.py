"""The parts a topic of the starter's grammar is made of: questions, answers, and the facts that fill their slots.

Facts are small tables, so that a question has one right answer: what a slot says follows from the thing and the case
that the question names. Only the shapes live here. The words are in `engine.starter.topics` and
`engine.starter.phrasings`, the rules that join them in `engine.starter.grammar`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

LANGUAGES = ("en", "zh")
SLOT = re.compile(r"\{(\w+)\}")
Facts = Mapping[str, str]
"""The values of slots by name."""


def lines(text: str) -> tuple[str, ...]:
    """The non-empty lines of a block, so that the data files read as plain text."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def choices(text: str) -> tuple[str, ...]:
    """The parts of a text that are separated by `|`."""
    return tuple(part.strip() for part in text.split("|"))


def table(text: str) -> dict[str, dict[str, str]]:
    """Rows of facts by their first cell; the first line names the slots. ValueError where a row lacks a cell."""
    (_, *slots), *rows = (choices(line) for line in lines(text))
    return {name: dict(zip(slots, cells, strict=True)) for name, *cells in rows}


def grid(text: str, slots: tuple[str, ...], spell: Callable[[int], str]) -> dict[tuple[str, str], dict[str, str]]:
    """Facts of a thing in a case: a row for each thing, a column for each case, in a cell a word for each slot.

    Numbers stand there in digits; `spell` puts them into words.
    """
    (_, *cases), *rows = (choices(line) for line in lines(text))
    return {
        (thing, case): dict(zip(slots, (_spelled(word, spell) for word in cell.split()), strict=True))
        for thing, *cells in rows
        for case, cell in zip(cases, cells, strict=True)
    }


def _spelled(word: str, spell: Callable[[int], str]) -> str:
    return spell(int(word)) if word.lstrip("-").isdecimal() else word


def following(
    joint: Mapping[tuple[str, str], Facts], slot: str, rows: Mapping[str, Facts]
) -> dict[tuple[str, str], Facts]:
    """The joint facts with those that follow from the value of one of their slots: an umbrella from rain."""
    return {key: {**facts, **rows[facts[slot]]} for key, facts in joint.items()}


@dataclass(frozen=True)
class Pattern:
    """A sentence with slots, and the aspect of the topic that it asks for or tells."""

    aspect: str
    template: str

    @property
    def fact_slots(self) -> tuple[str, ...]:
        """The slots beside those of the thing and the case."""
        return tuple(slot for slot in SLOT.findall(self.template) if slot not in ("thing", "case"))


def patterns(text: str) -> tuple[Pattern, ...]:
    """The lines of a block, each an aspect, a colon and a sentence."""
    return tuple(Pattern(*(part.strip() for part in line.split(":", 1))) for line in lines(text))


@dataclass(frozen=True)
class Speech:
    """How one topic is talked about in one language.

    Every question names a `{thing}` (a city, a dish) and a `{case}` (a day, an occasion) and asks for one aspect; every
    answer repeats both and tells facts of that aspect. So an answer to this question can be told from an answer to its
    neighbour, and a right one from a wrong one.
    """

    thing_facts: Mapping[str, Facts]
    case_facts: Mapping[str, Facts]
    questions: tuple[Pattern, ...]
    answers: tuple[Pattern, ...]
    tips: tuple[str, ...]
    joint_facts: Mapping[tuple[str, str], Facts]
    """What follows only from both, by (thing, case); empty in most topics."""

    @property
    def things(self) -> tuple[str, ...]:
        return tuple(self.thing_facts)

    @property
    def cases(self) -> tuple[str, ...]:
        return tuple(self.case_facts)

    @property
    def aspects(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(pattern.aspect for pattern in self.questions))

    def facts(self, thing: str, case: str) -> dict[str, str]:
        """What is right for a thing in a case: the value of every slot, without `thing` and `case` themselves."""
        joint = self.joint_facts.get((thing, case), {})
        return {**self.thing_facts[thing], **self.case_facts[case], **joint}

    def other_values(self, thing: str, case: str) -> dict[str, frozenset[str]]:
        """By slot, `thing` and `case` among them, the values of other things and cases: wrong ones here.

        One value can be a part of another, as "十" is of "十五": whoever looks for them in a text takes the longest.
        """
        right = self.facts(thing, case) | {"thing": thing, "case": case}
        return {slot: frozenset(values) - {right[slot]} for slot, values in self.slots.items()}

    @property
    def slots(self) -> dict[str, tuple[str, ...]]:
        """By slot, `thing` and `case` among them, all of its values."""
        values: dict[str, dict[str, None]] = {"thing": dict.fromkeys(self.things), "case": dict.fromkeys(self.cases)}
        for facts in (*self.thing_facts.values(), *self.case_facts.values(), *self.joint_facts.values()):
            for slot, value in facts.items():
                values.setdefault(slot, {})[value] = None
        return {slot: tuple(names) for slot, names in values.items()}

    def named(self, text: str) -> tuple[str, str]:
        """The thing and the case that a text names; of each the longest, or "" where it names none."""
        return _longest(self.things, text), _longest(self.cases, text)

    def templates(self) -> Iterator[str]:
        """All sentences, slots unfilled, and all that fills them: the words of the topic."""
        yield from (pattern.template for pattern in (*self.questions, *self.answers))
        yield from self.tips
        for values in self.slots.values():
            yield from values


def _longest(names: tuple[str, ...], text: str) -> str:
    lowered = text.lower()
    return max((name for name in names if _occurs(name.lower(), lowered)), key=len, default="")


def _occurs(name: str, text: str) -> bool:
    """English names as whole words; Chinese has no spaces."""
    return re.search(rf"\b{re.escape(name)}\b", text) is not None if name.isascii() else name in text


@dataclass(frozen=True)
class Topic:
    """An everyday topic in both languages; `key` is what items carry as their topic."""

    key: str
    en: Speech
    zh: Speech

    def speech(self, language: str) -> Speech:
        return {"en": self.en, "zh": self.zh}[language]
