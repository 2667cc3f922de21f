"""Distinct-2: the share of different word pairs in answers, beside that of a reference corpus of the same size.

It falls with the size of the sample, so both are taken at one size; evaluations of runs take a size of their own
(`fixed`), which a few answers fill. A word is a run of letters, a run of digits, or one character of Chinese or
Japanese. Left out: what the answers say.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from itertools import islice, pairwise
from statistics import fmean

import numpy as np

from engine.analysis.quality.writing import CHARACTER, is_ideographic

SIZES = (500, 1000, 2000, 5000)  # tokens of a sample
FIXED_PAIRS = 300  # of words, of an evaluation: 32 answers of ten words fill it
ORDERS = 20  # of the answers, whose figures are averaged
REFERENCE = {"latin": (0.8435, 0.8249, 0.8076, 0.7775), "han": (0.7593, 0.7104, 0.6926, 0.6473)}
"""Writing -> distinct-2 at each of SIZES of the chosen answers of dpo_en_demo.json and dpo_zh_demo.json, 300 rows each,
of the LLaMA-Factory repository (Apache-2.0), as `curve` gives it; accept/quality.py computes it again."""
TOKEN = re.compile(rf"{CHARACTER}|[^\W\d_\u3040-\u30ff\u3400-\u9fff]+|\d+")


def relative(answers: Sequence[str]) -> tuple[float, int] | None:
    """Distinct-2 over that of the reference, at most 1, and the tokens it was measured on; None of too few tokens.

    Each writing is compared with its own reference and counts by its number of answers.
    """
    shares: list[tuple[float, int, int]] = []
    for writing, texts in _by_writing(answers).items():
        tokens = _sample(texts, SIZES[-1])
        if len(tokens) >= SIZES[0]:
            expected = float(np.interp(np.log(len(tokens)), np.log(SIZES), REFERENCE[writing]))
            shares.append((min(1.0, distinct(tokens) / expected), len(texts), len(tokens)))
    if not shares:
        return None
    answers_in_all = sum(count for _share, count, _tokens in shares)
    mean = sum(share * count for share, count, _tokens in shares) / answers_in_all
    return mean, sum(tokens for _share, _count, tokens in shares)


def absolute(answers: Sequence[str]) -> tuple[float, int]:
    """Distinct-2 of the answers, of a sample where they are many, and the tokens it was measured on."""
    tokens = _sample(answers, SIZES[-1])
    return distinct(tokens), sum(token is not None for token in tokens)


def fixed(answers: Sequence[str]) -> float | None:
    """Distinct-2 of FIXED_PAIRS word pairs, so that neither the number of answers nor their length moves it.

    The mean over ORDERS fixed orders of the answers of the share of different pairs among the first FIXED_PAIRS; None
    where the answers have fewer. A pair lies within one answer.

    >>> round(fixed(["it rains today"] * 150), 4), fixed(["it rains today"] * 149)
    (0.0067, None)
    """
    pairs = [list(pairwise(TOKEN.findall(answer.lower()))) for answer in answers]
    if sum(map(len, pairs)) < FIXED_PAIRS:
        return None
    shares = []
    for order in range(ORDERS):
        # by place, not by text: equal answers would stand together
        places = sorted(range(len(pairs)), key=lambda place: hashlib.sha256(f"{order}:{place}".encode()).digest())
        shares.append(len(set(islice((pair for place in places for pair in pairs[place]), FIXED_PAIRS))) / FIXED_PAIRS)
    return fmean(shares)


def curve(answers: Sequence[str]) -> tuple[float, ...]:
    """Distinct-2 of samples of SIZES, each the mean over samples of several orders: what a reference holds."""
    samples = [_sample(answers, SIZES[-1], f"{order}:") for order in range(ORDERS)]
    if len(samples[0]) < SIZES[-1]:
        raise ValueError(f"a reference needs {SIZES[-1]} tokens, these are {len(samples[0])}")
    return tuple(round(float(np.mean([distinct(tokens[:size]) for tokens in samples])), 4) for size in SIZES)


def distinct(tokens: Sequence[str | None]) -> float:
    """Different pairs of neighbours over all; None stands between answers.

    >>> distinct(["a", "b", "a", "b", None, "b", "a"])
    0.5
    """
    pairs = [pair for pair in pairwise(tokens) if None not in pair]
    return len(set(pairs)) / len(pairs) if pairs else 0.0


def _by_writing(answers: Iterable[str]) -> dict[str, list[str]]:
    texts: dict[str, list[str]] = {}
    for answer in answers:
        texts.setdefault("han" if is_ideographic(answer) else "latin", []).append(answer)
    return texts


def _sample(answers: Sequence[str], most: int, salt: str = "") -> list[str | None]:
    """Tokens of the answers in the order of their hashes, so that neither ids nor order of the data matter."""
    tokens: list[str | None] = []
    for answer in sorted(answers, key=lambda text: hashlib.sha256((salt + text).encode()).digest()):
        if len(tokens) >= most:
            break
        tokens += [*TOKEN.findall(answer.lower()), None]
    return tokens[:most]
