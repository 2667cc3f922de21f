"""A redirect that outlives the page run in which it was decided.

A page run may end before the browser has followed it, and the work that led to it must not be done again. So the
target is remembered until the reader has arrived.
"""

from collections.abc import Mapping

import streamlit as st

Target = tuple[str, dict[str, str]]
"""A script of app/views, and the query of its address."""
_TARGET = "redirect.target"


def remember(view: str, query: Mapping[str, str]) -> None:
    """Note where `follow` leads: a script of app/views, and the query of its address."""
    st.session_state[_TARGET] = (view, dict(query))


def follow(here: Target | None = None) -> None:
    """Go to the remembered target, if there is one: also when this page ran again before the reader had got there.

    `here` is the page that calls, where it may be the target itself.
    """
    if st.session_state.get(_TARGET, here) != here:
        view, query = st.session_state[_TARGET]
        st.switch_page(view, query_params=query)


def forget() -> None:
    """The reader has arrived."""
    st.session_state.pop(_TARGET, None)
