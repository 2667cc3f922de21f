"""Run: one run with its head, the stages it belongs to, what it gave (curves and held-out answers, or
answers to judge), settings and log."""

from collections.abc import Callable, Mapping

import streamlit as st

from app import clients
from app.bridge import address, live, redirect
from app.generation import sampled_answers, sampling_dialog
from app.markup.texts import empty, heading, sentence, short
from app.runs import (
    end_notices,
    fork_dialog,
    lineage_graph,
    log_tail,
    model_export_dialog,
    run_buttons,
    run_head,
    run_labels_line,
    run_menu,
    run_tabs,
)
from app.samples import samples_tab
from app.tokens import tokens_tab
from app.translations import N_, _
from storage import run_links, runs
from storage.errors import StorageError
from storage.records import Run

TABS: Mapping[str, tuple[str, Callable[[Run], object]]] = {
    "curves": (N_("Curves"), run_tabs.curves),
    "samples": (N_("Samples"), samples_tab.show),
    "tokens": (N_("Tokens"), tokens_tab.show),
    "settings": (N_("Settings"), run_tabs.settings),
    "lineage": (N_("Lineage"), lambda run: live.show(lineage_graph.graph, key="lineage_fragment", id=run.id)),
    "log": (N_("Log"), lambda run: live.show(log_tail.log, key="log_fragment", id=run.id)),
}
GENERATED = {
    "answers": (N_("Answers"), sampled_answers.answers),
    **{name: TABS[name] for name in ("settings", "lineage", "log")},
}


def show() -> None:
    """The page of the run in the address (?id=)."""
    redirect.follow(("views/run.py", {"id": st.query_params.get("id", "")}))
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
    run_labels_line.show(clients.database(), run)
    end_notices.button(run)
    run_tabs.failure(run)
    with st.container(key="run_bar", horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
        tabs = TABS if run.kind == "train" else GENERATED
        tab = address.choice(
            _("View"), {name: _(title) for name, (title, _draw) in tabs.items()}, name="tab", default=next(iter(tabs))
        )
        run_buttons.buttons(run)
    tabs[str(tab)][1](run)
    sampling_dialog.show(clients.database())
    model_export_dialog.show(clients.database())
    run_menu.dialogs_of(clients.database())
    fork_dialog.show(clients.database())
    redirect.forget()


show()
