"""The dialogs that change runs: name, tags, note, and deletion with what depends on them.

Each is asked for with the ids of the runs that it is about. Left out: what opens them (`bulk_bar`, `run_menu`).
"""

import time
from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st
from markupsafe import Markup

from app import people
from app.actions import run_labels, run_removals
from app.bridge import buttons, dialogs
from app.markup import notices, texts
from app.translations import N_, _, ngettext
from storage import run_removals as stored_removals
from storage import run_tags, runs
from storage.database import Database
from storage.errors import StorageError
from storage.run_removals import Removal
from storage.run_tags import LONGEST_TAG, TagChanges, checked
from words import Text
from words.names import size

NAME, TAGS, NOTE, DELETE = "runs.name", "runs.tags", "runs.note", "runs.delete"
LISTED = 8


def show(db: Database, changed: Callable[[], None], deleted: Callable[[], None]) -> None:
    """The dialog that is open; what it did calls `changed`, or `deleted`, and then the page runs again."""
    dialogs.show(
        {
            NAME: (_("Rename the run"), partial(_rename, db, changed)),
            TAGS: (_("Tags"), partial(_tags, db, changed)),
            NOTE: (_("Note"), partial(_note, db, changed)),
            DELETE: (_("Delete runs"), partial(_delete, db, deleted)),
        },
        not_dismissible={NOTE},
        widths={NOTE: "medium", DELETE: "medium"},
    )


def _done(follow: Callable[[], None]) -> None:
    dialogs.close()
    follow()
    st.rerun()


def _rename(db: Database, changed: Callable[[], None], ids: Sequence[str]) -> None:
    name = st.text_input(_("Name"), runs.get(db, ids[0]).name, max_chars=runs.LONGEST_RUN_NAME, key="run.name")
    if buttons.button(_("Rename"), type="primary", key="run.rename"):
        try:
            run_labels.rename(db, people.current(), ids[0], name, time.time())
        except StorageError as error:
            st.html(notices.refusal(error))
        else:
            _done(changed)


def _tags(db: Database, changed: Callable[[], None], ids: Sequence[str]) -> None:
    """What all of them get, and what is taken from those that have it."""
    tags = run_tags.of_runs(db, ids)
    present = sorted({tag for each in tags.values() for tag in each})
    added: list[str] = st.multiselect(
        _("Give"),
        run_tags.every_tag(db),
        accept_new_options=True,
        key="tags.added",
        placeholder=_("Choose a tag, or write a new one"),
        help=_("A tag has at most {most} characters.").format(most=LONGEST_TAG),
        select_all=False,  # or Enter takes all that match
    )
    removed: list[str] = st.multiselect(
        _("Take away"), present, key="tags.removed", placeholder=_("none"), select_all=False
    )
    words = ngettext("Change {count} run", "Change {count} runs", len(ids))
    if buttons.button(words, type="primary", key="tags.save", disabled=not added and not removed):
        try:
            changes = TagChanges(tuple(map(checked, added)), tuple(removed))
            run_labels.change_tags(db, people.current(), ids, changes, time.time())
        except StorageError as error:
            st.html(notices.refusal(error))
        else:
            _done(changed)


def _note(db: Database, changed: Callable[[], None], ids: Sequence[str]) -> None:
    note = st.text_area(
        _("Note"),
        runs.get(db, ids[0]).note or "",
        height=240,
        key="run.note",
        label_visibility="collapsed",
        placeholder=_("Why this run, and what came of it. Markdown is read."),
    )
    with st.container(horizontal=True):
        save = buttons.button(_("Save"), type="primary", key="run.note.save")
        if buttons.button(_("Cancel"), key="run.note.cancel"):
            dialogs.close()
            st.rerun()
    if save:
        try:
            run_labels.set_note(db, people.current(), ids[0], note, time.time())
        except StorageError as error:
            st.html(notices.refusal(error))
        else:
            _done(changed)


def _delete(db: Database, deleted: Callable[[], None], ids: Sequence[str]) -> None:
    """What goes and what depends on it; where something forbids it, only that, and that they can be archived."""
    removal = stored_removals.removal(db, ids)
    st.html(_consequences(removal))
    if removal.running or removal.children or not removal.runs:
        st.html(notices.sentences(_obstacles(removal), "warning"))
        return
    words = ngettext("Delete {count} run", "Delete {count} runs", len(removal.runs))
    if buttons.button(words, type="primary", key="runs.delete.go", icon=":material/delete:"):
        try:
            with buttons.spinner(_("Deleting rows and files"), "runs.delete.go"):
                run_removals.delete(db, people.current(), ids, time.time())
        except StorageError as error:
            st.html(notices.refusal(error))
        else:
            _done(deleted)


def _consequences(removal: Removal) -> Markup:
    """Which runs go with what of them, and what stays."""
    names = [
        Markup('<li>{} <span class="al-soft">{}</span></li>').format(texts.name(run.name), texts.short(run.id))
        for run in removal.runs[:LISTED]
    ]
    if len(removal.runs) > LISTED:
        more = ngettext("and {count} more", "and {count} more", len(removal.runs) - LISTED)
        names.append(Markup("<li>{}</li>").format(more))
    lines = [
        _("Their curves, answers, events, log and checkpoints go: {size} of files. This cannot be undone.").format(
            size=size(removal.bytes)
        )
    ]
    for study, others in removal.studies.items():
        left = ngettext("{count} run", "{count} runs", others)
        lines.append(_("The study {study} keeps {runs}.").format(study=study, runs=left))
    if removal.filled:
        lines.append(
            _("Answers that they put into datasets stay there: {names}.").format(names=", ".join(removal.filled))
        )
    lines.append(_("Frozen versions of datasets and exported models stay."))
    paragraphs = Markup("").join(Markup("<p>{}</p>").format(line) for line in lines)
    return Markup('<ul class="al-named">{}</ul>{}').format(Markup("").join(names), paragraphs)


def _obstacles(removal: Removal) -> list[Text]:
    if not removal.runs:
        return [(N_("These runs are gone already."), {})]
    running = N_("The run {name} is running: stop it first.")
    resting = N_("The run {name} rests on it: delete that one too, or archive instead.")
    return [
        *((running, {"name": run.name}) for run in removal.running),
        *((resting, {"name": child.name}) for child in removal.children[:LISTED]),
    ]
