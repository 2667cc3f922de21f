"""Values of widgets that Streamlit or the browser would set back: they are set again before the widget is drawn.

A press that sets a widget's value reaches the browser with the next drawing. Whatever is pressed before that still
comes with the value before it.
"""

import math
import time
from dataclasses import dataclass
from typing import Any

import streamlit as st

_PENDING = "values.pending"  # by the widget's key
UNSEEN_SECONDS = 1.0  # the browser may take this long to show what was drawn


@dataclass
class PendingValue:
    """A value that a press set, what the widget held before it (before several, where presses followed one another),
    and when a whole page was first drawn since."""

    value: Any
    before: tuple[Any, ...]
    drawn_at: float = math.inf


def keep_value(key: str, default: Any) -> None:
    """Set a widget's value again before it is drawn: Streamlit identifies a choice by its label alone, and would lose
    it when the language, or a count in the label, changes."""
    st.session_state[key] = st.session_state.get(key, default)


def set_value(key: str, value: Any) -> None:
    """Set a widget's value, in the callback of a press."""
    pending = _pending()
    earlier = pending[key].before if key in pending else ()
    pending[key] = PendingValue(value, (*earlier, st.session_state.get(key)))
    st.session_state[key] = value


def reapply() -> None:
    """Set the values again where the browser still sent an older one: it does so when something is pressed before it
    shows them. Called before the widgets are drawn, `page_drawn` at the end of the page."""
    for key, pending in _pending().items():
        if st.session_state.get(key) in pending.before:
            st.session_state[key] = pending.value


def page_drawn() -> None:
    """Note that the page was drawn: once the reader sees it, what the browser sends is what the reader means."""
    for pending in _pending().values():
        pending.drawn_at = min(pending.drawn_at, time.monotonic())


def _pending() -> dict[str, PendingValue]:
    """The values that the browser may not show yet."""
    now, values = time.monotonic(), st.session_state.get(_PENDING, {})
    pending = {key: value for key, value in values.items() if now - value.drawn_at <= UNSEEN_SECONDS}
    st.session_state[_PENDING] = pending
    return pending
