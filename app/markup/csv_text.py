"""Tables as text of comma-separated values, inert in programs that calculate."""

import csv
import io
from collections.abc import Iterable, Sequence

FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def inert(text: str) -> str:
    """The text so that no program for tables takes it for a formula."""
    return f"'{text}" if text.startswith(FORMULAS) else text


def lines(rows: Iterable[Sequence[object]]) -> str:
    """The rows as lines of CSV; None is an empty cell."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
