"""What a part hands on: markup, when to ask again, and a stamp of what the page's buttons depend on."""

from dataclasses import dataclass

from markupsafe import Markup

QUICK_SECONDS = 1.0
SLOW_SECONDS = 4.0


@dataclass(frozen=True)
class Part:
    """The page runs again when `stamp` changes; `every` is None where nothing can change any more."""

    html: Markup
    stamp: str = ""
    every: float | None = SLOW_SECONDS
