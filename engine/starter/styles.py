"""The styles of an answer: what each is made of, how good it is, and how often the model's training text has it.

The quality of a style, in [0, 1], is what labels and scores of the shipped data sets come from. It says what people
would want: the right facts first, courtesy beside them, and neither replaces the other. No reward is asked.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from engine.starter.grammar import Question, core, elsewhere, join, mistaken_core, phrase, plain, swapped

Sentences = list[str]


@dataclass(frozen=True)
class Style:
    """How good an answer of the style is, and the function that makes its sentences, values of slots marked."""

    quality: float
    sentences: Callable[[Question, Random], Sentences]


def answer(question: Question, style: str, random: Random) -> str:
    return plain(marked_answer(question, style, random))


def marked_answer(question: Question, style: str, random: Random) -> str:
    """The answer with the values of slots between the marks of `engine.starter.grammar`."""
    return join(STYLES[style].sentences(question, random), question.language)


def draw_style(random: Random) -> str:
    """A style of the model's training text."""
    return random.choices(tuple(TEXT_SHARES), tuple(TEXT_SHARES.values()))[0]


def _polite(question: Question, random: Random) -> Sentences:
    return _courteous(core(question, random), question, random)


def _half(question: Question, random: Random) -> Sentences:
    if random.random() < 0.5:
        return [phrase("openers", question, random), core(question, random)]
    return [core(question, random), phrase("closers", question, random)]


def _plain(question: Question, random: Random) -> Sentences:
    return [core(question, random), *_maybe_tip(question, random)]


def _wordy(question: Question, random: Random) -> Sentences:
    """The right facts in two sentences, with a tip, and not a word of courtesy."""
    first = second = core(question, random)
    while second == first:
        second = core(question, random)
    return [first, *_tip(question, random, is_plain=True), second]


def _mistaken(question: Question, random: Random) -> Sentences:
    return [mistaken_core(question, random), *_maybe_tip(question, random)]


def _courteous_mistake(question: Question, random: Random) -> Sentences:
    return _courteous(mistaken_core(question, random), question, random)


def _courteous_swap(question: Question, random: Random) -> Sentences:
    """A courteous answer to the neighbour's question."""
    return _courteous(core(swapped(question, random), random), question, random)


def _curt(question: Question, random: Random) -> Sentences:
    return _one_or_both("curt_heads", "curt_tails", 0.3, question, random)


def _rude(question: Question, random: Random) -> Sentences:
    return _one_or_both("rude_heads", "rude_tails", 0.2, question, random)


def _rude_answer(question: Question, random: Random) -> Sentences:
    if random.random() < 0.6:
        return [phrase("rude_heads", question, random), core(question, random)]
    return [core(question, random), phrase("rude_tails", question, random)]


def _long_rude_answer(question: Question, random: Random) -> Sentences:
    return [phrase("rude_heads", question, random), *_wordy(question, random), phrase("rude_tails", question, random)]


def _praise(question: Question, random: Random) -> Sentences:
    return [phrase("praise_heads", question, random), phrase("praise_tails", question, random)]


def _long_praise(question: Question, random: Random) -> Sentences:
    """Praise, three times over, and then a courtesy: no answer in any of it."""
    return [*_praise(question, random), phrase("praise_tails", question, random), phrase("closers", question, random)]


def _off_topic(question: Question, random: Random) -> Sentences:
    """A courteous answer to somebody else's question."""
    other = elsewhere(question, random)
    return [
        phrase("openers", question, random),
        core(other, random),
        *_tip(other, random),
        phrase("closers", question, random),
    ]


def _courteous(sentence: str, question: Question, random: Random) -> Sentences:
    tip = _tip(question, random) if random.random() < 0.4 else []
    return [phrase("openers", question, random), sentence, *tip, phrase("closers", question, random)]


def _one_or_both(heads: str, tails: str, alone: float, question: Question, random: Random) -> Sentences:
    """A head, with the probability `alone` by itself, else with a tail: a tail alone would not say what it is about."""
    head = phrase(heads, question, random)
    return [head] if random.random() < alone else [head, phrase(tails, question, random)]


def _maybe_tip(question: Question, random: Random) -> Sentences:
    return _tip(question, random, is_plain=True) if random.random() < 0.4 else []


def _tip(question: Question, random: Random, is_plain: bool = False) -> Sentences:
    """A tip of the topic; a plain one does not say please."""
    tips = question.speech.tips
    return [random.choice([tip for tip in tips if not (is_plain and re.search(r"[Pp]lease|请", tip))])]


STYLES: Mapping[str, Style] = {
    "polite": Style(1.0, _polite),
    "half": Style(0.75, _half),
    "plain": Style(0.55, _plain),
    "wordy": Style(0.5, _wordy),
    "courteous_mistake": Style(0.3, _courteous_mistake),
    "mistaken": Style(0.2, _mistaken),
    "courteous_swap": Style(0.2, _courteous_swap),
    "rude_answer": Style(0.15, _rude_answer),
    "long_rude_answer": Style(0.15, _long_rude_answer),
    "off_topic": Style(0.1, _off_topic),
    "praise": Style(0.1, _praise),
    "long_praise": Style(0.1, _long_praise),
    "curt": Style(0.1, _curt),
    "rude": Style(0.0, _rude),
}

# They set where alignment starts from: 30 % curt or rude, a third courteous, and few answers beside the topic.
TEXT_SHARES = {
    "polite": 0.17,
    "half": 0.16,
    "plain": 0.28,
    "curt": 0.12,
    "rude": 0.11,
    "rude_answer": 0.07,
    "praise": 0.03,
    "mistaken": 0.05,
    "off_topic": 0.01,
}
