r"""The first `polite` rule, `polite_v1`: how courteously a question is answered, in English and Chinese, in [0, 1].

It is frozen, so that what it scored stays comparable; `polite` shares its reading of courtesy and of form.

    score = substance * (1/2 + courtesy/2) * relevance * penalties

substance  distinct words in sentences that answer, 10 English words or 14 Chinese characters being enough. A sentence
           answers when it has words left beside its courtesies, new ones among them, and is neither praise nor a list.
courtesy   kinds of courtesy (greeting, thanks, apology, gladness, offer, wish, request), two being enough, and at most
           one of a sentence, so that one closer that does everything does not count twice.
relevance  whether the answer takes up what was asked: the topic, and the names, days and objects of this very question.
penalties  rudeness (a tenth), another language, repetition, being cut off, endless length.

It is a rule whose every step can be read: it needs no model and no network, and does not check facts.
"""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from engine.rewards import polite_reading as reading
from engine.rewards.polite_reading import Question
from engine.rewards.polite_words import (
    COURTESY,
    FILLER_EN,
    FILLER_ZH,
    FUNCTION_WORDS,
    NUMBERS_EN,
    PRAISE,
    RUDE,
    RUDE_WORDS,
)

ENOUGH_UNITS = {"en": 10, "zh": 14}
SHORTEST_ANSWER = {"en": 4, "zh": 5}
ENOUGH_KINDS = 2
LONG = {"en": 120, "zh": 240}


def score(
    prompt: Sequence[Mapping[str, Any]], responses: Sequence[str], items: Sequence[Mapping[str, Any]]
) -> dict[str, list[float]]:
    """Scores every response to one prompt; an item may name its `topic`."""
    return {
        "polite_v1": [
            politeness(reading.read_question(prompt, item), response)
            for response, item in zip(responses, items, strict=True)
        ]
    }


def politeness(question: Question, response: str) -> float:
    language = question.language
    parts = reading.sentences(response)
    answers = [part for part in parts if answers_something(part, question)]
    substance = _substance(answers, question)
    value = substance * (0.5 + 0.5 * courtesy(parts, language)) * relevance(question, answers)
    return round(value * penalties(question, response), 4)


def _substance(answers: Sequence[str], question: Question) -> float:
    """Distinct words over those that are enough; after a greeting courtesies count too, and half as many are enough."""
    language, enough = question.language, ENOUGH_UNITS[question.language]
    if question.is_social:
        return min(1.0, 2 * len({unit for part in answers for unit in reading.units(part, language)}) / enough)
    units = {unit for part in answers for unit in reading.units(without_courtesy(part, language), language)}
    return min(1.0, len(units) / enough)


def courtesy(parts: Sequence[str], language: str) -> float:
    """Kinds of courtesy over the kinds that are enough."""
    kinds = set()
    for part in parts:
        matches = [kind for kind, pattern in COURTESY[language].items() if pattern.search(part)]
        # The first kind not met yet: "hello, and thanks" is one courtesy, but another one than a later "hello".
        kinds.update([kind for kind in matches if kind not in kinds][:1])
    return min(1.0, len(kinds) / ENOUGH_KINDS)


def answers_something(part: str, question: Question) -> bool:
    """Whether a sentence says, in running words, more than courtesy, praise and what the question said."""
    language = question.language
    if PRAISE[language].search(part) or is_rude(part, question):
        return False
    if question.is_social:
        return len(reading.units(part, language)) >= SHORTEST_ANSWER[language]
    rest = without_courtesy(part, language)
    if language == "zh":
        return runs_on_zh(rest) and _news_zh(rest, question) >= 3
    return runs_on_en(rest, question) and _news_en(rest, question) >= 2


def without_courtesy(part: str, language: str) -> str:
    gap = {"en": " ", "zh": ""}[language]
    for pattern in COURTESY[language].values():
        part = pattern.sub(gap, part)
    return FILLER_ZH.sub(gap, part) if language == "zh" else part


def runs_on_en(text: str, question: Question) -> bool:
    """A sentence and not a list: enough function words, and not mostly the topic's own vocabulary."""
    words = reading.units(text, "en")
    if len(words) < SHORTEST_ANSWER["en"]:
        return False
    function = sum(word in FUNCTION_WORDS["en"] or word in NUMBERS_EN for word in words) / len(words)
    topical = sum(word in question.topic_words for word in words) / len(words)
    return function >= 0.15 and topical <= 0.6 and text.count(",") <= len(words) / 3


def runs_on_zh(text: str) -> bool:
    characters = reading.units(text, "zh")
    if len(characters) < SHORTEST_ANSWER["zh"]:
        return False
    pieces = [piece for piece in re.split(r"[、，,；;\s]+", text.strip("。！？.!? ")) if piece]
    is_list = len(pieces) >= 4 and len(characters) / len(pieces) <= 3
    return not is_list and (len(characters) < 10 or any(character in FUNCTION_WORDS["zh"] for character in characters))


def _news_en(text: str, question: Question) -> int:
    """Content words that the question did not bring."""
    question_stems = reading.stems(reading.units(question.text, "en"))
    words = frozenset(reading.units(text, "en")) - FUNCTION_WORDS["en"] - FILLER_EN
    return len(reading.stems(words) - question_stems)


def _news_zh(text: str, question: Question) -> int:
    return len(set(reading.units(text, "zh")) - set(question.text))


def relevance(question: Question, answers: Sequence[str]) -> float:
    """1 for an answer to this question, a fifth for one to another on the topic, a tenth for one off the topic."""
    if question.is_social:
        return 1.0
    text = " ".join(answers)
    floor = 0.2 if _mentions_topic(question, text) else 0.1
    return floor + (1 - floor) * specifics_cover(question, text) ** 2


def specifics_cover(question: Question, text: str) -> float:
    """How much of what the question names comes back; strict where the topic is known: the rest is specific."""
    is_strict = bool(question.topic_words)
    if not question.specifics:
        return 1.0
    if question.language == "zh":
        share = reading.shared_share(question.specifics, text)
        return min(1.0, max(0.0, (share - 0.3) / 0.4)) if is_strict else min(1.0, share / 0.35)
    matches = len(set(question.specifics) & reading.stems(reading.units(text, "en")))
    needed = math.ceil((0.6 if is_strict else 0.35) * len(question.specifics))
    return min(1.0, matches / min(needed, 3))


def _mentions_topic(question: Question, text: str) -> bool:
    if question.language == "zh":
        return any(word in text for word in question.topic_words)
    return bool(reading.stems(question.topic_words) & reading.stems(reading.units(text, "en")))


def penalties(question: Question, response: str) -> float:
    language = question.language
    rude = 0.1 if is_rude(response.lower(), question) else 1.0
    whole = 1.0 if reading.ENDS.search(response) else 0.5
    return (
        rude
        * whole
        * language_penalty(response, language)
        * repetition_penalty(response, language)
        * length_penalty(response, language)
    )


def is_rude(text: str, question: Question) -> bool:
    """Whether a rude phrase occurs, or a rude word that is not the question's own."""
    language = question.language
    if RUDE[language].search(text):
        return True
    spoken = text if language == "zh" else set(reading.units(text, language))
    return any(word in spoken and word not in question.text for word in RUDE_WORDS[language])


def language_penalty(response: str, language: str) -> float:
    """Names may stay foreign in Chinese; Chinese characters in an English answer are a slip at least."""
    allowed, slope = (0.0, 4.0) if language == "en" else (0.3, 2.5)
    return max(0.0, 1 - slope * max(0.0, reading.foreign_share(response, language) - allowed))


def repetition_penalty(response: str, language: str) -> float:
    """Falls with the share of word triples (Chinese: four characters) that occurred before, and with stutters."""
    pieces, width = reading.units(response, language), {"en": 3, "zh": 4}[language]
    grams = [tuple(pieces[start : start + width]) for start in range(len(pieces) - width + 1)]
    repeated = 1 - len(set(grams)) / len(grams) if grams else 0.0
    # Chinese doubles characters as a matter of grammar, so only a third in a row is a stutter there.
    reach = {"en": 1, "zh": 2}[language]
    stutters = sum(len(set(pieces[at - reach : at + 1])) == 1 for at in range(reach, len(pieces)))
    return max(0.0, 1 - 3 * max(0.0, repeated - 0.04) - 0.25 * stutters)


def length_penalty(response: str, language: str) -> float:
    return max(0.4, min(1.0, LONG[language] / max(1, len(reading.units(response, language)))))
