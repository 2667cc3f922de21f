"""The methods: one chip for each algorithm of `engine.spec`, by what they learn from.

Below them stand the formula of the chosen one, a sentence, and the data it takes.
"""

import streamlit as st
from markupsafe import Markup

from app.datasets import item_rows
from app.launch import form_state
from app.theme import mark
from app.translations import N_, _
from engine.spec import ALGORITHMS, Train

_GROUPS = (N_("From answers to imitate"), N_("From preferences"), N_("From rewards of answers it samples"))
_CHIP = Markup('<b class="al-hue-{hue}"><i class="al-shape-{shape}"></i>{title}</b>')
_CHOSEN = Markup('<div class="al-method al-hue-{hue}"><code>{formula}</code><p>{sentence} {takes}</p></div>')


def cards() -> None:
    """The chips in their groups. The chosen one has an edge and a tick; below them stands what it does."""
    chosen = ALGORITHMS[form_state.algorithm()]
    with st.container(key="methods", gap="xxsmall"):
        st.html(Markup('<p class="al-methods-title">{}</p>').format(_("Method")))
        for group in _GROUPS:
            st.html(Markup('<p class="al-methods-of">{}</p>').format(_(group)))
            with st.container(horizontal=True, gap="xsmall"):
                for key, kind in ALGORITHMS.items():
                    if _group(kind) == group:
                        _chip(key, kind, kind is chosen)
        st.html(
            _CHOSEN.format(
                hue=mark(form_state.algorithm()).hue,
                formula=chosen.formula,
                sentence=_(chosen.sentence),
                takes=_("Takes {kinds}.").format(kinds=item_rows.either(chosen.data_kinds)),
            )
        )


def _group(kind: type[Train]) -> str:
    if kind.sources == ("sampled",):
        return _GROUPS[2]
    return _GROUPS[0] if kind.data_kinds[0] == "demonstrations" else _GROUPS[1]


def _chip(key: str, kind: type[Train], chosen: bool) -> None:
    """A transparent button covers the whole chip (theme/launch.css); its label is what a screen reader reads."""
    look = mark(key)
    title = _(kind.title)
    state, edge = "on" if chosen else "off", "dashed" if look.dashed else "solid"
    with st.container(key=f"method-{state}-{look.hue}-{edge}-{key}", gap=None, width="content"):
        st.html(_CHIP.format(hue=look.hue, shape=look.shape, title=f"{title} ✓" if chosen else title))
        name = _("{method}, chosen").format(method=title) if chosen else title
        st.button(name, key=f"choose.{key}", on_click=form_state.choose, args=(key,))
