"""A redirect that outlives the page run in which it was decided.

A page run may end before the browser has followed it, and the work that led to it must not be done again. So the
target is remembered until the reader has arrived.
"""

from collections.abc import Mapping

import streamlit as st

_TARGET = "redirect.target"


def remember(view: str, query: Mapping[str, str]) -> None:
    """Note where `follow` leads: a script of app/views, and the query of its address."""
    st.session_state[_TARGET] = (view, dict(query))


def follow() -> None:
    """Go to the remembered target, if there is one: also when this page ran again before the reader had got there."""
    if _TARGET in st.session_state:
        view, query = st.session_state[_TARGET]
        st.switch_page(view, query_params=query)


def forget() -> None:
    """The reader has arrived."""
    st.session_state.pop(_TARGET, None)
