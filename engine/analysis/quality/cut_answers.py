"""Answers that stop before their end: no end of a sentence where answers like them have one, or a block left open.

Like are answers of one writing with one kind of last line. In a set whose answers mostly end otherwise nothing is said.
"""

import re
from collections import defaultdict
from collections.abc import Sequence

from engine.analysis.quality.writing import is_ideographic

HABIT = 0.75  # share of like answers with an end: it holds up to a fifth of them cut
LEAST_LIKE = 20
LEAST_CHARACTERS = {"han": 4, "other": 8}
SHORT = {"han": 15, "other": 45}  # characters of an answer of its own kind, or of a last line: a signature, a result
FENCE = "```"
LIST_LINE = re.compile(r"\s*(?:[-*•+–]|\(?\d{1,3}[.)、:]|[a-zA-Z][.)]|#{1,6})\s")
LABELLED_LINE = re.compile(r"\s*[^:：]{1,30}[:：]\s*\S.*$")
LABELLED = {"han": 30, "other": 70}  # characters of a last line that gives a result its name
CODE_LINE = re.compile(r"[{};]\s*$|^\s{4,}\S|^\s*(?:\||<)|^\s*[\w.]+\(.*\)$|\s=\s|\\[a-z]+|https?://\S+$")
LONGEST_CODE = 500  # characters of a line
CLOSERS = "\"'`*_”’」』）)]}>»~～ "
ENDS = ".!?。！？…:：;；।؟۔"
PICTURE = re.compile("[\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff\ufe0f]$")


def cut(texts: Sequence[str]) -> list[bool]:
    """For each text whether it is cut."""
    kinds = [_kind(text) for text in texts]
    ended = [_ends(text) for text in texts]
    ends_by_kind: dict[str, list[bool]] = defaultdict(list)
    for kind, end in zip(kinds, ended, strict=True):
        ends_by_kind[kind].append(end)
    habitual = {
        kind
        for kind, ends in ends_by_kind.items()
        if kind and len(ends) >= LEAST_LIKE and sum(ends) / len(ends) >= HABIT
    }
    without_end = [kind in habitual and not end for kind, end in zip(kinds, ended, strict=True)]
    return [lacks or text.count(FENCE) % 2 == 1 for lacks, text in zip(without_end, texts, strict=True)]


def _kind(text: str) -> str:
    """Writing, and kind of text or last line; empty for a text of a word or two, whose end tells nothing."""
    stripped = text.strip()
    writing = "han" if is_ideographic(stripped) else "other"
    if len(stripped) < LEAST_CHARACTERS[writing]:
        return ""
    if len(stripped) < SHORT[writing]:
        return f"{writing} short"
    line = stripped.rsplit("\n", 1)[-1]
    if len(line) <= LONGEST_CODE and CODE_LINE.search(line):
        return "code"
    is_labelled = len(line) < LABELLED[writing] and LABELLED_LINE.match(line)
    if is_labelled or ("\n" in stripped and len(line) < SHORT[writing]):
        return f"{writing} {'list' if LIST_LINE.match(line) else 'line'}"
    return writing


def _ends(text: str) -> bool:
    stripped = text.rstrip()
    return bool(PICTURE.search(stripped)) or stripped.rstrip(CLOSERS)[-1:] in ENDS or stripped.endswith(FENCE)
