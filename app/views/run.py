"""Run: one run with its head, the stages it belongs to, held-out answers, curves, samples, settings and log."""

import streamlit as st

from app import clients
from app.bridge import address, live
from app.bridge.buttons import button
from app.launch import redirect
from app.markup.texts import empty, heading, short
from app.runs import lineage_graph, log_tail, run_head, run_tabs
from app.runs.run_buttons import act
from app.translations import N_, _, translate
from engine.spec import readable
from storage import run_links, runs
from storage.errors import StorageError
from storage.records import Run

TABS = {
    "curves": (N_("Curves"), run_tabs.curves),
    "samples": (N_("Samples"), run_tabs.answers),
    "settings": (N_("Settings"), run_tabs.settings),
    "lineage": (N_("Lineage"), lambda run: live.show(lineage_graph.graph, key="lineage_part", id=run.id)),
    "log": (N_("Log"), lambda run: live.show(log_tail.log, key="log_part", id=run.id)),
}


def show() -> None:
    """The page of the run in the address (?id=)."""
    try:
        run = runs.get(clients.database(), st.query_params.get("id", ""))
    except StorageError as error:
        st.html(heading(_("Run")))
        st.html(empty(translate(error.text), _("Choose a run on the page Runs.")))
        return
    st.html(heading(run.name, f"{_('Runs')} / {short(run.id)}"))
    if run_links.is_linked(clients.database(), run.id):
        live.show(lineage_graph.stages, key="stages_part", id=run.id)
    live.show(run_head.head, key="run_part", id=run.id)
    run_tabs.failure(run)
    with st.container(key="run_bar", horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
        tab = address.choice(
            _("View"), {name: _(title) for name, (title, _draw) in TABS.items()}, name="tab", default="curves"
        )
        buttons(run)
    TABS[str(tab)][1](run)
    redirect.clear_redirect()


def buttons(run: Run) -> None:
    """What can be done with the run in its state; a request that is under way is greyed."""
    with st.container(key="run_buttons", horizontal=True, gap="small", width="content"):
        if run.state == "running":
            _button("stop", _("Stop and save"), "stop_circle", run, primary=True, off=run.request == "stop")
            _button("pause", _("Pause"), "pause", run, off=run.request is not None)
        elif run.state in ("queued", "waiting"):
            _button("pause", _("Pause"), "pause", run)
            _button("stop", _("Take out of the queue"), "close", run)
        elif run.state != "succeeded" and run.origin == "local":
            _button("resume", resume_words(run), "play_arrow", run, primary=True)
        if button(_("Compare"), key="compare", icon=":material/stacked_line_chart:"):
            together = {"study": run.study_id} if run.study_id else {"runs": run.id}
            st.switch_page("views/compare.py", query_params=together)
        if readable(run.spec) is not None and button(_("Duplicate"), key="duplicate", icon=":material/content_copy:"):
            st.switch_page("views/launch.py", query_params={"from": run.id})


def resume_words(run: Run) -> str:
    """From which step it would go on."""
    kept = runs.checkpoints(clients.database(), run.id)
    if not kept:
        return _("Start again")
    return _("Resume from step {step}").format(step=kept[-1].step)


def _button(what: str, words: str, icon: str, run: Run, *, primary: bool = False, off: bool = False) -> None:
    if button(
        words,
        key=f"button_{what}",
        icon=f":material/{icon}:",
        type="primary" if primary else "secondary",
        disabled=off,
    ):
        act({"do": what, "id": run.id})


show()
