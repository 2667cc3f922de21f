"""What differs between two texts, word by word: kept, added, removed.

Left out: how it is marked, in Python (`texts`) and in the browser (`app.samples`).
"""

import re
from typing import Literal, NamedTuple

from rapidfuzz.distance import Indel

ALIKE = 0.3  # below it a mark on nearly every word would say nothing
WORD = re.compile(r"\s*(?:[\u3400-\u9fff]|[^\W\u3400-\u9fff]+(?:['’-][^\W\u3400-\u9fff]+)*|[^\w\s])|\s+$")


class Piece(NamedTuple):
    """A stretch of words of the text before, of the text after, or of both."""

    kind: Literal["same", "added", "removed"]
    text: str


def difference(before: str, after: str) -> list[Piece] | None:
    """Both texts as pieces in the order of reading; None where they have less than ALIKE in common.

    >>> difference("It rains", "It rains today")
    [Piece(kind='same', text='It rains'), Piece(kind='added', text=' today')]
    >>> difference("今天晴", "今天雨")
    [Piece(kind='same', text='今天'), Piece(kind='removed', text='晴'), Piece(kind='added', text='雨')]
    """
    old, new = words(before), words(after)
    if Indel.normalized_similarity(old, new) < ALIKE:
        return None
    removed: list[str] = []
    added: list[str] = []
    pieces: list[Piece] = []
    for step in Indel.opcodes(old, new):
        old_words, new_words = old[step.src_start : step.src_end], new[step.dest_start : step.dest_end]
        if step.tag == "equal":
            pieces += [*_changed(removed, added), Piece("same", "".join(new_words))]
            removed, added = [], []
        removed += old_words if step.tag == "delete" else []
        added += new_words if step.tag == "insert" else []
    return pieces + _changed(removed, added)


def similarity(before: str, after: str) -> float:
    """The share of words that both have in the same order, from 0 to 1: 2 kept / (before + after)."""
    return Indel.normalized_similarity(words(before), words(after))


def _changed(removed: list[str], added: list[str]) -> list[Piece]:
    pieces = [Piece("removed", "".join(removed)), Piece("added", "".join(added))]
    return [piece for piece in pieces if piece.text]


def words(text: str) -> list[str]:
    """Words with the space before them; each Chinese character and each sign of punctuation is a word.

    >>> words("It's well-known, 你好!")
    ["It's", ' well-known', ',', ' 你', '好', '!']
    """
    return WORD.findall(text)
