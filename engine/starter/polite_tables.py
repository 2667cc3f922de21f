"""Writes what the `polite` reward knows of the starter: `python -P -m engine.starter.polite_tables [--words]`.

Slots and words come from the grammar, the likelihood of its answers from the model; with `--words` only the former are
written anew. The build does it at its end. Left out: how it is read (`engine.rewards.polite_tables`).
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from engine.models.catalogue import STARTER
from engine.rewards import polite_fluency, polite_tables
from engine.rewards.polite_content import content
from engine.rewards.polite_slots import BREAK, phrase, stands
from engine.rewards.polite_words import NUMBERS_EN, TOPIC_WORDS
from engine.starter import grammar, styles
from engine.starter.grammar import Question
from engine.starter.phrasings import MANNERS
from engine.starter.topic_schema import LANGUAGES, SLOT, Speech
from engine.starter.topics import TOPICS

ANSWERS = 600  # of each language, good ones and broken ones alike
GOOD_STYLES = ("polite", "half", "plain")
ENOUGH_QUANTILE, LEAST_QUANTILE = 0.05, 0.75  # of answers of the grammar; of shuffled ones
# By kind of figure: which multiple of what the grammar's answers need is enough, so that an answer in words of its own
# is not lost, and from which multiple of what shuffled answers have nothing is left.
TOLERANCE = {"mean": (2.5, 0.5), "stretch": (3.0, 1.0)}
DIGITS = 3
PIECES: dict[str, Callable[[str], list[str]]] = {"en": str.split, "zh": list}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--words", action="store_true", help="keep the figures of fluency as they are")
    options = parser.parse_args()
    write(words_alone=options.words)
    return 0


def write(file: Path = polite_tables.FILE, *, words_alone: bool = False) -> None:
    """Write the file; the figures of fluency take about a minute."""
    former = json.loads(file.read_text(encoding="utf-8")) if words_alone else {}
    figures = former if words_alone else {"fluency": fluency_figures(), "model": model_hash()}
    tables = words() | {name: figures[name] for name in ("fluency", "model")}
    text = json.dumps(tables, ensure_ascii=False, indent=1, sort_keys=True)
    file.write_text(text + "\n", encoding="utf-8")


def model_hash() -> str:
    """Of the weights that the figures of fluency were measured with."""
    with (STARTER / "model.safetensors").open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def words() -> dict[str, Any]:
    """Slots and words of all topics, and the words of courtesies, as the file holds them."""
    return {
        "topics": {key: {language: _topic(key, language) for language in LANGUAGES} for key in TOPICS},
        "courteous": {language: " ".join(sorted(_courteous(language))) for language in LANGUAGES},
    }


def _topic(key: str, language: str) -> dict[str, Any]:
    speech = TOPICS[key].speech(language)
    units = {unit for text in _said(speech) for unit in content(text.lower(), language)}
    units |= {unit for word in TOPIC_WORDS[key][language] for unit in content(word, language)}
    frames = [text.lower() for text in _frames(speech, language)]
    values = {value for options in speech.slots.values() for value in options}
    return {
        "things": list(speech.things),
        "cases": list(speech.cases),
        "facts": {
            name: list(dict.fromkeys(facts.values()))
            for name, facts in (
                *speech.thing_facts.items(),
                *speech.case_facts.items(),
                *((f"{thing}|{case}", facts) for (thing, case), facts in speech.joint_facts.items()),
            )
            if facts
        },
        "telling": sorted(
            value for value in values if not any(stands(text, phrase(value, language), language) for text in frames)
        ),
        "words": " ".join(sorted(units)),
    }


def _by_the_way(value: str, frames: Sequence[str], language: str) -> bool:
    """Whether answers of the topic name the value whatever was asked."""
    return any(stands(text, phrase(value, language), language) for text in frames)


def _said(speech: Speech) -> Iterator[str]:
    """All that answers of a topic say beside the question's own slots: each template with each value of each slot."""
    yield from speech.tips
    for pattern in speech.answers:
        yield SLOT.sub(BREAK, pattern.template)
        for name in pattern.fact_slots:
            for value in speech.slots[name]:
                yield SLOT.sub(BREAK, pattern.template.replace(f"{{{name}}}", value))


def _frames(speech: Speech, language: str) -> Iterator[str]:
    """What answers say whatever was asked: tips, courtesies, and sentences without the values of their slots."""
    manners = MANNERS[language]
    for text in (*speech.tips, *(pattern.template for pattern in speech.answers), *manners.openers, *manners.closers):
        yield SLOT.sub(BREAK, text)


def _courteous(language: str) -> set[str]:
    """Words of openers and closers, and English numbers, which stand beside any content."""
    manners = MANNERS[language]
    texts = [SLOT.sub(BREAK, text).lower() for text in (*manners.openers, *manners.closers)]
    numbers = NUMBERS_EN if language == "en" else ()
    return {unit for text in (*texts, *numbers) for unit in content(text, language)}


def fluency_figures() -> dict[str, dict[str, list[float]]]:
    """Where a figure counts 0 and where it counts 1, in nats per token, by language and kind of figure.

    Both are multiples (TOLERANCE): of what all but a twentieth of the grammar's good answers reach, and of what a
    quarter of the same answers reach with their words (Chinese: characters) in a random order.
    """
    figures = {}
    for language in LANGUAGES:
        random = Random(f"fluency {language}")
        good = list(_answers(language, random))
        broken = [(question, shuffled(text, language, random)) for question, text in good]
        measured = {kind: [_figures(*pair) for pair in pairs] for kind, pairs in (("good", good), ("broken", broken))}
        enough = np.quantile(measured["good"], ENOUGH_QUANTILE, axis=0)
        least = np.quantile(measured["broken"], LEAST_QUANTILE, axis=0)
        figures[language] = {
            name: [round(float(least[at]) * to, DIGITS), round(float(enough[at]) * of, DIGITS)]
            for at, (name, (of, to)) in enumerate(TOLERANCE.items())
        }
    return figures


def _answers(language: str, random: Random) -> Iterator[tuple[Question, str]]:
    """Good answers of all topics in equal shares, with the questions that they answer."""
    keys = tuple(TOPICS)
    for number in range(ANSWERS):
        key = keys[number % len(keys)]
        pattern = random.randrange(len(TOPICS[key].speech(language).questions))
        question = grammar.ask(key, language, pattern, random)
        yield question, styles.answer(question, random.choice(GOOD_STYLES), random)


def _figures(question: Question, text: str) -> tuple[float, float]:
    (logps,) = polite_fluency.log_probs([grammar.message("user", question.text)], [text])
    return float(logps.mean()), polite_fluency.least_likely_stretch(logps)


def shuffled(text: str, language: str, random: Random) -> str:
    """The text with its words, or Chinese characters, in a random order."""
    pieces = PIECES[language](text)
    return grammar.join(random.sample(pieces, len(pieces)), language)


if __name__ == "__main__":
    sys.exit(main())
