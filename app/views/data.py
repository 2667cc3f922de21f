"""Datasets: the list, and one of them as readable rows with filters, editing, versions, import and export.

The address says what is shown: ?dataset=NAME&page=N and the filters, or ?import=file. Left out: one dataset
(`components.dataset`), how an item is drawn (`components.items`) and edited (`components.editor`), and how one is
imported (`components.importing`).
"""

from functools import partial

import streamlit as st
from markupsafe import Markup

from app import clients
from app.components import dataset, dialogs, importing, items, live, presses, tables, texts
from app.translations import _, ngettext, say
from storage import datasets
from storage.database import Database
from storage.errors import StorageError
from storage.records import Dataset


def show() -> None:
    """One dataset where the address names one, else the list."""
    db = clients.database()
    name = st.query_params.get("dataset")
    if name is None:
        overview(db)
        return
    try:
        dataset.show(db, datasets.get(db, name))
    except StorageError as error:
        texts.heading(_("Datasets"))
        texts.empty(say(error.text), _("It may have been renamed or deleted."))
        if presses.button(_("All datasets"), key="data.all"):
            st.switch_page("views/data.py")


def overview(db: Database) -> None:
    """All datasets, newest edit first, and the way to a new one."""
    listed = sorted(datasets.listing(db), key=lambda data: -data.edited_at)
    texts.heading(_("Datasets"), ngettext("{count} dataset", "{count} datasets", len(listed)) if listed else "")
    if not listed:
        texts.empty(
            _("There is no dataset yet."),
            _("Import a file of preference pairs: JSON or JSON Lines, in the forms of TRL, LLaMA-Factory or HH-RLHF."),
        )
    pressed = presses.button(_("Import a file"), type="primary", icon=":material/upload:", key="import.open")
    if st.query_params.pop("import", "") or pressed:
        dialogs.ask("import")
    if listed:
        heads = [_("Name"), _("Kind"), _("Items"), _("Versions"), _("Edited")]
        kinds = ["al-first", "", "al-num", "al-num", "al-num"]
        live.still(tables.table(heads, map(_row, listed), kinds, name="al-datasets"), key="datasets")
    dialogs.show({"import": (_("Import a file"), partial(_import, db))})


def _row(data: Dataset) -> list[tables.Cell]:
    link = Markup('<a class="al-name" data-go="data" href="data?dataset={name}">{name}</a>')
    return [
        link.format(name=data.name),
        items.kind_name(data.kind),
        f"{data.items:,}",
        f"{data.versions:,}",
        texts.moment(data.edited_at, "both"),
    ]


def _import(db: Database, about: None) -> None:
    name = importing.dialog(db)
    if name is not None:
        dialogs.close()
        st.switch_page("views/data.py", query_params={"dataset": name})


show()
