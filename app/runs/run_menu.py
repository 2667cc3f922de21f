"""The menu of a run's page: what changes the run's name, tags and note, puts the run away, or removes it.

Left out: the dialogs that it opens (`run_dialogs`), and the buttons that steer the run (`run_buttons`).
"""

import streamlit as st

from app import people
from app.bridge import dialogs
from app.runs import archiving, run_dialogs
from app.translations import N_, _
from storage.database import Database
from storage.records import ACTIVE, Run

MENU = {
    run_dialogs.NAME: N_("Rename"),
    run_dialogs.TAGS: N_("Tags"),
    run_dialogs.NOTE: N_("Note"),
    "archive": N_("Archive"),
    "unarchive": N_("Bring back from the archive"),
    run_dialogs.DELETE: N_("Delete"),
}


def show(db: Database, run: Run) -> None:
    """Rename, tags, note, archive and delete, for who may change runs."""
    if not people.current().may("researcher"):
        return
    hidden = {"archive" if run.archived_at is not None or run.state in ACTIVE else "unarchive"}
    if run.state in ACTIVE:
        hidden = {"archive", "unarchive"}
    if run.state == "running":
        hidden.add(run_dialogs.DELETE)
    options = [name for name in MENU if name not in hidden]
    picked = st.menu_button(_("More"), options, format_func=lambda name: _(MENU[name]), key="run.more")
    if picked in ("archive", "unarchive"):
        change = archiving.archive if picked == "archive" else archiving.unarchive
        if change(db, [run.id]) is not None:
            st.rerun()
    elif picked is not None:
        dialogs.ask(picked, [run.id])


def dialogs_of(db: Database) -> None:
    """The dialog that the menu has opened; after a deletion the page of all runs follows."""
    run_dialogs.show(db, changed=lambda: None, deleted=lambda: st.switch_page("views/runs.py"))
