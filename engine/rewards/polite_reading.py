"""How the `polite` reward reads text: its language, its sentences, and the units by which two texts are compared.

English is compared by stems of words, Chinese, which has no spaces, by characters and what runs of them have in common.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.rewards.polite_words import ASKING_EN, COURTESY, FUNCTION_WORDS, QUESTION_PHRASES_ZH, TOPIC_WORDS

HAN = re.compile(r"[㐀-鿿]")
LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
WORD = re.compile(r"[a-zà-ɏ]+(?:'[a-z]+)?|\d+|[^\W\d_a-zà-ɏ]+")
SENTENCE = re.compile(r"[^.!?。！？…\n]+[.!?。！？…]*")
ENDS = re.compile(r"[.!?。！？…~～)）\]】」』\"”'’*`>:：☺-➿\U0001F300-\U0001FAFF]\s*$")


@dataclass(frozen=True)
class Question:
    """What is asked: by which words an answer shows that it answers this and not something else."""

    language: str
    text: str
    specifics: tuple[str, ...]
    """English: stems; Chinese: runs of characters. The names, days and objects of the question."""
    topic_words: frozenset[str]
    """Words of the topic, where it is known; empty otherwise."""
    is_social: bool
    """A greeting or the like: there is nothing to answer but the courtesy itself."""


def read_question(prompt: Sequence[Mapping[str, Any]], item: Mapping[str, Any]) -> Question:
    text = next((str(message["content"]) for message in reversed(prompt) if message["role"] == "user"), "").lower()
    language = language_of(text)
    topic_words = _topic_words(str(item.get("topic") or ""), language)
    content = {"en": _content_en, "zh": _content_zh}[language](text)
    specifics = {"en": _specifics_en, "zh": _specifics_zh}[language](content, topic_words)
    return Question(language, text, specifics, topic_words, is_social=not content)


def language_of(text: str) -> str:
    """`zh` where at least a third of the letters are Chinese characters."""
    han, latin = len(HAN.findall(text)), len(LATIN.findall(text))
    return "zh" if han and 2 * han >= latin else "en"


def foreign_share(text: str, language: str) -> float:
    """The share of letters in the other script, a Chinese character weighing as much as three Latin letters."""
    han, latin = 3 * len(HAN.findall(text)), len(LATIN.findall(text))
    foreign = han if language == "en" else latin
    return foreign / max(1, han + latin)


def sentences(text: str) -> list[str]:
    return [match.strip() for match in SENTENCE.findall(text.lower()) if match.strip()]


def units(text: str, language: str) -> list[str]:
    """The words of an English text, the characters of a Chinese one."""
    return HAN.findall(text) if language == "zh" else WORD.findall(text.lower())


def stem(word: str) -> str:
    for ending in ("ing", "ies", "es", "ed", "s", "y", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def stems(words: Iterable[str]) -> frozenset[str]:
    return frozenset(stem(word) for word in words)


def shared_share(runs: Sequence[str], text: str) -> float:
    """The share of the characters of the runs that lie in a stretch of two or more found in the text."""
    total = sum(len(run) for run in runs)
    return sum(_shared_characters(run, text) for run in runs) / total if total else 1.0


def _shared_characters(run: str, text: str) -> int:
    if len(run) == 1:
        return int(run in text)
    shared = [run[start : start + 2] in text for start in range(len(run) - 1)]
    return sum(here or before for here, before in zip([*shared, False], [False, *shared], strict=True))


def _topic_words(topic: str, language: str) -> frozenset[str]:
    """The words of the item's topic; a topic of the user's own stands for itself."""
    if topic.lower() in TOPIC_WORDS:
        return TOPIC_WORDS[topic.lower()][language]
    return frozenset(WORD.findall(topic.lower()))


def _content_en(text: str) -> list[str]:
    for pattern in COURTESY["en"].values():
        text = pattern.sub(" ", text)
    return [word for word in WORD.findall(text) if word not in FUNCTION_WORDS["en"] | ASKING_EN]


def _specifics_en(content: Sequence[str], topic_words: frozenset[str]) -> tuple[str, ...]:
    general = stems(topic_words)
    return tuple(dict.fromkeys(stem(word) for word in content if stem(word) not in general))


def _content_zh(text: str) -> list[str]:
    for pattern in COURTESY["zh"].values():
        text = pattern.sub(" ", text)
    return re.findall(r"[㐀-鿿]+", QUESTION_PHRASES_ZH.sub(" ", text))


def _specifics_zh(content: Sequence[str], topic_words: frozenset[str]) -> tuple[str, ...]:
    text = " ".join(content)
    for word in sorted(topic_words, key=lambda word: (-len(word), word)):
        # A single character of the topic may be part of a name: the fried rice that is eaten, the train to a place.
        if len(word) > 1:
            text = text.replace(word, " ")
    return tuple(dict.fromkeys(run for run in text.split() if len(run) > 1))
