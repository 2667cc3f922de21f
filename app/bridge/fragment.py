"""A fragment of a page that keeps itself up to date: its markup, when to ask again, and when the page must run again.

Left out: showing it (`live`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from markupsafe import Markup

QUICK_SECONDS = 1.0
SLOW_SECONDS = 4.0


class BadQuery(ValueError):
    """A query that no page of ours writes; the text says what is wrong with it."""


@dataclass(frozen=True)
class Fragment:
    """The page runs again when `version` changes. `every` is in seconds, None where nothing can change any more."""

    html: Markup
    version: str = ""
    every: float | None = SLOW_SECONDS


Build = Callable[[Mapping[str, str]], Fragment]
"""Builds a fragment from a query. The function's name is the fragment's name in the route's address."""


def page_number(text: str) -> int:
    """The number of a page, counted from 1. Raises BadQuery."""
    if not (text.isascii() and text.isdigit() and len(text) < 7 and int(text)):
        raise BadQuery("A page is a whole number, at least 1.")
    return int(text)
