"""The method cards: one for each algorithm of `engine.spec`, with its formula, one sentence and what data it takes."""

import streamlit as st
from markupsafe import Markup

from app.datasets import item_rows
from app.launch import form_state
from app.theme import mark
from app.translations import _
from engine.spec import ALGORITHMS

_CARD = Markup(
    '<div class="al-method"><b class="al-hue-{hue}"><i class="al-shape-{shape}"></i>{title}</b><span>{takes}</span>'
    "<code>{formula}</code><p>{sentence}</p></div>"
)


def cards() -> None:
    """Two in a row. The chosen one has an edge and a tick."""
    keys = list(ALGORITHMS)
    for first in range(0, len(keys), 2):
        for column, key in zip(st.columns(2, gap="small"), keys[first : first + 2], strict=False):
            with column:
                _card(key, key == form_state.algorithm())


def _card(key: str, chosen: bool) -> None:
    """A transparent button covers the whole card (theme/launch.css); its label is what a screen reader reads."""
    kind, look = ALGORITHMS[key], mark(key)
    title = _(kind.title)
    with st.container(
        key=f"method-{'on' if chosen else 'off'}-{look.hue}-{key}", border=True, gap=None, height="stretch"
    ):
        st.html(
            _CARD.format(
                hue=look.hue,
                shape=look.shape,
                title=f"{title} ✓" if chosen else title,
                takes=item_rows.kind_name(kind.data_kinds[0]),
                formula=kind.formula,
                sentence=_(kind.sentence),
            )
        )
        name = _("{method}, chosen").format(method=title) if chosen else title
        st.button(name, key=f"choose.{key}", on_click=form_state.choose, args=(key,))
