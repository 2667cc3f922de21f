"""Which columns of a file hold a better and a worse answer, or one answer, by what their names say.

Nothing is read by a proposal alone: a person accepts it. Left out: names that forms understand (`formats.field_names`).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from storage import unread_fields

OPPOSITES = (
    ("good", "bad"),
    ("better", "worse"),
    ("best", "worst"),
    ("chosen", "rejected"),
    ("selected", "rejected"),
    ("accepted", "rejected"),
    ("preferred", "rejected"),
    ("preferred", "dispreferred"),
    ("positive", "negative"),
    ("pos", "neg"),
    ("winner", "loser"),
    ("winning", "losing"),
    ("win", "lose"),
    ("won", "lost"),
    ("right", "wrong"),
    ("correct", "incorrect"),
    ("correct", "wrong"),
    ("liked", "disliked"),
    ("like", "dislike"),
    ("w", "l"),  # as papers write the winner and the loser
    ("更好", "更差"),
    ("较好", "较差"),
    ("选中", "拒绝"),
    ("接受", "拒绝"),
    ("偏好", "拒绝"),
    ("正例", "负例"),
    ("好", "坏"),
    ("好", "差"),
    ("优", "劣"),
    ("胜", "负"),
)
_WORSE = "(?:bad|worse|worst|rejected|negative|neg|wrong|incorrect|losing|dispreferred|disliked)"
ADDED_WORD = re.compile(rf"^{_WORSE}[ _-]|[ _-]{_WORSE}$")
"""Beside `answer` or `reply`, `bad_answer` and `reply_rejected` hold the worse one."""


def proposal(columns: Mapping[str, Any]) -> dict[str, str]:
    """field -> column for answers that no form reads; {} where the names say nothing.

    `columns` holds the first value of each column.
    """
    answers = [name for name, value in columns.items() if unread_fields.may_be_answer(value)]
    pair = next(_pairs(answers), None)
    if pair is not None:
        return {"chosen": pair[0], "rejected": pair[1]}
    names = list(filter(unread_fields.is_named_answer, answers))
    return {"completion": names[0]} if len(names) == 1 else {}


def _pairs(columns: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(better, worse) columns whose names differ in a word and its opposite, or of which one only adds a word."""
    by_name = {column.lower(): column for column in columns}
    for better, worse in OPPOSITES:
        word = rf"(?<![a-z]){better}(?![a-z])" if better.isascii() else better
        yield from _counterparts(by_name, re.compile(word), worse)
    for worse, better in _counterparts(by_name, ADDED_WORD, ""):
        if unread_fields.is_named_answer(better):
            yield better, worse


def _counterparts(by_name: Mapping[str, str], word: re.Pattern[str], other: str) -> Iterator[tuple[str, str]]:
    """Columns with the word in their names, and the columns that have the other word in its place."""
    for name, column in by_name.items():
        counterpart = by_name.get(word.sub(other, name), column)
        if counterpart != column:
            yield column, counterpart
