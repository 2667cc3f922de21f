"""Runs: all of them, with search, filter by state, the order of the queue, duplicate, and ticks for a comparison."""

import streamlit as st

from app import clients, people
from app.bridge import address, buttons, live
from app.markup.texts import STATES, empty, heading, state_word
from app.runs import run_import_dialog, runs_table
from app.runs.run_buttons import act
from app.translations import _, ngettext
from storage import run_lists


def show() -> None:
    """The page; search and state stand in its address."""
    st.html(heading(_("Runs")))
    if not run_lists.search(clients.database(), limit=1):
        if not people.current().may("researcher"):
            st.html(empty(_("There is no run yet."), _("What others launch appears here.")))
            return
        st.html(
            empty(
                _("There is no run yet."),
                _("Launch the first one: DPO on the pairs that come with AlignLab takes minutes."),
            )
        )
        with st.container(horizontal=True):
            if buttons.button(_("Launch a run"), key="launch_first", type="primary"):
                st.switch_page("views/launch.py", query_params={"preset": "polite-dpo"})
            run_import_dialog.button()
        run_import_dialog.show(clients.database())
        return
    with st.container(key="filters", horizontal=True, vertical_alignment="center"):
        search = st.text_input(
            _("Search"),
            key="search",
            placeholder=_("name, method, dataset or id"),
            label_visibility="collapsed",
            icon=":material/search:",
            bind="query-params",
            width=320,
        )
        state = address.choice(_("State"), {name: state_word(name) for name in STATES}, name="state")
        compare(live.picked("runs_fragment"))
        run_import_dialog.button()
    run_import_dialog.show(clients.database())
    pages = -(-runs_table.count(search, state or "") // runs_table.PER_PAGE)
    page = st.pagination(pages, key="page", bind="query-params") if pages > 1 else 1
    sort = st.query_params.get("sort", "")
    act(live.show(runs_table.table, key="runs_fragment", search=search, state=state or "", sort=sort, page=str(page)))


def compare(picked: list[str]) -> None:
    """To the page that draws the ticked runs together."""
    words = ngettext("Compare {count} run", "Compare {count} runs", len(picked)) if picked else _("Compare")
    if buttons.button(
        words,
        key="compare",
        icon=":material/stacked_line_chart:",
        type="primary" if len(picked) > 1 else "secondary",
        disabled=not picked,
        help=None if picked else _("Tick runs in the table to draw them together."),
    ):
        st.switch_page("views/compare.py", query_params={"runs": ",".join(picked)})


show()
