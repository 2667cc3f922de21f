"""Who changed an item, when, and what: its history under the editor, and the change that somebody else made meanwhile.

Left out: the fields of the editor (`datasets.item_editor`), and saving (`datasets.dataset_actions`).
"""

import streamlit as st
from markupsafe import Markup

from app.bridge import live
from app.datasets import item_changes
from app.markup import texts
from app.translations import _
from storage import item_edits
from storage.database import Database
from storage.item_edits import ACTIONS, Edit

MOST = 50


def section(db: Database, name: str, item_id: str) -> None:
    """The changes of the item, the newest first, if there are any."""
    edits = item_edits.of_item(db, name, item_id)
    if edits:
        with st.expander(_("History"), key="edit.history"):
            live.static(Markup("").join(map(_entry, edits[:MOST])), key="edit.history.list")


def author_name(account: str | None) -> Markup | str:
    """Who changed something, as a reader knows them."""
    return _("command line") if account is None else texts.name(account)


def _entry(edit: Edit) -> Markup:
    undone = Markup(" · {}").format(_("undone")) if edit.undone_at is not None else ""
    head = Markup('<p class="al-soft al-note">{} · {} · {}{}</p>').format(
        _(ACTIONS.get(edit.action, edit.action)), author_name(edit.account), texts.moment(edit.at, "both"), undone
    )
    changes = item_changes.table(edit.before, edit.after) if edit.before and edit.after else Markup("")
    return head + changes
