"""A dialog that stays open while the page behind it runs again, as it does when the engine starts or a run ends.

Streamlit's own lives for one run of the page; here the session remembers what is open, until it is closed.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

import streamlit as st

OPEN = "dialog.open"
Body = Callable[[Any], None]


def ask(name: str, about: Any = None) -> None:
    """Open the dialog `name` when the page comes to `show`."""
    st.session_state[OPEN] = (name, about)


def close() -> None:
    """Forget what was open; the page must run again to be rid of it."""
    st.session_state.pop(OPEN, None)


def show(bodies: Mapping[str, tuple[str, Body]], firm: Collection[str] = ()) -> None:
    """Draw the dialog that is open, if it is one of these (name -> title and content).

    A `firm` one stays until a button of its own closes it: a key or a press beside it could lose what was written.
    """
    name, about = st.session_state.get(OPEN, (None, None))
    if name in bodies:
        title, body = bodies[name]
        st.dialog(title, width="large", dismissible=name not in firm, on_dismiss=close)(body)(about)
