"""A dialog that stays open while the page behind it runs again, as it does when the engine starts or a run ends.

Streamlit's own lives for one run of the page; here the session remembers which is open, until it is closed.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any, Literal

import streamlit as st

OPEN = "dialog.open"
Body = Callable[[Any], None]
Width = Literal["small", "medium", "large"]
"""About 500, 750 and 1280 pixels: for a question or a few fields, for a form, and for tables and forms in columns."""
NO_WIDTHS: Mapping[str, Width] = {}


def ask(name: str, about: Any = None) -> None:
    """Open the dialog `name` when the page comes to `show`; its body is called with `about`."""
    st.session_state[OPEN] = (name, about)


def close() -> None:
    """Forget which dialog is open; it disappears when the page runs again."""
    st.session_state.pop(OPEN, None)


def show(
    bodies: Mapping[str, tuple[str, Body]],
    not_dismissible: Collection[str] = (),
    widths: Mapping[str, Width] = NO_WIDTHS,
) -> None:
    """Draw the open dialog if it is one of these (name -> title and content).

    One that is `not_dismissible` stays until a button of its own closes it: Escape or a press beside it could lose what
    was written. All that `widths` does not name are small.
    """
    name, about = st.session_state.get(OPEN, (None, None))
    if name in bodies:
        title, body = bodies[name]
        width = widths.get(name, "small")
        st.dialog(title, width=width, dismissible=name not in not_dismissible, on_dismiss=close)(body)(about)
