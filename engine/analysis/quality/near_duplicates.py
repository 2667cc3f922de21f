"""Texts that are nearly the same: MinHash over character 5-shingles, alike from Jaccard 0.8 on.

Left out: exact duplicates of stored rows, which storage flags as they come in.
"""

import unicodedata
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

SHINGLE = 5
ALIKE = 0.8
PERMUTATIONS = 128
BANDS = 32  # of 4 hashes: a pair of Jaccard 0.8 shares one with probability 1 - (1 - 0.8^4)^32, over 0.999999
SEED = 1
FACTOR = np.uint64(0x9E3779B97F4A7C15)  # of polynomial hashes modulo 2^64
MOST_CHARACTERS = 2000  # of a text; what comes later is not compared
TEXTS_AT_A_TIME = 2000  # and pairs, so that memory stays small
PAIRS_AT_A_TIME = 20_000
Ints = npt.NDArray[np.int64]


def clusters(texts: Sequence[str]) -> list[int]:
    """The cluster of each text, numbered from 0. Chains join: a is with c where both are like b.

    White space, case and width make no difference. The clusters do not depend on the order of the texts.

    >>> clusters(["How is the weather in Lisbon?", "Good night.", "how is the  weather in Lisbon?"])
    [0, 1, 0]
    """
    normal = [_normal(text) for text in texts]
    distinct = sorted(set(normal))
    if not distinct:
        return []
    labels = _components(len(distinct), _alike(distinct))
    label_by_text = dict(zip(distinct, labels, strict=True))
    numbers: dict[int, int] = {}
    return [numbers.setdefault(label_by_text[text], len(numbers)) for text in normal]


def _normal(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text[:MOST_CHARACTERS]).casefold().split())


def _alike(texts: Sequence[str]) -> Ints:
    """Pairs (P, 2) of texts whose MinHash digests agree in at least a share of ALIKE."""
    digests = _digests(texts)
    candidates = [_equal_rows(digests[:, band::BANDS]) for band in range(BANDS)]
    pairs = np.unique(np.concatenate(candidates), axis=0)
    alike = [pairs[start : start + PAIRS_AT_A_TIME] for start in range(0, len(pairs), PAIRS_AT_A_TIME)]
    kept = [some[(digests[some[:, 0]] == digests[some[:, 1]]).mean(axis=1) >= ALIKE] for some in alike]
    return np.concatenate(kept) if kept else np.empty((0, 2), np.int64)


def _digests(texts: Sequence[str]) -> npt.NDArray[np.uint32]:
    """The MinHash of each text: (texts, PERMUTATIONS)."""
    starts = range(0, len(texts), TEXTS_AT_A_TIME)
    return np.concatenate([_some_digests(texts[start : start + TEXTS_AT_A_TIME]) for start in starts])


def _some_digests(texts: Sequence[str]) -> npt.NDArray[np.uint32]:
    import rensa  # type: ignore[import-untyped]

    padded = [text.ljust(SHINGLE) for text in texts]
    signs = np.frombuffer("".join(padded).encode("utf-32-le"), np.uint32)
    lengths = np.array(list(map(len, padded)))
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    windows = len(signs) - SHINGLE + 1
    hashes = np.zeros(windows, np.uint64)
    for shift in range(SHINGLE):
        hashes = hashes * FACTOR + signs[shift : windows + shift]
    inside = np.ones(len(hashes), bool)
    for shift in range(1, SHINGLE):  # no shingle reaches from one text into the next
        inside[offsets[1:-1] - shift] = False
    ends = np.concatenate([[0], np.cumsum(lengths - SHINGLE + 1)]).astype(np.uint64)
    matrix = rensa.RMinHash.digest_matrix_from_flat_token_hashes(hashes[inside], ends, PERMUTATIONS, SEED)
    return np.array(matrix.to_rows(), dtype=np.uint32)


def _equal_rows(band: npt.NDArray[np.uint32]) -> Ints:
    """Pairs of rows that are equal: each with the one before it, and with the first of its kind."""
    keys = np.zeros(len(band), np.uint64)
    for column in band.T:
        keys = keys * FACTOR + column
    order = np.argsort(keys, kind="stable")
    equal = keys[order][1:] == keys[order][:-1]
    starts = np.maximum.accumulate(np.where(np.concatenate([[True], ~equal]), np.arange(len(order)), 0))
    before = np.stack([order[:-1], order[1:]], axis=1)[equal]
    first = np.stack([order[starts[1:]], order[1:]], axis=1)[equal]
    return np.concatenate([before, first]).astype(np.int64)


def _components(count: int, pairs: Ints) -> list[int]:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(pairs), np.int8), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    labels: list[int] = connected_components(graph, directed=False)[1].tolist()
    return labels
