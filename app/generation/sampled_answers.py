"""What a generate run's page shows of its answers: the items that it made, and the way to where they are judged."""

import streamlit as st
from markupsafe import Markup, escape

from app import clients
from app.bridge import buttons, live
from app.datasets import item_rows
from app.markup import texts
from app.translations import _, ngettext
from storage import generated_items
from storage.records import Run

PER_PAGE = 12


def answers(run: Run) -> None:
    """The dataset that the run fills, and a page of its items."""
    db = clients.database()
    generation = generated_items.of_run(db, run.id)
    if generation is None:
        st.html(texts.empty(_("No answers yet."), _("They appear here, batch by batch, as soon as it has begun.")))
        return
    if generation.name is None:
        st.html(texts.empty(_("The dataset that it filled was deleted."), _("Sample again to make another one.")))
        return
    total = generated_items.items(db, run.id, limit=0)[1]
    pages = -(-total // PER_PAGE)
    link = Markup('<a class="al-name" data-go="data" href="data?dataset={name}">{name}</a>').format(
        name=generation.name
    )
    count = ngettext("{count} item in the dataset {dataset}", "{count} items in the dataset {dataset}", total)
    line = escape(count).format(count=total, dataset=link.format(name=generation.name))
    live.static(Markup('<p class="al-note">{}</p>').format(line), key="into")
    number = st.pagination(pages, key="answers_page", bind="query-params") if pages > 1 else 1
    items, _total = generated_items.items(db, run.id, offset=(number - 1) * PER_PAGE, limit=PER_PAGE)
    if items:
        live.static(item_rows.table("pairs", items, act=False), key="generated_items")


def open_dataset(run: Run) -> None:
    """The button to the dataset that the run fills, once there is one."""
    generation = generated_items.of_run(clients.database(), run.id)
    if generation is None or generation.name is None:
        return
    if buttons.button(_("Open the dataset"), key="generated.open", icon=":material/table_rows:", type="primary"):
        st.switch_page("views/data.py", query_params={"dataset": generation.name})
