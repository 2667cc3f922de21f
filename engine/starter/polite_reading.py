"""Fits `polite_reader` to answers of the grammar, and writes it: `python -P -m engine.starter.polite_reading`.

A logistic regression on what `engine.rewards.polite_reader` sees. Its targets are how good an answer of each style is;
beside the styles it gets good answers that were broken: shuffled, repeated, cut, moved to a neighbour's question ...
Under a minute on one core; the same weights again on one machine.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import NamedTuple

import numpy as np
import scipy.sparse
from numpy.typing import NDArray
from scipy.optimize import minimize

from engine.rewards import polite_reader as reader
from engine.rewards.polite_reader import BITS, BUCKETS, FIGURES, Seen, Weights
from engine.starter import grammar, styles
from engine.starter.grammar import Question
from engine.starter.phrasings import MANNERS
from engine.starter.polite_tables import GOOD_STYLES, shuffled
from engine.starter.styles import STYLES
from engine.starter.topic_schema import LANGUAGES, SLOT
from engine.starter.topics import TOPICS

EXAMPLES = 6000  # of each language
KNOWN_ANSWERS = 12000
RIDGE = 1e-6
RUN_SCALE = 30.0  # mean weights move the logit little; this lets the solver move them as fast as the figures
# It knows no facts: an answer that is mistaken in nothing else would only blur what it learns.
TARGETS = {name: style.quality for name, style in STYLES.items() if "mistake" not in name}
BROKEN = ("shuffled", "repeated", "cut", "moved", "joined", "foreign", "echoed")
BROKEN_SHARE = 0.35
GOOD_WEIGHT = 3  # of styles that answer, beside one of each other: the others share their phrases


class Example(NamedTuple):
    """An answer to a question, and how good it is."""

    question: Question
    text: str
    target: float


@dataclass(frozen=True)
class Runs:
    """The tables of runs of a language."""

    answered: NDArray[np.uint8]
    asking: NDArray[np.uint8]


def main() -> int:
    write()
    return 0


def write(file: Path = reader.FILE) -> None:
    """Fit both languages, and write their weights."""
    arrays: dict[str, NDArray[np.generic]] = {}
    for language in LANGUAGES:
        weights = fit(language)
        arrays |= {
            f"{language}_runs": weights.runs.astype(np.float16),
            f"{language}_figures": weights.figures,
            f"{language}_bias": np.array(weights.bias, np.float32),
            f"{language}_answered": weights.answered,
            f"{language}_asking": weights.asking,
        }
    np.savez_compressed(file, **arrays)  # type: ignore[arg-type]


def fit(language: str) -> Weights:
    """The weights that fit the examples of a language best."""
    runs = _runs(language, Random(f"reader's runs {language}"))
    blank = Weights(np.zeros(BUCKETS, np.float32), np.zeros(FIGURES, np.float32), 0.0, runs.answered, runs.asking)
    examples = list(_examples(language, Random(f"reader {language}")))
    seen = [reader.see(question.text, text, question.topic, language, blank) for question, text, _ in examples]
    features = _matrix(seen)
    solution = _regression(features, np.array([example.target for example in examples]))
    weights, figures, bias = np.split(solution, [BUCKETS, BUCKETS + FIGURES])
    return Weights(
        (weights * RUN_SCALE).astype(np.float32), figures.astype(np.float32), float(bias[0]), *vars(runs).values()
    )


def _matrix(seen: Sequence[Seen]) -> scipy.sparse.csr_matrix:
    """(examples, BUCKETS + FIGURES + 1): shares of the runs, figures, and a one for the bias."""
    rows = np.repeat(np.arange(len(seen)), [len(one.buckets) for one in seen])
    columns = np.concatenate([one.buckets for one in seen])
    values = np.concatenate([np.full(len(one.buckets), RUN_SCALE / max(1, len(one.buckets))) for one in seen])
    runs = scipy.sparse.csr_matrix((values, (rows, columns)), (len(seen), BUCKETS))
    dense = np.array([[*one.figures, 1.0] for one in seen])
    return scipy.sparse.hstack([runs, scipy.sparse.csr_matrix(dense)]).tocsr()


def _regression(features: scipy.sparse.csr_matrix, targets: NDArray[np.float64]) -> NDArray[np.float64]:
    """Minimises the mean cross-entropy to targets in [0, 1] with a ridge on all but the bias: (columns,)."""

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        logits = features @ weights
        entropy = np.logaddexp(0.0, logits) - targets * logits
        ridge = weights.copy()
        ridge[-1] = 0.0
        error = 1 / (1 + np.exp(-logits)) - targets
        gradient = features.T @ error / len(targets) + RIDGE * ridge
        return float(entropy.mean() + RIDGE * ridge @ ridge / 2), gradient

    found = minimize(loss, np.zeros(features.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 300})
    return np.asarray(found.x)


def _examples(language: str, random: Random) -> Iterator[Example]:
    names = [name for name in TARGETS for _ in range(GOOD_WEIGHT if name in GOOD_STYLES else 1)]
    for number in range(EXAMPLES):
        question = _question(language, number, random)
        if random.random() < BROKEN_SHARE:
            yield _broken(question, random)
        else:
            style = random.choice(names)
            yield Example(question, styles.answer(question, style, random), TARGETS[style])


def _broken(question: Question, random: Random) -> Example:
    """A good answer that was spoilt, and so is none."""
    text = styles.answer(question, random.choice(GOOD_STYLES), random)
    kind = random.choice(BROKEN)
    if kind == "shuffled":
        return Example(question, shuffled(text, question.language, random), 0.0)
    if kind == "repeated":
        return Example(question, grammar.join([text, text], question.language), 0.1)
    if kind == "cut":
        return Example(question, text[: random.randrange(len(text) // 4, len(text) - 2)], 0.0)
    if kind == "echoed":
        manners = MANNERS[question.language]
        parts = [random.choice(manners.openers), question.text, random.choice(manners.closers)]
        return Example(question, SLOT.sub("", grammar.join(parts, question.language)), 0.0)
    if kind == "foreign":
        other = {"en": "zh", "zh": "en"}[question.language]
        return Example(question, styles.answer(_question_of(question.topic, other, random), "polite", random), 0.0)
    if kind == "joined":
        other = styles.answer(_question(question.language, random.randrange(99), random), "polite", random)
        half = len(text) // 2
        return Example(question, text[:half] + other[len(other) // 2 :], 0.0)
    moved = _question_of(question.topic, question.language, random)
    is_same = (moved.thing, moved.case) == (question.thing, question.case)
    return Example(moved, text, 1.0 if is_same else 0.1)


def _question(language: str, number: int, random: Random) -> Question:
    keys = tuple(TOPICS)
    return _question_of(keys[number % len(keys)], language, random)


def _question_of(topic: str, language: str, random: Random) -> Question:
    return grammar.ask(topic, language, random.randrange(len(TOPICS[topic].speech(language).questions)), random)


def _runs(language: str, random: Random) -> Runs:
    """The longer runs of good answers, and the runs of questions beside what they ask for."""
    answered: set[str] = set()
    for number in range(KNOWN_ANSWERS):
        question = _question(language, number, random)
        text = styles.answer(question, random.choice(GOOD_STYLES), random)
        answered.update(reader.runs_of(reader.spaced(text), reader.FAMILIAR_RUN[language]))
    templates = [question.template for topic in TOPICS.values() for question in topic.speech(language).questions]
    pieces = [piece for text in (*templates, *MANNERS[language].followups) for piece in SLOT.split(text)[::2]]
    asking = {run for piece in pieces for run in reader.runs_of(reader.spaced(piece), reader.TOPIC_RUN[language])}
    return Runs(_table(answered), _table(asking))


def _table(runs: set[str]) -> NDArray[np.uint8]:
    bits = np.zeros(BITS, np.uint8)
    bits[[reader.bit_of(run) for run in runs]] = 1
    return np.packbits(bits, bitorder="little")


if __name__ == "__main__":
    sys.exit(main())
