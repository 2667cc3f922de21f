"""`polite_reader`: a learned reader of polite answers, to hold `polite` against. No run trains on it.

    score = sigmoid(bias + sum of the weights of what it sees)

It was written apart from `polite` and sees none of its features: no lexicon, no slots, no log-probs. It sees runs of
one to four characters, each of them with the item's topic too, and six figures (`figures`) of how an answer is made and
how it stands to its prompt. The weights are those of a logistic regression on answers of the starter's grammar, good,
bad and broken ones; `python -P -m engine.starter.polite_reading` fits and writes them. Left out: fitting.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import exp, log1p
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

FILE = Path(__file__).with_name("polite_reader.npz")
BUCKETS = 2**14  # of weights, into which runs of characters are hashed
LONGEST_RUN = 4
TOPIC_RUN = {"en": 4, "zh": 2}  # characters of the runs that are read with the topic
FAMILIAR_RUN = {"en": 6, "zh": 3}
BITS = 2**19  # of each table of runs that the grammar has
ASIAN = re.compile(r"[㐀-鿿]")
SPACES = re.compile(r"\s+")
FIGURES = 6


class Seen(NamedTuple):
    """What the reader sees of one answer."""

    buckets: NDArray[np.int64]  # (N,), one for each run of characters
    figures: NDArray[np.float64]  # (FIGURES,)


@dataclass(frozen=True)
class Weights:
    """The regression of one language."""

    runs: NDArray[np.float32]  # (BUCKETS,)
    figures: NDArray[np.float32]  # (FIGURES,)
    bias: float
    answered: NDArray[np.uint8]  # (BITS / 8,), a bit set for each longer run of the grammar's answers
    asking: NDArray[np.uint8]  # (BITS / 8,), a bit set for each run of its questions, slots left out


def score(
    prompt: Sequence[Mapping[str, Any]], responses: Sequence[str], items: Sequence[Mapping[str, Any]]
) -> dict[str, list[float]]:
    """Scores every response to one prompt; an item may name its `topic`."""
    asked = next((str(message["content"]) for message in reversed(prompt) if message["role"] == "user"), "")
    language = language_of(asked)
    weights = load()[language]
    values = [
        probability(see(asked, text, str(item.get("topic") or ""), language, weights), weights)
        for text, item in zip(responses, items, strict=True)
    ]
    return {"polite_reader": [round(value, 4) for value in values]}


def language_of(text: str) -> str:
    return "zh" if 3 * len(ASIAN.findall(text)) > len(text) else "en"


def probability(seen: Seen, weights: Weights) -> float:
    """The mean weight of the runs, so that length says nothing by itself, and the figures, through a logistic."""
    runs = float(weights.runs[seen.buckets].mean()) if len(seen.buckets) else 0.0
    logit = weights.bias + runs + float(weights.figures @ seen.figures)
    return 1 / (1 + exp(-min(30.0, max(-30.0, logit))))


def see(asked: str, answer: str, topic: str, language: str, weights: Weights) -> Seen:
    """What the reader sees of one answer to a question; of the weights, it reads the tables of runs alone."""
    text, prompt = spaced(answer), spaced(asked)
    runs = [
        f"{language}{text[at : at + width]}"
        for width in range(1, LONGEST_RUN + 1)
        for at in range(len(text) - width + 1)
    ]
    width = TOPIC_RUN[language]
    runs += [f"{topic}|{text[at : at + width]}" for at in range(len(text) - width + 1)]
    buckets = np.fromiter((crc32(run.encode()) % BUCKETS for run in runs), np.int64, len(runs))
    return Seen(buckets, figures(prompt, text, language, weights))


def figures(prompt: str, text: str, language: str, weights: Weights) -> NDArray[np.float64]:
    """How the answer is made, and how it stands to its prompt, each about 0 to 1: (FIGURES,).

    The share of its longer runs that the grammar has, to the fourth power; the share of them that came before in it;
    whether it ends as a sentence does; its length, logarithmic; how much it takes up of what few questions ask, to the
    third power; and the longest run that it copies of the prompt, over the prompt.
    """
    wide = runs_of(text, FAMILIAR_RUN[language])
    known = sum(has(weights.answered, run) for run in wide) / max(1, len(wide))
    repeated = 1 - len(set(wide)) / max(1, len(wide))
    ends = float(text.rstrip()[-1:] in set(".!?。！？"))
    rare = {run for run in runs_of(prompt, TOPIC_RUN[language]) if not has(weights.asking, run)}
    taken_up = sum(run in text for run in rare) / len(rare) if rare else 1.0
    copied = longest_copy(prompt.strip(" ?？.。!！"), text) / len(prompt)
    return np.array([known**4, repeated, ends, log1p(len(text)) / 5, taken_up**3, copied])


def spaced(text: str) -> str:
    """The text in lower case between single spaces, so that words begin and end with one."""
    return SPACES.sub(" ", f" {text.strip().lower()} ")


def runs_of(text: str, width: int) -> list[str]:
    return [text[at : at + width] for at in range(len(text) - width + 1)]


def has(table: NDArray[np.uint8], run: str) -> bool:
    """Whether the bit of a run is set; another run may share it."""
    bit = bit_of(run)
    return bool(table[bit >> 3] >> (bit & 7) & 1)


def bit_of(run: str) -> int:
    return crc32(run.encode()) % BITS


def longest_copy(prompt: str, text: str) -> int:
    """Characters of the longest run of the prompt that stands in the text.

    >>> longest_copy("will it rain", "it rains")
    7
    """
    longest = 0
    row = [0] * (len(text) + 1)
    for sign in prompt:
        row = [0, *(before + 1 if sign == other else 0 for other, before in zip(text, row[:-1], strict=True))]
        longest = max(longest, *row)
    return longest


@cache
def load() -> Mapping[str, Weights]:
    """The weights by language, read once a process."""
    with np.load(FILE, allow_pickle=False) as file:
        return {
            language: Weights(
                file[f"{language}_runs"].astype(np.float32),
                file[f"{language}_figures"].astype(np.float32),
                float(file[f"{language}_bias"]),
                file[f"{language}_answered"],
                file[f"{language}_asking"],
            )
            for language in ("en", "zh")
        }
