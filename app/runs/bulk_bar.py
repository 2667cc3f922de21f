"""What can be done to the ticked runs at once, and taking back an archiving.

Left out: the dialogs of tags and deletion (`run_dialogs`), and one run's own buttons (`run_buttons`).
"""

import time
from collections.abc import Callable, Sequence

import streamlit as st
from markupsafe import Markup

from app import people
from app.actions import run_requests
from app.bridge import buttons, dialogs, toasts
from app.markup import texts
from app.people import Person
from app.runs import archiving, run_dialogs
from app.translations import _, ngettext
from storage import run_lists
from storage.database import Database
from storage.errors import StorageError
from storage.records import ACTIVE, Run, RunSummary

UNDO = "runs.undo"
CLEARED = "runs.cleared"
"""Counts how often the ticks were taken away."""
Request = Callable[[Database, Person, str, float], Run]


def cleared() -> str:
    """What the table is told, so that its ticks go when this changes."""
    return str(st.session_state.get(CLEARED, 0))


def untick() -> None:
    """Take all ticks away when the page runs again."""
    st.session_state[CLEARED] = st.session_state.get(CLEARED, 0) + 1


def show(db: Database, ticked: Sequence[str]) -> None:
    """The buttons for the ticked runs, where the person may use any; and the undo of the last archiving."""
    _undo(db)
    runs = list(run_lists.by_id(db, ticked).values())
    if not runs or not people.current().may("researcher"):
        return
    with st.container(key="bulk_bar", horizontal=True, gap="small", vertical_alignment="center"):
        st.html(Markup("<b>{}</b>").format(_("{count} ticked").format(count=len(runs))), width="content")
        ids = [run.id for run in runs]
        if buttons.button(_("Tag"), key="bulk.tag", icon=":material/label:"):
            dialogs.ask(run_dialogs.TAGS, ids)
        archived = [run.id for run in runs if run.archived_at is not None]
        if len(archived) < len(runs):
            if buttons.button(_("Archive"), key="bulk.archive", icon=":material/archive:"):
                _archive(db, ids)
        elif buttons.button(_("Bring back"), key="bulk.unarchive", icon=":material/unarchive:"):
            _unarchive(db, ids)
        _requests(db, runs)
        if buttons.button(_("Delete"), key="bulk.delete", icon=":material/delete:"):
            dialogs.ask(run_dialogs.DELETE, ids)
        if buttons.button(_("Untick"), key="bulk.untick", type="tertiary"):
            untick()
            st.rerun()


def _requests(db: Database, runs: Sequence[RunSummary]) -> None:
    """Stop and resume, each where some of the runs can be asked for it."""
    stoppable = [run.id for run in runs if run.state in (*ACTIVE, "paused")]
    resumable = [run.id for run in runs if run.state in ("paused", "stopped", "failed") and run.origin == "local"]
    if stoppable and buttons.button(
        _("Stop {count}").format(count=len(stoppable)), key="bulk.stop", icon=":material/stop_circle:"
    ):
        _ask(db, stoppable, run_requests.stop)
    if resumable and buttons.button(
        _("Resume {count}").format(count=len(resumable)), key="bulk.resume", icon=":material/play_arrow:"
    ):
        _ask(db, resumable, run_requests.resume)


def _ask(db: Database, ids: Sequence[str], request: Request) -> None:
    """Ask each of them; what is refused is said, and the others are asked all the same."""
    for run_id in ids:
        try:
            request(db, people.current(), run_id, time.time())
        except StorageError as error:
            toasts.refusal(error)
    untick()
    st.rerun()


def _archive(db: Database, ids: Sequence[str]) -> None:
    """Archive runs; the page then says so and offers to take it back."""
    archived = archiving.archive(db, ids)
    if archived is not None:
        st.session_state[UNDO] = archived
        untick()
        st.rerun()


def _unarchive(db: Database, ids: Sequence[str]) -> None:
    """Bring archived runs back into the table."""
    if archiving.unarchive(db, ids) is not None:
        untick()
        st.rerun()


def _undo(db: Database) -> None:
    ids = st.session_state.get(UNDO)
    if not ids:
        return
    with st.container(key="archive_undo", horizontal=True, gap="small", vertical_alignment="center"):
        words = ngettext("{count} run is archived.", "{count} runs are archived.", len(ids))
        st.html(texts.tone(words, "good", "✓"), width="content")
        if buttons.button(_("Undo"), key="archive.undo", icon=":material/undo:"):
            st.session_state.pop(UNDO)
            _unarchive(db, ids)
