"""What can be done with a dataset: add, edit and delete items with undo, export, freeze, rename, delete, train.

Left out: how an item is edited (`editor`), and what is shown of the dataset (`dataset`).
"""

import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import streamlit as st
from markupsafe import Markup

from app.bridge import buttons, dialogs, live
from app.datasets import item_editor, item_rows, token_preview
from app.markup import tables, texts
from app.translations import _, ngettext, translate
from storage import datasets, formats
from storage.database import Database
from storage.errors import StorageError
from storage.records import Dataset, Item, Version

UNDO = "data.undo"
LEAVING = "edit.leaving"
Facets = Mapping[str, Mapping[str, int]]


def bar(db: Database, data: Dataset, versions: list[Version]) -> None:
    """The buttons over the rows; training on the data is what it is for."""
    with st.container(key="data-bar", horizontal=True, vertical_alignment="center"):
        if buttons.button(_("Add"), icon=":material/add:", key="data.add"):
            open_editor(item_editor.blank(data.kind))
        with st.popover(_("Export"), icon=":material/download:", disabled=not data.items):
            _export(db, data)
        with st.popover(ngettext("{count} version", "{count} versions", len(versions)), icon=":material/history:"):
            _versions(db, data, versions)
        more = {"rename": _("Rename the dataset"), "delete": _("Delete the dataset")}
        asked = st.menu_button(_("More"), list(more), format_func=more.__getitem__, key="data.more")
        if asked is not None:
            dialogs.ask(asked)
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
    """What was done last, and the way back."""
    if UNDO not in st.session_state:
        return
    words, back = st.session_state[UNDO]
    with st.container(key="data-undo", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(texts.tone(words, "good", "✓"), width="content")
        if buttons.button(_("Undo"), key="data.undo.go", type="tertiary"):
            back(db, data.name, now=time.time())
            del st.session_state[UNDO]
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
            datasets.delete_item(db, data.name, item.id, time.time())
            _done(
                _("Deleted {item}.").format(item=item_rows.called(item)),
                partial(datasets.restore_item, item_id=item.id),
            )
    except StorageError as error:
        st.html(texts.tone(translate(error.text), "bad", "✕"))


def _leave(unsaved: bool) -> None:
    """Close without saving; where something would be lost, only after a second press."""
    asked = st.session_state.get(LEAVING, False) and unsaved
    words = _("Throw the changes away") if asked else _("Cancel")
    # A first press with changes asks: the button then is another one, which has not been pressed.
    if st.button(words, key="edit.discard" if asked else "edit.cancel", on_click=_ask_to_leave):
        dialogs.close()
        st.rerun()
    if unsaved:
        told = _("Your changes are not saved yet.") if asked else _("not saved yet")
        st.html(texts.tone(told, "warning", "▲"), width="content")


def _ask_to_leave() -> None:
    st.session_state[LEAVING] = True


def _save(db: Database, data: Dataset, item: Item, changed: Item) -> None:
    if item.id:
        datasets.edit_item(db, data.name, changed, time.time())
        _done(_("Saved {item}.").format(item=item_rows.called(changed)), partial(datasets.edit_item, changed=item))
    added = datasets.add_item(db, data.name, changed, time.time())
    _done(_("Added {item}.").format(item=item_rows.called(added)), partial(datasets.delete_item, item_id=added.id))


def _done(words: str, back: Callable[..., object]) -> None:
    """Close the dialog; the page says what was done and how to take it back."""
    st.session_state[UNDO] = (words, back)
    dialogs.close()
    st.rerun()


def _export(db: Database, data: Dataset) -> None:
    """Written when it is asked for, in a form that can hold this kind."""
    fitting = {one.name: _(one.title) for one in formats.FORMATS.values() if one.kind in (None, data.kind)}
    form = st.selectbox(
        _("Form"), sorted(fitting, key=lambda name: name == "jsonl"), format_func=fitting.__getitem__, key="export.form"
    )
    st.download_button(
        _("Download {items}").format(items=item_rows.count(data.kind, data.items)),
        partial(_written, db, data.name, form),
        file_name=f"{data.name}.jsonl",
        mime="application/jsonl",
        icon=":material/download:",
        on_click="ignore",
        key="export.go",
    )


def _written(db: Database, name: str, form: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "export.jsonl")
        datasets.export(db, name, form, path)
        return path.read_bytes()


def _versions(db: Database, data: Dataset, versions: list[Version]) -> None:
    """Frozen contents, newest first. Launching a run freezes by itself."""
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
    fresh = bool(versions) and data.edited_at <= versions[0].created_at
    if buttons.button(_("Freeze now"), key="data.freeze", disabled=fresh or not data.items):
        version = datasets.freeze(db, data.name, time.time())
        st.toast(_("Frozen as {version}.").format(version=version.hash[:7]))
        st.rerun()


def _rename(db: Database, data: Dataset, about: None) -> None:
    name = st.text_input(_("Name"), data.name, max_chars=64, key="data.name")
    if buttons.button(_("Rename"), type="primary", key="data.rename"):
        try:
            datasets.rename(db, data.name, name)
        except StorageError as error:
            st.html(texts.tone(translate(error.text), "bad", "✕"))
        else:
            dialogs.close()
            st.switch_page("views/data.py", query_params={"dataset": name})


def _delete(db: Database, data: Dataset, about: None) -> None:
    st.markdown(_("Its working copy goes. Versions that runs were trained on stay."))
    if buttons.button(
        _("Delete {items}").format(items=item_rows.count(data.kind, data.items)), type="primary", key="data.delete"
    ):
        datasets.delete(db, data.name, time.time())
        dialogs.close()
        st.switch_page("views/data.py")
