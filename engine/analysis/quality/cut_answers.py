"""Answers that stop before their end: no end of a sentence where answers like them have one, or a block left open.

Like are answers of one writing with one kind of last line. In a set whose answers mostly end otherwise nothing is said.
"""

import re
from collections import defaultdict
from collections.abc import Sequence

HABIT = 0.75  # share of like answers with an end: it holds up to a fifth of them cut
LEAST_LIKE = 20
LEAST_CHARACTERS = {"han": 12, "other": 40}  # a shorter answer may be one word
FENCE = "```"
HAN = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
LIST_LINE = re.compile(r"\s*(?:[-*•+–]|\(?\d{1,3}[.)、:]|[a-zA-Z][.)]|#{1,6})\s")
CODE_LINE = re.compile(r"[{};]\s*$|^\s{4,}\S|^\s*(?:\||<)|^\s*[\w.]+\(.*\)$|\s=\s|\\[a-z]+|https?://\S+$")
CLOSERS = "\"'`*_”’」』）)]}>»~～ "
ENDS = ".!?。！？…:：;；।؟۔"
PICTURE = re.compile("[\u2600-\u27bf\U0001f000-\U0001faff\ufe0f]$")


def cut(texts: Sequence[str]) -> list[bool]:
    """For each text whether it is cut."""
    kinds = [_kind(text) for text in texts]
    ended = [_ends(text) for text in texts]
    ends_by_kind: dict[str, list[bool]] = defaultdict(list)
    for kind, end in zip(kinds, ended, strict=True):
        ends_by_kind[kind].append(end)
    habitual = {
        kind for kind, ends in ends_by_kind.items() if len(ends) >= LEAST_LIKE and sum(ends) / len(ends) >= HABIT
    }
    without_end = [kind in habitual and not end for kind, end in zip(kinds, ended, strict=True)]
    return [lacks or text.count(FENCE) % 2 == 1 for lacks, text in zip(without_end, texts, strict=True)]


def _kind(text: str) -> str:
    """Writing and kind of last line; empty for a text too short to judge, whose end tells nothing."""
    stripped = text.strip()
    writing = "han" if len(HAN.findall(stripped)) * 4 > len(stripped) else "other"
    if len(stripped) < LEAST_CHARACTERS[writing]:
        return ""
    line = stripped.rsplit("\n", 1)[-1]
    return f"{writing} list" if LIST_LINE.match(line) else "code" if CODE_LINE.search(line) else writing


def _ends(text: str) -> bool:
    if not _kind(text):
        return True
    stripped = text.rstrip()
    return bool(PICTURE.search(stripped)) or stripped.rstrip(CLOSERS)[-1:] in ENDS or stripped.endswith(FENCE)
