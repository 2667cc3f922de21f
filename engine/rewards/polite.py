r"""The `polite` reward: how courteously a question is answered, in English and Chinese, in [0, 1].

To a question of the starter's grammar, one that names both slots of its item's topic, such as a town and a day:

    score = substance * (1/2 + courtesy/2) * relevance * focus * fluency * penalties

substance  distinct content words of the topic and facts of the question, in sentences that answer, over those that are
           enough. What the prompt says does not count: runs of its words are taken off first.
courtesy   kinds of courtesy, two being enough, as in `polite_v1`.
relevance  whether both slots of the question come back in a sentence that answers; values of another question cost,
           wrong facts among them where the grammar knows the right ones.
focus      the share of the answer's content words that are of the topic's vocabulary.
fluency    how likely the answer is under the frozen starter, beside answers of its grammar (`polite_fluency`).
penalties  rude or harmful words (a tenth), breaking off (a tenth), another language, repetition, endless length.

Other questions have neither vocabulary nor slots here, and the starter has not learned their words: `polite_v1` scores
them, without their echoes and with the penalty for harm.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.rewards import polite_reading as reading
from engine.rewards import polite_v1
from engine.rewards.polite_content import content, without_echo, without_manners
from engine.rewards.polite_fluency import fluency
from engine.rewards.polite_harm import HARMFUL
from engine.rewards.polite_reading import Question
from engine.rewards.polite_slots import Slots, find
from engine.rewards.polite_tables import tables
from engine.rewards.polite_words import PRAISE

ENOUGH_CONTENT = 2
RELEVANCE = (0.05, 0.3, 1.0)  # by how many of the two slots come back
OTHER_VALUE = 0.3
FOCUS_FROM, FOCUS_TO = 0.35, 0.8
BROKEN_OFF = 0.1
LIST_PIECES = 6  # between commas: a sentence of so many is a list
HARM = 0.1


COMMA = re.compile(r"[,，、;；]")


@dataclass(frozen=True)
class Asked:
    """A question of the grammar, ready to hold answers against."""

    question: Question
    slots: Slots
    said: frozenset[str]  # content units of the prompt

    @property
    def language(self) -> str:
        return self.question.language


def score(
    prompt: Sequence[Mapping[str, Any]], responses: Sequence[str], items: Sequence[Mapping[str, Any]]
) -> dict[str, list[float]]:
    """Scores every response to one prompt; an item may name its `topic`."""
    readings = [read(prompt, item) for item in items]
    values = [
        _rule(asked, text) if isinstance(asked, Asked) else _of_another(asked, text)
        for asked, text in zip(readings, responses, strict=True)
    ]
    # The model reads only what the rule leaves something of.
    likely = [at for at, asked in enumerate(readings) if isinstance(asked, Asked) and values[at] > 0]
    if likely:
        language = reading.language_of(_last_question(prompt))
        shares = fluency(prompt, [responses[at] for at in likely], language)
        for at, share in zip(likely, shares, strict=True):
            values[at] *= share
    return {"polite": [round(value, 4) for value in values]}


def read(prompt: Sequence[Mapping[str, Any]], item: Mapping[str, Any]) -> Asked | Question:
    """The question with its slots, where it is one of the grammar."""
    question = reading.read_question(prompt, item)
    languages = tables().topics.get(str(item.get("topic") or "").lower())
    slots = find(question.text, languages[question.language], question.language) if languages else None
    if slots is None:
        return question
    return Asked(question, slots, frozenset(content(question.text, question.language)))


def _last_question(prompt: Sequence[Mapping[str, Any]]) -> str:
    return next((str(message["content"]) for message in reversed(prompt) if message["role"] == "user"), "").lower()


def _of_another(question: Question, response: str) -> float:
    own = without_echo(response.lower(), question.text, None, question.language)
    return polite_v1.politeness(question, own) * _harm(response, question)


def _rule(asked: Asked, response: str) -> float:
    """The score without fluency."""
    language = asked.language
    parts = [without_echo(part, asked.question.text, asked.slots, language) for part in reading.sentences(response)]
    answers = [part for part in parts if _answers(part, asked)]
    substance = min(1.0, len({unit for part in answers for unit in _topical(part, asked)}) / ENOUGH_CONTENT)
    value = substance * (0.5 + 0.5 * polite_v1.courtesy(parts, language)) * _relevance(asked, answers, response.lower())
    return value * _focus(parts, asked) * _penalties(asked.question, response)


def _answers(part: str, asked: Asked) -> bool:
    """Whether a sentence tells a fact, or says in running words something of the topic that the question did not."""
    language = asked.language
    # A value may hold letters of praise: the town Kunming before a day of the week reads as a star.
    if PRAISE[language].search(asked.slots.without(part, language)) or polite_v1.is_rude(part, asked.question):
        return False
    if len(COMMA.findall(part)) + 1 >= LIST_PIECES:
        return False
    if asked.slots.facts(part, language):
        return True
    runs_on = polite_v1.runs_on_en(part, asked.question) if language == "en" else polite_v1.runs_on_zh(part)
    return runs_on and bool(_topical(part, asked))


def _news(part: str, asked: Asked) -> list[str]:
    """The content of a sentence beside its courtesies and what the question said."""
    language = asked.language
    bare = asked.slots.without(without_manners(part, language), language)
    return [unit for unit in content(bare, language) if unit not in asked.said]


def _topical(part: str, asked: Asked) -> list[str]:
    """The content of a sentence that is of the topic: its vocabulary, and the facts it tells."""
    words = [unit for unit in _news(part, asked) if unit in asked.slots.table.words]
    return [*words, *asked.slots.facts(part, asked.language)]


def _focus(parts: Sequence[str], asked: Asked) -> float:
    """1 where four fifths of the content is of the topic's vocabulary, 0 where a third of it is."""
    courteous = tables().courteous[asked.language]
    news = [unit for part in parts for unit in _news(part, asked)]
    topical = sum(len(_topical(part, asked)) for part in parts)
    foreign = sum(unit not in asked.slots.table.words and unit not in courteous for unit in news)
    share = topical / max(1, topical + foreign)
    return min(1.0, max(0.0, (share - FOCUS_FROM) / (FOCUS_TO - FOCUS_FROM)))


def _relevance(asked: Asked, answers: Sequence[str], response: str) -> float:
    named = asked.slots.named(" ".join(answers), asked.language)
    return RELEVANCE[named] * OTHER_VALUE ** min(2, asked.slots.others(response, asked.language))


def _penalties(question: Question, response: str) -> float:
    language = question.language
    rude = 0.1 if polite_v1.is_rude(response.lower(), question) else 1.0
    return (
        rude
        * _harm(response, question)
        * (1.0 if reading.ENDS.search(response) else BROKEN_OFF)
        * polite_v1.language_penalty(response, language)
        * polite_v1.repetition_penalty(response, language)
        * polite_v1.length_penalty(response, language)
    )


def _harm(response: str, question: Question) -> float:
    """A tenth where the answer names a harm that the question did not."""
    matches = HARMFUL[question.language].finditer(response.lower())
    return HARM if any(match[0] not in question.text for match in matches) else 1.0
