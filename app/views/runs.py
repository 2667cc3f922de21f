"""Runs: all of them, narrowed, sorted, grouped, with columns of a person's choice, and what is done to ticked ones.

The view stands in the address, and can be kept under a name.
"""

from typing import Any

import streamlit as st

from app import clients, people
from app.bridge import address, buttons, live, remembered
from app.markup.texts import STATES, empty, heading, state_word
from app.runs import bulk_bar, run_dialogs, run_import_dialog, runs_table, table_menus
from app.runs.run_buttons import act
from app.runs.table_view import FIELDS
from app.translations import _, ngettext
from storage import run_lists

SHOWN = "runs.shown"


def show() -> None:
    """The page; the view stands in its address."""
    st.html(heading(_("Runs")))
    db = clients.database()
    if run_lists.is_empty(db):
        _nothing()
        return
    ticked = live.picked("runs_fragment")
    with st.container(key="filters", horizontal=True, vertical_alignment="center"):
        address.text(
            _("Search"),
            name="search",
            placeholder=_("name, method, dataset or id"),
            label_visibility="collapsed",
            icon=":material/search:",
            width=240,
        )
        address.choice(_("State"), {name: state_word(name) for name in STATES}, name="state")
        with st.container(key="table_menus", horizontal=True, gap="small", width="content"):
            table_menus.menus(db)
            compare(ticked)
            run_import_dialog.button()
    run_import_dialog.show(db)
    remembered.recalled("columns")
    bulk_bar.show(db, ticked)
    query = {name: st.query_params[name] for name in (*FIELDS, "folds") if st.query_params.get(name)}
    shown: dict[str, Any] = {**query, "page": str(_page(query))}
    act(live.show(runs_table.table, key="runs_fragment", cleared=bulk_bar.cleared(), **shown))
    run_dialogs.show(db, changed=bulk_bar.untick, deleted=bulk_bar.untick)


def _page(query: dict[str, str]) -> int:
    """Which page of the table is shown: the first one of a view that has just changed."""
    if st.session_state.setdefault(SHOWN, query) != query:
        st.session_state[SHOWN] = query
        st.session_state["page"] = 1
    pages = runs_table.pages(query)
    return st.pagination(pages, key="page", bind="query-params") if pages > 1 else 1


def _nothing() -> None:
    """What to do where there is no run."""
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


def compare(ticked: list[str]) -> None:
    """To the page that draws the ticked runs together, those of them that have trained."""
    able = {run.id for run in run_lists.with_steps(clients.database(), ticked)} if ticked else set()
    comparable = [run_id for run_id in ticked if run_id in able]
    words = ngettext("Compare {count} run", "Compare {count} runs", len(comparable)) if comparable else _("Compare")
    if buttons.button(
        words,
        key="compare",
        icon=":material/stacked_line_chart:",
        type="primary" if len(comparable) > 1 else "secondary",
        disabled=not comparable,
        help=None if comparable else _("Tick runs in the table to draw them together."),
    ):
        st.switch_page("views/compare.py", query_params={"runs": ",".join(comparable)})


show()
