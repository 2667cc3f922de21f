"""What people said of a run, under its head: tags and note. And the menu of what changes or removes it.

Left out: the dialogs of that menu (`run_dialogs`).
"""

import time

import streamlit as st
from markupsafe import Markup

from app import people
from app.actions import run_removals
from app.bridge import dialogs
from app.markup import texts
from app.markup.markdown_markup import markdown
from app.runs import run_dialogs
from app.translations import N_, _, translate
from storage import run_tags
from storage.database import Database
from storage.errors import StorageError
from storage.records import ACTIVE, Run

_LINE = Markup('<div class="al-said-of-run">{archived}{tags}{note}</div>')
MENU = {
    run_dialogs.NAME: N_("Rename"),
    run_dialogs.TAGS: N_("Tags"),
    run_dialogs.NOTE: N_("Note"),
    "archive": N_("Archive"),
    "unarchive": N_("Bring back from the archive"),
    run_dialogs.DELETE: N_("Delete"),
}


def show(db: Database, run: Run) -> None:
    """Tags and note, where there are any, and whether it is archived."""
    tags = run_tags.of_runs(db, [run.id]).get(run.id, ())
    if not tags and run.note is None and run.archived_at is None:
        return
    archived = Markup("") if run.archived_at is None else texts.tone(_("archived: it is in no list"), "soft", "▣")
    note = Markup("") if run.note is None else markdown(run.note)
    st.html(_LINE.format(archived=archived, tags=texts.tags(tags), note=note))


def menu(db: Database, run: Run) -> None:
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
    if picked == "archive":
        _put_away(db, run)
    elif picked == "unarchive":
        run_removals.unarchive(db, people.current(), [run.id], time.time())
        st.rerun()
    elif picked is not None:
        dialogs.ask(picked, [run.id])


def _put_away(db: Database, run: Run) -> None:
    try:
        run_removals.archive(db, people.current(), [run.id], time.time())
    except StorageError as error:
        st.toast(texts.escape_markdown(translate(error.text)), icon=":material/error:")
    else:
        st.rerun()


def dialogs_of(db: Database) -> None:
    """The dialog that the menu has opened; after a deletion the page of all runs follows."""
    run_dialogs.show(db, changed=lambda: None, deleted=lambda: st.switch_page("views/runs.py"))
