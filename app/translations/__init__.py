"""The languages of the pages. English is what the source says; every other language is one catalogue, `<code>.po`.

There is never a global language: a browser session keeps its own, and a route speaks the one that its caller names
(`speaking`). Left out: choosing the language (`app.frame`) and the command line, which speaks English.
"""

import gettext
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import streamlit as st
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = {"en": "English", "zh": "中文"}
SESSION_KEY = "spoken_language"
_asked: ContextVar[str | None] = ContextVar("asked_language", default=None)


def N_(message: str) -> str:
    """Mark a sentence for the catalogue; it is translated where it is shown."""
    return message


def _(message: str) -> str:
    """The sentence in the reader's language."""
    return _catalogue(spoken()).gettext(message)


def ngettext(one: str, many: str, count: int) -> str:
    """The sentence for so many of something; `{count}` is filled in, with thousands apart."""
    return _catalogue(spoken()).ngettext(one, many, count).format(count=f"{count:,}")


def say(text: Any) -> str:
    """A stored `(msgid, values)` in the reader's language. Values may be such texts themselves; None is empty."""
    if text is None:
        return ""
    msgid, values = text
    shown = {name: say(value) if _is_text(value) else value for name, value in values.items()}
    return _(msgid).format(**shown)


def spoken() -> str:
    """The language in which this request or browser session reads."""
    asked = _asked.get()
    return asked if asked is not None else str(st.session_state.get(SESSION_KEY, "en"))


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak `language` inside the block, in this thread only. An unknown one is English."""
    token = _asked.set(known(language) or "en")
    try:
        yield
    finally:
        _asked.reset(token)


def known(language: str | None) -> str | None:
    """The code of ours for a browser's locale such as zh-CN, or None."""
    code = (language or "").split("-")[0].lower()
    return code if code in LANGUAGES else None


def _is_text(value: object) -> bool:
    return (
        isinstance(value, tuple | list)
        and len(value) == 2
        and isinstance(value[0], str)
        and isinstance(value[1], Mapping)
    )


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    if language == "en":
        return gettext.NullTranslations()
    compiled = BytesIO()
    with Path(__file__).with_name(f"{language}.po").open("rb") as file:
        write_mo(compiled, read_po(file))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
