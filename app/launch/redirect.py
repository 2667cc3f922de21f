"""From the press of a launch button to the page of the run that was made.

Left out: the buttons, and launching itself (`app.actions.launching`).
"""

from collections.abc import Callable

import streamlit as st

from app import clients
from app.actions import launching
from app.bridge import buttons
from app.markup import notices
from app.translations import _
from storage.errors import StorageError
from storage.records import Run

_MADE = "launch.made"


def launch(key: str, make: Callable[[], Run]) -> None:
    """Go to the page of the run that `make` launches, or say why there is none; `key` is that of the button.

    `make` raises Refused, StorageError or EngineError.
    """
    try:
        with buttons.spinner(_("Checking, then freezing the data"), key):
            st.session_state[_MADE] = make().id
    except launching.Refused as error:
        st.html(notices.sentences(error.texts, "bad"))
    except StorageError as error:
        st.html(notices.sentences([error.text], "bad"))
    except clients.EngineError as error:
        st.html(notices.engine_unreachable(error.text))
    else:
        redirect_to_new_run()


def redirect_to_new_run() -> None:
    """Go to the run that was made: also when this page ran again before the reader had got there."""
    if _MADE in st.session_state:
        st.switch_page("views/run.py", query_params={"id": st.session_state[_MADE]})


def clear_redirect() -> None:
    """The reader is at a run's page."""
    st.session_state.pop(_MADE, None)
