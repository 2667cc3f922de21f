"""Buttons whose press is not lost.

Streamlit ends a page run midway when the page has to run again, as it does whenever a live fragment has changed, and
`st.button` returns True in that run only. So a press is kept until it is acted on, or the reader has left the page.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import streamlit as st

from app.bridge import javascript

_KEPT = "buttons.kept"
_PAGE = "buttons.page"
_busy_button = st.components.v2.component(
    "alignlab_busy_button",
    html="<i></i>",
    js=javascript.component_script("bridge/js/busy_button.js"),
    isolate_styles=False,
)


def forget_presses_elsewhere(page: str) -> None:
    """Forget what was pressed on another page than this one."""
    if st.session_state.get(_PAGE) != page:
        st.session_state[_PAGE] = page
        st.session_state.pop(_KEPT, None)


def button(label: str, *, key: str, **looks: Any) -> bool:
    """Draw an st.button; True if it has been pressed since the last call."""
    st.button(label, key=key, on_click=keep, args=(key,), **looks)
    return take(key) is not None


def answer_at_once(key: str, words: str) -> None:
    """Draw this beside a button: a press changes its label to `words` before the page runs, and a second press before
    the page has come to rest does nothing."""
    with st.container(key=f"{key}-busy"):
        _busy_button(key=f"{key}_busy", data={"name": re.sub(r"[^a-zA-Z0-9_-]", "-", key), "words": words})


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
