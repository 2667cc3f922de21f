"""Changing all items that the filters leave at once, and taking back what was done last, one item or many.

Left out: editing one item (`datasets.dataset_actions`).
"""

import time
from collections.abc import Mapping

import streamlit as st

from app import people
from app.actions import dataset_edits
from app.bridge import buttons
from app.datasets import item_rows
from app.markup import notices, texts
from app.translations import N_, _, ngettext
from storage import item_edits
from storage.database import Database
from storage.errors import StorageError
from storage.item_edits import Batch
from storage.item_filter import ItemFilter
from storage.records import Dataset

UNDO = "data.undo"
OPENED, GO = "bulk.opened", "bulk.go"
CHOICES = {
    "tag": N_("Add a tag"),
    "untag": N_("Remove a tag"),
    "topic": N_("Set the topic"),
    "exclude": N_("Exclude from training"),
    "include": N_("Include in training again"),
    "delete": N_("Delete"),
}
VALUES = {"tag": N_("Tag"), "untag": N_("Tag"), "topic": N_("Topic")}
Facets = Mapping[str, Mapping[str, int]]


def popover(db: Database, data: Dataset, item_filter: ItemFilter, count: int, facets: Facets) -> None:
    """What can be done to the items that are left, with their number in the button."""
    items = item_rows.count(data.kind, count)
    with st.popover(
        _("Change {items}").format(items=items), icon=":material/checklist:", key=OPENED, on_change="rerun"
    ):
        words = {name: _(words) for name, words in CHOICES.items()}
        action = st.selectbox(_("What to do"), list(words), format_func=words.__getitem__, key="bulk.action")
        value = _value(action, facets)
        if action == "exclude":
            st.caption(_("They stay here with the tag “excluded”; versions and exports leave them out."))
        label = _("{what}: {items}").format(what=words[action], items=items)
        lacks = action in ("tag", "untag") and not value
        st.button(label, key=GO, disabled=lacks, on_click=_press)
    if buttons.take(GO):
        _change(db, data, item_filter, action, value, count)


def _press() -> None:
    st.session_state[OPENED] = False  # what it did stands under it
    buttons.keep(GO)


def _value(action: str, facets: Facets) -> str | None:
    """The tag or topic: one that there is, or, but for removing, a new one."""
    if action not in VALUES:
        return None
    picked: str | None = st.selectbox(
        _(VALUES[action]),
        list(facets["topic" if action == "topic" else "tag"]),
        index=None,
        key=f"bulk.{action}",
        accept_new_options=action != "untag",
        placeholder=_("none"),
    )
    return picked


def _change(db: Database, data: Dataset, item_filter: ItemFilter, action: str, value: str | None, count: int) -> None:
    try:
        with buttons.spinner(_("Changing {items}").format(items=item_rows.count(data.kind, count)), GO):
            batch = dataset_edits.change_all(
                db, people.current(), data.name, item_filter, action, time.time(), expected=count, value=value
            )
    except StorageError as error:
        st.html(notices.refusal(error))
        return
    if batch is None:
        remember(_("Nothing had to be changed."), None)
    else:
        remember(in_words(data, batch), batch)
    st.rerun()


def in_words(data: Dataset, batch: Batch) -> str:
    """What was done to how many items."""
    what = _(item_edits.ACTIONS.get(batch.action, batch.action))
    return _("{what}: {items}").format(what=what, items=item_rows.count(data.kind, batch.items))


def remember(sentence: str, batch: Batch | None) -> None:
    """Say this over the rows until the next change; with a batch, offer to take it back."""
    st.session_state[UNDO] = (sentence, None if batch is None else batch.id)


def remember_own(db: Database, data: Dataset, sentence: str) -> None:
    """Say what this person has just done to one item, and offer to take it back."""
    remember(sentence, item_edits.last_batch(db, data.name, people.current().account))


def undo_bar(db: Database, data: Dataset) -> None:
    """What was done last, and the button that takes it back; why it cannot be, where items were changed since."""
    if UNDO not in st.session_state:
        return
    sentence, batch_id = st.session_state[UNDO]
    with st.container(key="data-undo", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(texts.tone(sentence, "good", "✓"), width="content")
        pressed = batch_id is not None and buttons.button(_("Undo"), key="data.undo.go", type="tertiary")
    if pressed:
        undo(db, data, batch_id)


def undo(db: Database, data: Dataset, batch_id: str) -> None:
    """Take a change back and say so."""
    st.session_state.pop(UNDO, None)
    try:
        undone = dataset_edits.undo(db, people.current(), data.name, batch_id, time.time())
    except StorageError as error:
        st.html(notices.refusal(error))
        return
    sentence = ngettext("Undone: {count} item is as before.", "Undone: {count} items are as before.", undone.items)
    if undone.kept:
        kept = ngettext(
            "{count} was changed since and stays.", "{count} were changed since and stay.", len(undone.kept)
        )
        sentence = f"{sentence} {kept}"
    remember(sentence, None)
    st.rerun()
