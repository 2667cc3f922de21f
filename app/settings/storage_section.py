"""Settings, Storage: what takes the disk, and the press that frees what nothing needs.

The figures come after the page, since every file is looked at. Left out: the figures (`usage_table`).
"""

import time

import streamlit as st
from markupsafe import Markup

from app.actions import cleaning
from app.bridge import buttons, live
from app.bridge.fragment import QUICK_SECONDS, Fragment
from app.markup import notices, texts
from app.people import Person
from app.settings import usage_table
from app.translations import N_, _
from storage.database import Database
from storage.errors import StorageError
from words.names import size

FREED = "storage.freed"


def show(db: Database, person: Person) -> None:
    """The section of the page Settings."""
    st.html(texts.section(_("Storage")))
    waiting = Markup('<p class="al-soft" role="status">{}</p>').format(_("Looking at the size of every file"))
    done = st.session_state.pop(FREED, None)
    if done is not None:
        st.html(notices.sentences([done], "good"))
    live.show(usage_table.usage, key="usage_fragment", first=Fragment(waiting, every=QUICK_SECONDS / 10), at=str(done))
    if person.may("admin") and buttons.button(_("Clean"), key="storage.clean", icon=":material/mop:"):
        try:
            with buttons.spinner(_("Deleting what nothing needs any more"), "storage.clean"):
                removed = cleaning.clean(db, person, time.time())
        except StorageError as error:
            st.html(notices.refusal(error))
            return
        freed = size(sum(leftover.bytes for leftover in removed))
        st.session_state[FREED] = (N_("Freed {size}."), {"size": freed})
        st.rerun()
