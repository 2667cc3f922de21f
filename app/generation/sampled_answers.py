"""What a generate run's page shows of its answers: the items that it made, and the way to where they are judged."""

import streamlit as st
from markupsafe import Markup, escape

from app import clients
from app.bridge import buttons, live
from app.datasets import item_rows
from app.markup import texts
from app.translations import _, ngettext
from storage import generated_items, runs
from storage.records import MEASUREMENT, Run

PER_PAGE = 12
PAGE = "answers_page"


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
    items, total = generated_items.items(db, run.id, offset=(_page() - 1) * PER_PAGE, limit=PER_PAGE)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.html(Markup("<p>{}</p>").format(_where(total, generation.name)), width="content")
        if buttons.button(_("Open the dataset"), key="generated.open", icon=":material/table_rows:", type="primary"):
            st.switch_page("views/data.py", query_params={"dataset": generation.name})
    for measurement in runs.notes(db, run.id, MEASUREMENT):
        st.html(Markup('<p class="al-soft al-note">{}</p>').format(texts.sentence(measurement)))
    if items:
        live.static(item_rows.table("pairs", items, act=False), key="generated_items")
    if total > PER_PAGE:
        st.pagination(-(-total // PER_PAGE), key=PAGE, bind="query-params")


def _where(total: int, name: str) -> Markup:
    items = ngettext("{count} item", "{count} items", total)
    dataset = Markup("<b>{}</b>").format(texts.name(name))
    return escape(_("{items} in the dataset {dataset}")).format(items=items, dataset=dataset)


def _page() -> int:
    """The number of the page to show: from the buttons under the rows, else from the address."""
    text = st.query_params.get(PAGE, "1")
    return max(1, int(st.session_state.get(PAGE, int(text[:9]) if text.isdecimal() else 1)))
