"""Which prompts go where: held out, or free for pairs and groups.

A held-out prompt is in no pair and in no training line. A third of them are about topics no pair touches, a third are
worded in patterns no pair uses, and a third differ from the pairs only in what they ask for.
"""

from collections.abc import Iterator
from random import Random

from engine.starter import grammar
from engine.starter.corpus import normalised
from engine.starter.grammar import Dialogue
from engine.starter.topic_schema import LANGUAGES
from engine.starter.topics import HELD_OUT_PATTERNS, HELD_OUT_TOPICS, TOPICS

HELD_OUT_PROMPTS = 300
PAIR_TOPICS = tuple(key for key in TOPICS if key not in HELD_OUT_TOPICS)


def is_held_out_pattern(topic: str, language: str, pattern: int) -> bool:
    """Whether the pattern is one of the last of its topic and language."""
    return pattern >= len(TOPICS[topic].speech(language).questions) - HELD_OUT_PATTERNS


def held_out(random: Random) -> list[Dialogue]:
    """The held-out dialogues, distinct, the three kinds and both languages in equal shares."""
    kinds = (sorted(HELD_OUT_TOPICS), True), (PAIR_TOPICS, True), (PAIR_TOPICS, False)
    chosen: dict[str, Dialogue] = {}
    while len(chosen) < HELD_OUT_PROMPTS:
        number = len(chosen)
        topics, unseen_patterns = kinds[number % 3]
        language = LANGUAGES[number // 3 % 2]
        dialogue = _draw(topics[number // 6 % len(topics)], language, unseen_patterns, random)
        chosen.setdefault(normalised(dialogue.messages), dialogue)
    return list(chosen.values())


def free(count: int, prompts_in_use: set[str], random: Random) -> Iterator[Dialogue]:
    """`count` distinct dialogues on the pair topics and patterns, none of them in use; adds those it yields."""
    cells = [(topic, language) for topic in PAIR_TOPICS for language in LANGUAGES]
    attempts = 0
    while attempts < count:
        dialogue = _draw(*cells[attempts % len(cells)], False, random)
        key = normalised(dialogue.messages)
        if key not in prompts_in_use:
            prompts_in_use.add(key)
            attempts += 1
            yield dialogue


def _draw(topic: str, language: str, unseen_patterns: bool, random: Random) -> Dialogue:
    patterns = range(len(TOPICS[topic].speech(language).questions))
    numbers = [number for number in patterns if is_held_out_pattern(topic, language, number) == unseen_patterns]
    return grammar.converse(topic, language, random.choice(numbers), grammar.draw_turns(random), random)
