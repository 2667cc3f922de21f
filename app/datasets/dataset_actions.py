"""What can be done with a dataset: add, edit and delete items with undo, export, freeze, rename, delete, train.

Left out: how an item is edited (`datasets.item_editor`), and what is shown of the dataset (`datasets.dataset_page`).
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import NoReturn

import streamlit as st
from markupsafe import Markup
from streamlit.delta_generator import DeltaGenerator

from app import people
from app.actions import dataset_edits
from app.bridge import buttons, dialogs, live
from app.datasets import (
    bulk_changes,
    copy_dialogs,
    export_section,
    import_dialog,
    import_findings,
    item_changes,
    item_editor,
    item_history,
    item_rows,
    token_preview,
    version_dialog,
)
from app.markup import notices, tables, texts
from app.review import preference_fact
from app.translations import N_, _, ngettext
from storage import datasets, item_edits
from storage.database import Database
from storage.errors import NotFound, StorageError
from storage.import_records import ImportRecord
from storage.item_content import COMPARED
from storage.item_edits import EditConflict
from storage.records import LONGEST_DATASET_NAME, Dataset, Item, Version

LEAVING = "edit.leaving"
CONFLICT = "edit.conflict"
EXPORT = "data.export"
VERSIONS = "data.versions.opened"
MORE = {
    "generate": N_("Sample answers to judge"),
    "rename": N_("Rename the dataset"),
    "copy": N_("Copy the dataset"),
    "merge": N_("Merge with others"),
    "split": N_("Split the dataset"),
    "delete": N_("Delete the dataset"),
}
Facets = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class History:
    """What the working copy came from, what was frozen of it, newest first, and whether it still equals the newest."""

    record: ImportRecord | None
    versions: list[Version]
    is_frozen: bool


def bar(db: Database, data: Dataset, history: History, filters: Mapping[str, str | None]) -> DeltaGenerator | None:
    """The buttons over the rows that the person may use; the primary one trains on the data.

    Judging filtered rows begins with the form of a round of them.

    Returns where the button that changes many items goes, once it is known how many; None for who may not change any.
    """
    with st.container(key="data-bar", horizontal=True, vertical_alignment="center"):
        changes = people.current().may("researcher")
        if changes and buttons.button(_("Add"), icon=":material/add:", key="data.add"):
            open_editor(item_editor.blank(data.kind))
        slot = st.container(width="content") if changes else None
        _export(db, data)
        title = ngettext("{count} version", "{count} versions", len(history.versions))
        with st.popover(title, icon=":material/history:", key=VERSIONS, on_change="rerun"):
            _versions(db, data, history.versions, history.is_frozen)
        if history.record is not None:
            with st.popover(_("Source"), icon=":material/description:", key="data.source"):
                _source(history.record)
        if not changes:
            return None
        _more(db, data)
        if data.kind in COMPARED and buttons.button(
            _("Judge"), icon=":material/how_to_vote:", key="data.judge", disabled=not data.items
        ):
            if any(filters.values()):
                dialogs.ask("round", {"dataset": data.name, **filters})
            st.switch_page("views/annotate.py", query_params={"dataset": data.name})
        help = preference_fact.words(db, data) or None
        if buttons.button(_("Train on this"), type="primary", key="data.train", disabled=not data.items, help=help):
            st.switch_page("views/launch.py", query_params={"dataset": data.name})
    return slot


def _export(db: Database, data: Dataset) -> None:
    disabled = not data.items
    box = st.popover(_("Export"), icon=":material/download:", disabled=disabled, key=EXPORT, on_change="rerun")
    if box.open:  # it takes a while to find what a form can hold
        with box:
            export_section.section(db, data)


def _more(db: Database, data: Dataset) -> None:
    """What is done to the whole dataset, and taking back the last change of it."""
    more = {title: _(words) for title, words in MORE.items()}
    last = item_edits.last_batch(db, data.name)
    if last is not None:
        more["undo"] = _("Undo: {change}").format(change=bulk_changes.in_words(data, last))
    name = st.menu_button(_("More"), list(more), format_func=more.__getitem__, key="data.more")
    if name == "undo" and last is not None:
        bulk_changes.undo(db, data, last.id)
    elif name is not None:
        dialogs.ask(name, {"prompts": data.name} if name == "generate" else None)


def dialogs_of(db: Database, data: Dataset, facets: Facets) -> None:
    """The dialog that is open, if one is."""
    dialogs.show(
        {
            "edit": (_("Edit an item"), partial(_edit, db, data, facets)),
            "versions": (_("Versions"), partial(version_dialog.dialog, db, data)),
            "rename": (_("Rename the dataset"), partial(_rename, db, data)),
            "copy": (_("Copy the dataset"), partial(copy_dialogs.copy, db, data)),
            "merge": (_("Merge with others"), partial(copy_dialogs.merge, db, data)),
            "split": (_("Split the dataset"), partial(copy_dialogs.split, db, data, facets)),
            "delete": (_("Delete the dataset"), partial(_delete, db, data)),
        },
        not_dismissible={"edit"},
        widths={"edit": "large", "versions": "large", "merge": "medium", "split": "medium"},
    )


def open_editor(item: Item) -> None:
    """Edit this item, which is a new one if it has no id."""
    item_editor.begin()
    dialogs.ask("edit", item)


def _edit(db: Database, data: Dataset, facets: Facets, item: Item) -> None:
    """Saving and deleting close the dialog, and can be undone; leaving changes unsaved takes two presses."""
    changed = item_editor.fields(data.kind, item, list(facets["topic"]), list(facets["tag"]))
    with st.container(horizontal=True, vertical_alignment="center"):
        save = buttons.button(_("Save"), type="primary", key="edit.save")
        delete = bool(item.id) and buttons.button(_("Delete"), icon=":material/delete:", key="edit.delete")
        _leave(unsaved=changed != item)
    if item.id and item.responses:
        box = st.expander(_("Which tokens are trained"), key="edit.tokens", on_change="rerun")
        if box.open:
            with box:
                token_preview.of_item(data.name, item.id)
    if item.id:
        item_history.section(db, data.name, item.id)
    try:
        if save:
            _save(db, data, item, changed)
        elif delete:
            _delete_item(db, data, item)
    except (EditConflict, NotFound) as error:
        st.session_state[CONFLICT] = error
    except StorageError as error:
        st.html(notices.refusal(error))
    conflict = st.session_state.get(CONFLICT)
    if isinstance(conflict, EditConflict):
        _conflict(db, data, changed, conflict)
    elif conflict is not None:
        _gone(db, data, changed, conflict)


def _delete_item(db: Database, data: Dataset, item: Item) -> None:
    now = time.time()
    dataset_edits.delete_item(db, people.current(), data.name, item.id, expected=item.edited_at, now=now)
    _done(db, data, _("Deleted {item}.").format(item=item_rows.called(item)))


def _conflict(db: Database, data: Dataset, changed: Item, conflict: EditConflict) -> None:
    """What somebody else made of the item beside what stands in the editor, and which of them shall hold."""
    st.html(notices.refusal(conflict))
    theirs = conflict.current
    st.html(item_changes.table(theirs, changed, (_("stored now"), _("yours"))))
    with st.container(horizontal=True):
        if buttons.button(_("Save mine in its place"), key="edit.conflict.mine"):
            try:
                _save(db, data, theirs, changed)
            except EditConflict as error:
                st.session_state[CONFLICT] = error
                st.rerun()
            except StorageError as error:
                st.html(notices.refusal(error))
        if buttons.button(_("Drop mine, go on from what is stored"), key="edit.conflict.theirs"):
            open_editor(theirs)
            st.rerun()


def _gone(db: Database, data: Dataset, changed: Item, missing: NotFound) -> None:
    """Somebody deleted the item: what stands in the editor can become a new one."""
    st.html(notices.refusal(missing))
    if buttons.button(_("Add it as a new item"), key="edit.conflict.new"):
        new = replace(changed, id="")
        try:
            _save(db, data, new, new)
        except StorageError as error:
            st.html(notices.refusal(error))


def _leave(unsaved: bool) -> None:
    """Close without saving; where something would be lost, only after a second press."""
    second = st.session_state.get(LEAVING, False) and unsaved
    label = _("Throw the changes away") if second else _("Cancel")
    # A first press with changes asks: the button then is another one, which has not been pressed.
    if st.button(label, key="edit.discard" if second else "edit.cancel", on_click=_ask_to_leave):
        dialogs.close()
        st.rerun()
    if unsaved:
        note = _("Your changes are not saved yet.") if second else _("not saved yet")
        st.html(texts.tone(note, "warning", "▲"), width="content")


def _ask_to_leave() -> None:
    st.session_state[LEAVING] = True


def _save(db: Database, data: Dataset, item: Item, changed: Item) -> None:
    """Save what the editor holds and close the dialog. Raises StorageError, and then the dialog keeps its text."""
    person, now = people.current(), time.time()
    if item.id:
        saved = dataset_edits.edit_item(db, person, data.name, changed, expected=item.edited_at, now=now)
        _done(db, data, _("Saved {item}.").format(item=item_rows.called(saved)))
    else:
        added = dataset_edits.add_item(db, person, data.name, changed, now)
        _done(db, data, _("Added {item}.").format(item=item_rows.called(added)))


def _done(db: Database, data: Dataset, sentence: str) -> NoReturn:
    """Close the dialog; the page says what was done and offers to take it back."""
    bulk_changes.remember_own(db, data, sentence)
    dialogs.close()
    st.rerun()


def _source(record: ImportRecord) -> None:
    """The file that the dataset was made of: how it was read, what was not, and which rows were left out."""
    facts = [
        (_("Hugging Face") if record.origin else _("File"), texts.name(record.origin or record.file)),
        *([(_("Data split"), texts.name(record.split))] if record.split else []),
        (_("Form"), import_dialog.form_name(record.format)),
        (_("Read as"), import_findings.read_as(record.container, record.encoding)),
        (_("Items"), f"{record.imported:,}"),
    ]
    if record.ties:
        facts.append((_("Without a preference"), import_findings.ties(record.ties)))
    if record.columns:
        columns = ", ".join(f"{target} = {column}" for target, column in record.columns.items())
        facts.append((_("Columns"), Markup("<bdi>{}</bdi>").format(columns)))
    if record.bad:
        facts.append((_("Left out"), ngettext("{count} row", "{count} rows", record.bad)))
    bad_rows = import_findings.listed(record.problems, record.unit) if record.bad else Markup("")
    live.static(tables.pairs(facts) + import_findings.unread(record.unread, record.kind) + bad_rows, key="source")


def _versions(db: Database, data: Dataset, versions: list[Version], is_frozen: bool) -> None:
    """The frozen versions, newest first, and the button that freezes what differs from the newest."""
    st.caption(_("A version never changes. Launching a run freezes the working copy by itself."))
    if versions:
        live.static(version_dialog.table(db, versions), key="versions")
        if damaged := datasets.damaged(db).get(data.name):
            st.html(notices.sentences(damaged, "warning"))
        st.button(
            _("Compare and restore"), icon=":material/difference:", key="data.versions", on_click=_compare_versions
        )
    if not people.current().may("researcher"):
        return
    preference_fact.caption(db, data)
    note = st.text_input(_("Note"), max_chars=200, placeholder=_("what this version is for"), key="data.freeze.note")
    if buttons.button(_("Freeze now"), key="data.freeze", disabled=is_frozen or not data.items):
        version = dataset_edits.freeze(db, people.current(), data.name, time.time(), note=note.strip() or None)
        st.toast(_("Frozen as {version}.").format(version=version.hash[:7]))
        st.rerun()


def _compare_versions() -> None:
    st.session_state[VERSIONS] = False  # the popover would stand before the dialog
    dialogs.ask("versions")


def _rename(db: Database, data: Dataset, about: None) -> None:
    name = st.text_input(_("Name"), data.name, max_chars=LONGEST_DATASET_NAME, key="data.name")
    if buttons.button(_("Rename"), type="primary", key="data.rename"):
        try:
            renamed = dataset_edits.rename(db, people.current(), data.name, name, time.time())
        except StorageError as error:
            st.html(notices.refusal(error))
        else:
            dialogs.close()
            st.switch_page("views/data.py", query_params={"dataset": renamed.name})


def _delete(db: Database, data: Dataset, about: None) -> None:
    st.markdown(_("Its working copy goes. Versions that runs were trained on stay."))
    if buttons.button(
        _("Delete {items}").format(items=item_rows.count(data.kind, data.items)), type="primary", key="data.delete"
    ):
        dataset_edits.delete(db, people.current(), data.name, time.time())
        dialogs.close()
        st.switch_page("views/data.py")
