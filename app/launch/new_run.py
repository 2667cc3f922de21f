"""From the press of a launch button to the page of the run that was made.

Left out: the buttons, and launching itself (`app.actions.launching`).
"""

from collections.abc import Callable

import streamlit as st

from app import clients
from app.actions import launching
from app.bridge import buttons, redirect
from app.markup import notices, setting_names
from app.translations import _
from storage.errors import StorageError
from storage.records import Run


def launch(key: str, make: Callable[[], Run]) -> None:
    """Go to the page of the run that `make` launches, or say why there is none; `key` is that of the button.

    `make` raises Refused, StorageError or EngineError.
    """
    try:
        with buttons.spinner(_("Checking, then freezing the data"), key):
            redirect.remember("views/run.py", {"id": make().id})
    except launching.Refused as error:
        st.html(notices.sentences(map(setting_names.in_words, error.texts), "bad"))
    except StorageError as error:
        st.html(notices.sentences([error.text], "bad"))
    except clients.EngineError as error:
        st.html(notices.engine_unreachable(error.text))
    else:
        redirect.follow()
