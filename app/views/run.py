"""Run: one run with its head, the stages it belongs to, held-out answers, curves, samples, settings and log."""

import streamlit as st

from app import clients
from app.bridge import address, live, redirect
from app.markup.texts import empty, heading, sentence, short
from app.runs import lineage_graph, log_tail, run_buttons, run_head, run_tabs
from app.translations import N_, _
from storage import run_links, runs
from storage.errors import StorageError

TABS = {
    "curves": (N_("Curves"), run_tabs.curves),
    "samples": (N_("Samples"), run_tabs.answers),
    "settings": (N_("Settings"), run_tabs.settings),
    "lineage": (N_("Lineage"), lambda run: live.show(lineage_graph.graph, key="lineage_fragment", id=run.id)),
    "log": (N_("Log"), lambda run: live.show(log_tail.log, key="log_fragment", id=run.id)),
}


def show() -> None:
    """The page of the run in the address (?id=)."""
    try:
        run = runs.get(clients.database(), st.query_params.get("id", ""))
    except StorageError as error:
        st.html(heading(_("Run")))
        st.html(empty(sentence(error.text), _("Choose a run on the page Runs.")))
        return
    st.html(heading(run.name, f"{_('Runs')} / {short(run.id)}"))
    if run_links.is_linked(clients.database(), run.id):
        live.show(lineage_graph.stages, key="stages_fragment", id=run.id)
    live.show(run_head.head, key="run_fragment", id=run.id)
    run_tabs.failure(run)
    with st.container(key="run_bar", horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
        tab = address.choice(
            _("View"), {name: _(title) for name, (title, _draw) in TABS.items()}, name="tab", default="curves"
        )
        run_buttons.buttons(run)
    TABS[str(tab)][1](run)
    redirect.forget()


show()
