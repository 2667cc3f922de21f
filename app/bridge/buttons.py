"""Presses that are not lost.

Streamlit ends a page run midway when the page has to run anew, as it does whenever a live part of it has changed, and
what had been pressed goes with it. So a press is kept until it is acted on, or the reader has gone elsewhere.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import streamlit as st

_KEPT = "presses.kept"
_PLACE = "presses.place"


def forget_presses_elsewhere(place: str) -> None:
    """Forget what was pressed in another place."""
    if st.session_state.get(_PLACE) != place:
        st.session_state[_PLACE] = place
        st.session_state.pop(_KEPT, None)


def button(label: str, *, key: str, **looks: Any) -> bool:
    """Draw an st.button; whether it has been pressed since it was last asked."""
    st.button(label, key=key, on_click=keep, args=(key,), **looks)
    return take(key) is not None


def keep(key: str, press: Any = True) -> None:
    """Keep a press of what has this key until it is taken."""
    st.session_state.setdefault(_KEPT, {})[key] = press


def take(key: str) -> Any:
    """What is kept for this key, once; None if nothing is."""
    return st.session_state.get(_KEPT, {}).pop(key, None)


@contextmanager
def spinner(words: str, key: str) -> Iterator[None]:
    """Say that what a press asks for is being done; nothing that is done under it may draw.

    Drawing is what ends a page run, so a press is kept until the spinner stands.
    """
    keep(key)
    with st.spinner(words):
        take(key)
        yield
