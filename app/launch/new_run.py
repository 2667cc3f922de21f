"""From the press of a launch button to the page of the run that was made.

Left out: the buttons, and launching itself (`app.actions.launching`).
"""

import time
from collections.abc import Callable, Mapping

import streamlit as st

from app import clients, people
from app.actions import launching
from app.bridge import buttons, dialogs, redirect
from app.launch import preflight_cache
from app.markup import notices, setting_names
from app.translations import _
from engine.spec import RunSpec
from storage.database import Database
from storage.errors import StorageError
from storage.records import Run, Study


def launch(key: str, make: Callable[[], Run | Study], view: str = "views/run.py") -> None:
    """Go to the page of the run or study that `make` launches, or say why there is none; `key` is that of the button.

    The dialog with the button, where it stands in one, is closed once there is a run.

    `make` raises Refused, StorageError or EngineError.
    """
    try:
        with buttons.spinner(_("Checking, then freezing the data"), key):
            redirect.remember(view, {"id": make().id})
            dialogs.close()
    except launching.Refused as error:
        st.html(notices.sentences(map(setting_names.in_words, error.texts), "bad"))
    except StorageError as error:
        st.html(notices.sentences([error.text], "bad"))
    except clients.EngineError as error:
        st.html(notices.engine_unreachable(error.text))
    else:
        redirect.follow()


def launch_checked(db: Database, spec: RunSpec, query: Mapping[str, str]) -> Run:
    """Launch a run about which the page has asked the engine with `query`: the answer that it kept counts.

    Raises Refused, EngineError or StorageError.
    """
    launched = launching.launch(
        db, people.current(), spec, time.time(), preflight=lambda _file: preflight_cache.fetch(query)
    )
    return launched.runs[0]
