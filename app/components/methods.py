"""The method cards: one for each algorithm of `engine.spec`, with its formula, one sentence and what data it takes."""

import streamlit as st
from markupsafe import Markup

from app.components import draft, items
from app.theme import mark
from app.translations import _
from engine.spec import ALGORITHMS

_ABOUT = Markup('<span class="al-takes">{takes}</span><code>{formula}</code><p>{sentence}</p>')


def cards() -> None:
    """Two in a row; the whole card is the button, and the chosen one is ticked."""
    keys = list(ALGORITHMS)
    for first in range(0, len(keys), 2):
        for column, key in zip(st.columns(2, gap="small"), keys[first : first + 2], strict=False):
            with column:
                _card(key, key == draft.algorithm())


def _card(key: str, chosen: bool) -> None:
    kind, look = ALGORITHMS[key], mark(key)
    with st.container(key=f"method-{'on' if chosen else 'off'}-{look.hue}-{key}", border=True, gap=None):
        name = f"{look.glyph} {_(kind.title)}{' ✓' if chosen else ''}"
        st.button(name, key=f"choose.{key}", type="tertiary", on_click=draft.choose, args=(key,))
        st.html(_ABOUT.format(takes=items.either(kind.data_kinds), formula=kind.formula, sentence=_(kind.sentence)))
