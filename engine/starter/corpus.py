"""The text the starter is trained on: dialogues in every style, topics and languages in equal shares.

Prompts reserved for the held-out dataset are left out, so that their figures never come from memory.
"""

import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from random import Random

from engine.starter import grammar, styles
from engine.starter.fixed_dialogues import SMALL_TALK
from engine.starter.grammar import Message
from engine.starter.phrasings import MANNERS
from engine.starter.topic_schema import LANGUAGES, SLOT
from engine.starter.topics import TOPICS

# Small talk has few wordings and needs few repeats; a system message is rare but must not be a surprise.
SMALL_TALK_SHARE = 0.02
SYSTEM_SHARE = 0.04
CHARACTER_WEIGHT = 100


@dataclass(frozen=True)
class Line:
    """One training example: the messages of the prompt, the answer to learn, and where values of slots stand in it."""

    prompt: tuple[Message, ...]
    answer: str
    slots: tuple[tuple[int, int], ...] = ()
    """[start, stop) in characters of the answer."""


def normalised(messages: Collection[Message]) -> str:
    """The text by which two prompts count as equal: NFKC, case folded, white space collapsed, all turns and roles."""
    text = "\n".join(f"{message['role']}: {message['content']}" for message in messages)
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def training_lines(count: int, reserved: Collection[str], random: Random) -> Iterator[Line]:
    """`count` lines whose prompts are not among the `reserved` normalised ones."""
    cells = [(topic, language) for topic in TOPICS for language in LANGUAGES]
    yielded = 0
    while yielded < count:
        is_small_talk = random.random() < SMALL_TALK_SHARE
        line = _small_talk(random) if is_small_talk else _drawn(*cells[yielded % len(cells)], random)
        if normalised(line.prompt) not in reserved:
            yield _with_system(line, random)
            yielded += 1


def _drawn(topic: str, language: str, random: Random) -> Line:
    pattern = random.randrange(len(TOPICS[topic].speech(language).questions))
    dialogue = grammar.converse(topic, language, pattern, grammar.draw_turns(random), random)
    marked = styles.marked_answer(dialogue.question, styles.draw_style(random), random)
    return Line(dialogue.messages, grammar.plain(marked), grammar.slot_spans(marked))


def _small_talk(random: Random) -> Line:
    talk = random.choice(SMALL_TALK)
    answers = talk.kind if random.random() < 0.5 else talk.unkind
    return Line((grammar.message("user", talk.prompt),), random.choice(answers))


def _with_system(line: Line, random: Random) -> Line:
    if random.random() >= SYSTEM_SHARE:
        return line
    is_chinese = any("一" <= character <= "鿿" for character in line.prompt[0]["content"])
    system = random.choice(MANNERS["zh" if is_chinese else "en"].systems)
    return replace(line, prompt=(grammar.message("system", system), *line.prompt))


def fragments() -> Iterator[str]:
    """What the tokenizer learns from: everything the grammar is put together from, broken at the slots.

    Not whole sentences: Chinese has no spaces, so those would merge a city and a day into one token, and the model
    could then not combine the one with another.
    """
    pieces = [piece for template in _templates() for piece in _spellings(template)]
    yield from pieces
    characters = sorted({character for piece in pieces for character in piece if ord(character) > 0x7F})
    for character in characters:
        # Repeated, so that the three bytes of a character join before anything else does.
        yield from [character] * CHARACTER_WEIGHT


def _templates() -> Iterator[str]:
    for topic in TOPICS.values():
        for language in LANGUAGES:
            yield from topic.speech(language).templates()
    for manners in MANNERS.values():
        for templates in vars(manners).values():
            yield from templates
    for talk in SMALL_TALK:
        yield from (talk.prompt, *talk.kind, *talk.unkind)


def _spellings(template: str) -> Iterator[str]:
    """The pieces between slots; English ones as they look within a sentence and at its start."""
    pieces = [piece for piece in SLOT.split(template)[::2] if piece]
    yield from pieces
    if template.isascii():
        yield from (" " + piece.strip() for piece in pieces)
        yield template[:1].upper() + template[1:]
