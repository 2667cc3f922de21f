"""Buttons whose press is not lost.

Streamlit ends a page run midway when the page has to run again, as it does whenever a live fragment has changed, and
`st.button` returns True in that run only. So a press is kept until it is acted on, or the reader has left the page.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import streamlit as st

_KEPT = "buttons.kept"
_PAGE = "buttons.page"


def forget_presses_elsewhere(page: str) -> None:
    """Forget what was pressed on another page than this one."""
    if st.session_state.get(_PAGE) != page:
        st.session_state[_PAGE] = page
        st.session_state.pop(_KEPT, None)


def button(label: str, *, key: str, **looks: Any) -> bool:
    """Draw an st.button; True if it has been pressed since the last call."""
    st.button(label, key=key, on_click=keep, args=(key,), **looks)
    return take(key) is not None


def keep(key: str, press: Any = True) -> None:
    """Keep a press of the element with this key until it is taken."""
    st.session_state.setdefault(_KEPT, {})[key] = press


def take(key: str) -> Any:
    """The press that is kept for this key, once; None if there is none."""
    return st.session_state.get(_KEPT, {}).pop(key, None)


@contextmanager
def spinner(words: str, key: str) -> Iterator[None]:
    """Show that the work a press asks for is being done; code under it must not draw.

    Streamlit ends a page run when something is drawn, so the press is kept until the spinner is.
    """
    keep(key)
    with st.spinner(words):
        take(key)
        yield
