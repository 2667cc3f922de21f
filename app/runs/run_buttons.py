"""What a person can do to a run: the press of a button becomes a request on its row.

Left out: the buttons themselves, which each page places where they belong.
"""

import time
from collections.abc import Mapping

import streamlit as st

from app import clients
from app.markup import texts
from app.translations import N_, _, translate
from storage import queue
from storage.errors import StorageError

_DONE = {
    "pause": N_("It saves and pauses after this step."),
    "stop": N_("It saves and stops after this step."),
    "resume": N_("Back in the queue, at its old place."),
}


def act(pressed: Mapping[str, str] | None) -> None:
    """Carry out what was pressed and run the page again; a refusal is shown in its own words."""
    if pressed is None:
        return
    try:
        _carry_out(pressed["do"], pressed["id"])
    except StorageError as error:
        st.toast(texts.unmarked(translate(error.text)), icon=":material/error:")
        return
    done = _DONE.get(pressed["do"])
    if done is not None:
        st.toast(_(done))
    st.rerun()


def _carry_out(what: str, run_id: str) -> None:
    db = clients.database()
    if what in ("up", "down"):
        queue.move(db, run_id, -1 if what == "up" else 1)
    elif what == "resume":
        queue.resume(db, run_id, time.time())
    else:
        queue.request(db, run_id, what, time.time())
