"""A fragment of a page that keeps itself up to date: its markup, when to ask again, and what the page depends on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from markupsafe import Markup

QUICK_SECONDS = 1.0
SLOW_SECONDS = 4.0


@dataclass(frozen=True)
class Fragment:
    """The page runs again when `version` changes; `every` is None where nothing can change any more."""

    html: Markup
    version: str = ""
    every: float | None = SLOW_SECONDS


Build = Callable[[Mapping[str, str]], Fragment]
"""What makes a fragment from a query. Its name is the fragment's name in the route's address."""
