"""The list of all datasets, and the way to import a new one. Left out: one of them (`datasets.dataset_page`)."""

from functools import partial

import streamlit as st
from markupsafe import Markup, escape

from app import people
from app.bridge import buttons, dialogs, live
from app.datasets import import_dialog, item_rows
from app.markup import tables, texts
from app.translations import _, ngettext
from storage import datasets, generated_items
from storage.database import Database
from storage.records import Dataset, RunSummary


def show(db: Database) -> None:
    """All datasets, newest edit first."""
    rows = sorted(datasets.listing(db), key=lambda data: -data.edited_at)
    st.html(texts.heading(_("Datasets"), ngettext("{count} dataset", "{count} datasets", len(rows)) if rows else ""))
    if not rows:
        st.html(
            texts.empty(
                _("There is no dataset yet."),
                _(
                    "Import a file of preference pairs: JSON, CSV, Parquet or Arrow, in the forms of TRL, "
                    "LLaMA-Factory or HH-RLHF."
                ),
            )
        )
    if people.current().may("researcher"):
        with st.container(horizontal=True):
            pressed = buttons.button(_("Import a file"), type="primary", icon=":material/upload:", key="import.open")
            if rows and buttons.button(_("Sample answers to judge"), icon=":material/forum:", key="generate.open"):
                dialogs.ask("generate")
        if st.query_params.pop("import", "") or pressed:
            dialogs.ask("import")
    if rows:
        heads = [_("Name"), _("Kind"), _("Items"), _("Versions"), _("Edited")]
        kinds = ["al-first", "", "al-num", "al-num", "al-num"]
        made_by = generated_items.newest_runs(db)
        rows_of_table = [_row(data, made_by.get(data.name)) for data in rows]
        live.static(tables.table(heads, rows_of_table, kinds, name="al-datasets"), key="datasets")
    dialogs.show({"import": (_("Import a file"), partial(_import, db))}, widths={"import": "large"})


def _row(data: Dataset, made_by: RunSummary | None) -> list[tables.Cell]:
    link = Markup('<a class="al-name" data-go="data" href="data?dataset={name}">{name}</a>')
    return [
        link.format(name=data.name) + _source(made_by),
        item_rows.kind_name(data.kind),
        f"{data.items:,}",
        f"{data.versions:,}",
        texts.moment(data.edited_at, "both"),
    ]


def _source(made_by: RunSummary | None) -> Markup:
    """Which run's answers the dataset holds, if such a run filled it."""
    if made_by is None:
        return Markup("")
    link = Markup('<a class="al-name" data-go="run" href="run?id={id}">{name}</a>')
    run = link.format(id=made_by.id, name=texts.name(made_by.name))
    return Markup('<span class="al-soft al-id">{}</span>').format(escape(_("sampled by {run}")).format(run=run))


def _import(db: Database, about: None) -> None:
    name = import_dialog.dialog(db)
    if name is not None:
        dialogs.close()
        st.switch_page("views/data.py", query_params={"dataset": name})
