"""What can be done with a dataset: add, edit and delete items with undo, export, freeze, rename, delete, train.

Left out: how an item is edited (`datasets.item_editor`), and what is shown of the dataset (`datasets.dataset_page`).
"""

import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import NoReturn

import streamlit as st
from markupsafe import Markup

from app import people
from app.actions import dataset_edits
from app.bridge import buttons, dialogs, live
from app.datasets import import_dialog, import_findings, item_editor, item_rows, token_preview
from app.markup import notices, tables, texts
from app.people import Person
from app.translations import _, ngettext
from storage import datasets, formats
from storage.database import Database
from storage.errors import StorageError
from storage.import_records import ImportRecord
from storage.records import Dataset, Item, Version

UNDO = "data.undo"
LEAVING = "edit.leaving"
FILES = {".jsonl": "JSON Lines", ".csv": "CSV", ".parquet": "Parquet"}
Facets = Mapping[str, Mapping[str, int]]


def bar(db: Database, data: Dataset, versions: list[Version]) -> None:
    """The buttons over the rows that the person may use; the primary one trains on the data."""
    with st.container(key="data-bar", horizontal=True, vertical_alignment="center"):
        changes = people.current().may("researcher")
        if changes and buttons.button(_("Add"), icon=":material/add:", key="data.add"):
            open_editor(item_editor.blank(data.kind))
        with st.popover(_("Export"), icon=":material/download:", disabled=not data.items):
            _export(db, data)
        with st.popover(ngettext("{count} version", "{count} versions", len(versions)), icon=":material/history:"):
            _versions(db, data, versions)
        record = datasets.import_record(db, data.name)
        if record is not None:
            with st.popover(_("Source"), icon=":material/description:"):
                _source(record)
        if not changes:
            return
        more = {"rename": _("Rename the dataset"), "delete": _("Delete the dataset")}
        name = st.menu_button(_("More"), list(more), format_func=more.__getitem__, key="data.more")
        if name is not None:
            dialogs.ask(name)
        if buttons.button(_("Train on this"), type="primary", key="data.train", disabled=not data.items):
            st.switch_page("views/launch.py", query_params={"dataset": data.name})


def dialogs_of(db: Database, data: Dataset, facets: Facets) -> None:
    """The dialog that is open, if one is."""
    dialogs.show(
        {
            "edit": (_("Edit an item"), partial(_edit, db, data, facets)),
            "rename": (_("Rename the dataset"), partial(_rename, db, data)),
            "delete": (_("Delete the dataset"), partial(_delete, db, data)),
        },
        not_dismissible={"edit"},
    )


def open_editor(item: Item) -> None:
    """Edit this item, which is a new one if it has no id."""
    item_editor.begin()
    dialogs.ask("edit", item)


def undo(db: Database, data: Dataset) -> None:
    """What was done last, and the button that takes it back; why it cannot be, where the item was edited since."""
    if UNDO not in st.session_state:
        return
    sentence, take_back = st.session_state[UNDO]
    with st.container(key="data-undo", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(texts.tone(sentence, "good", "✓"), width="content")
        if not buttons.button(_("Undo"), key="data.undo.go", type="tertiary"):
            return
        del st.session_state[UNDO]
        try:
            take_back(db, people.current(), data.name, now=time.time())
        except StorageError as error:
            st.html(texts.tone(texts.sentence(error.text), "bad", "✕"))
        else:
            st.rerun()


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
    try:
        if save:
            _save(db, data, item, changed)
        elif delete:
            dataset_edits.delete_item(
                db, people.current(), data.name, item.id, expected=item.edited_at, now=time.time()
            )
            _done(
                _("Deleted {item}.").format(item=item_rows.called(item)),
                partial(dataset_edits.restore_item, item_id=item.id),
            )
    except StorageError as error:
        st.html(texts.tone(texts.sentence(error.text), "bad", "✕"))


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
        take_back = partial(dataset_edits.edit_item, changed=item, expected=saved.edited_at)
        _done(_("Saved {item}.").format(item=item_rows.called(saved)), take_back)
    else:
        added = dataset_edits.add_item(db, person, data.name, changed, now)
        take_back = partial(dataset_edits.delete_item, item_id=added.id, expected=added.edited_at)
        _done(_("Added {item}.").format(item=item_rows.called(added)), take_back)


def _done(sentence: str, take_back: Callable[..., object]) -> NoReturn:
    """Close the dialog; the page says what was done and offers to take it back."""
    st.session_state[UNDO] = (sentence, take_back)
    dialogs.close()
    st.rerun()


def _export(db: Database, data: Dataset) -> None:
    """A form that can hold this kind, and the button that writes the file when it is pressed."""
    fitting = {form.name: _(form.title) for form in formats.written(data.kind)}
    form = st.selectbox(
        _("Form"), sorted(fitting, key=lambda name: name == "jsonl"), format_func=fitting.__getitem__, key="export.form"
    )
    ending = st.segmented_control(
        _("File"), list(FILES), default=".jsonl", format_func=FILES.__getitem__, required=True, key="export.file"
    )
    skips = st.checkbox(_("Leave out items that the form cannot hold"), True, key="export.skip")
    st.download_button(
        _("Download {items}").format(items=item_rows.count(data.kind, data.items)),
        partial(_written, db, people.current(), data.name, form, f"export{ending}", skips),
        file_name=f"{data.name}{ending}",
        mime="application/octet-stream",
        icon=":material/download:",
        on_click="ignore",
        key="export.go",
    )


def _written(db: Database, person: Person, name: str, form: str, file: str, skip_unfit: bool) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, file)
        dataset_edits.export(db, person, name, form, path, time.time(), skip_unfit=skip_unfit)
        return path.read_bytes()


def _source(record: ImportRecord) -> None:
    """The file that the dataset was made of: how it was read, what was not, and which rows were left out."""
    facts = [
        (_("File"), Markup("<bdi>{}</bdi>").format(record.file)),
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


def _versions(db: Database, data: Dataset, versions: list[Version]) -> None:
    """The frozen versions, newest first, and the button that freezes now."""
    st.caption(_("A version never changes. Launching a run freezes the working copy by itself."))
    if versions:
        heads = [_("Version"), _("Items"), _("Held out"), _("Frozen")]
        rows = [
            [
                Markup("<code>{}</code>").format(v.hash[:7]),
                f"{v.items:,}",
                f"{v.held_out:,}",
                texts.moment(v.created_at, "both"),
            ]
            for v in versions
        ]
        live.static(tables.table(heads, rows, ["", "al-num", "al-num", "al-num"]), key="versions")
        if damaged := datasets.damaged(db).get(data.name):
            st.html(notices.sentences(damaged, "warning"))
    if not people.current().may("researcher"):
        return
    fresh = bool(versions) and data.edited_at <= versions[0].created_at
    if buttons.button(_("Freeze now"), key="data.freeze", disabled=fresh or not data.items):
        version = dataset_edits.freeze(db, people.current(), data.name, time.time())
        st.toast(_("Frozen as {version}.").format(version=version.hash[:7]))
        st.rerun()


def _rename(db: Database, data: Dataset, about: None) -> None:
    name = st.text_input(_("Name"), data.name, max_chars=64, key="data.name")
    if buttons.button(_("Rename"), type="primary", key="data.rename"):
        try:
            renamed = dataset_edits.rename(db, people.current(), data.name, name, time.time())
        except StorageError as error:
            st.html(texts.tone(texts.sentence(error.text), "bad", "✕"))
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
