"""The languages of the pages. English is what the source says; every other language is one catalogue, `<code>.po`.

There is never a global language: a page asks its browser session (`follow_session`), and a route uses the one that its
caller names (`language_as`). Left out: choosing the language (`app.frame`), and the command line, which is in English.
"""

import gettext
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from words import N_, Text, render

__all__ = [
    "COOKIE",
    "LANGUAGES",
    "N_",
    "SESSION_KEY",
    "_",
    "current_language",
    "first_supported",
    "follow_session",
    "language_as",
    "ngettext",
    "supported",
    "translate",
]

LANGUAGES = {"en": "English", "zh": "中文"}
SESSION_KEY = "spoken_language"
COOKIE = "alignlab_language"  # of an earlier visit
_requested: ContextVar[str | None] = ContextVar("requested_language", default=None)
_session_languages: list[Callable[[], str]] = []


def _(message: str) -> str:
    """The sentence in the reader's language."""
    return _catalogue(current_language()).gettext(message)


def ngettext(one: str, many: str, count: int) -> str:
    """The sentence for so many of something; `{count}` is filled in, with thousands apart."""
    return _catalogue(current_language()).ngettext(one, many, count).format(count=f"{count:,}")


def translate(text: Text | None) -> str:
    """A stored `(msgid, values)` in the reader's language. Values may be such texts themselves; None is empty."""
    if text is None:
        return ""
    return render(text, _)


def current_language() -> str:
    """The code of the language of this request or browser session."""
    requested = _requested.get()
    if requested is not None:
        return requested
    return _session_languages[0]() if _session_languages else "en"


def follow_session(language: Callable[[], str]) -> None:
    """Use `language` where no language is requested. The frame calls it: this module does not know Streamlit."""
    _session_languages[:] = [language]


@contextmanager
def language_as(language: str) -> Iterator[None]:
    """Translate into `language` inside the block, in this thread only. An unsupported code means English."""
    token = _requested.set(supported(language) or "en")
    try:
        yield
    finally:
        _requested.reset(token)


def supported(language: str | None) -> str | None:
    """The code of a supported language for a browser's locale such as zh-CN, or None."""
    code = (language or "").split("-")[0].lower()
    return code if code in LANGUAGES else None


def first_supported(candidates: Iterable[str | None]) -> str:
    """The first of these languages or locales that is supported; English where none is."""
    return next((code for code in map(supported, candidates) if code), "en")


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    if language == "en":
        return gettext.NullTranslations()
    compiled = BytesIO()
    with Path(__file__).with_name(f"{language}.po").open("rb") as file:
        write_mo(compiled, read_po(file))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
