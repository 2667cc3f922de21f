"""The buttons of a run's page, and the mapping from any pressed button to its action.

Left out: the buttons of tables and lists, which stand in their rows.
"""

import time
from collections.abc import Callable, Mapping

import streamlit as st

from app import clients, people
from app.actions import run_requests
from app.bridge import dialogs, toasts
from app.bridge.buttons import button
from app.people import Person
from app.runs import fork_dialog, model_export_dialog, run_menu, run_origin
from app.translations import N_, _
from engine.spec import readable
from storage import run_sources, runs
from storage.database import Database
from storage.errors import StorageError
from storage.records import Run

Action = Callable[[Database, Person, str], Run]
_ACTIONS: dict[str, Action] = {
    "up": lambda db, person, run_id: run_requests.move(db, person, run_id, -1, time.time()),
    "down": lambda db, person, run_id: run_requests.move(db, person, run_id, 1, time.time()),
    "pause": lambda db, person, run_id: run_requests.pause(db, person, run_id, time.time()),
    "stop": lambda db, person, run_id: run_requests.stop(db, person, run_id, time.time()),
    "resume": lambda db, person, run_id: run_requests.resume(db, person, run_id, time.time()),
}
_WHAT_FOLLOWS = {
    "pause": N_("It saves and pauses after this step."),
    "stop": N_("It saves and stops after this step."),
    "resume": N_("Back in the queue, at its old place."),
}


def act(pressed: Mapping[str, str] | None) -> None:
    """Carry out what was pressed and run the page again; a refusal is shown in its own words."""
    if pressed is None:
        return
    try:
        run = _ACTIONS[pressed["do"]](clients.database(), people.current(), pressed["id"])
    except StorageError as error:
        toasts.refusal(error)
        return
    if run.request is not None or pressed["do"] == "resume":  # else it has been done already, and the page says so
        st.toast(_(_WHAT_FOLLOWS[pressed["do"]]))
    st.rerun()


def buttons(run: Run) -> None:
    """What the person can do with the run in its state; a request that is under way is greyed."""
    changes = people.current().may("researcher")
    with st.container(key="run_buttons", horizontal=True, gap="small", width="content"):
        if changes and run.origin == "local":
            _life_cycle(run)
        elif changes:
            _steered_elsewhere(run)
        if run.kind == "train":
            _train_buttons(run, changes=changes)
        run_menu.show(clients.database(), run)


def _train_buttons(run: Run, *, changes: bool) -> None:
    """What can be done with a run that trains beside asking it for something."""
    if button(_("Compare"), key="compare", icon=":material/stacked_line_chart:"):
        together = {"study": run.study_id} if run.study_id else {"runs": run.id}
        st.switch_page("views/compare.py", query_params=together)
    if changes and run.origin == "local" and run.step > 0:
        _sample(run)
        _export_model(run)
        if button(_("Fork"), key="fork", icon=":material/fork_right:"):
            fork_dialog.ask(run.id)
    can_copy = changes and readable(run.spec) is not None
    if can_copy and button(_("Duplicate"), key="duplicate", icon=":material/content_copy:"):
        st.switch_page("views/launch.py", query_params={"from": run.id})


def _life_cycle(run: Run) -> None:
    """Pause, stop, resume."""
    if run.state == "running":
        _button("stop", _("Stop and save"), "stop_circle", run, off=run.request == "stop")
        _button("pause", _("Pause"), "pause", run, off=run.request is not None)
    elif run.state in ("queued", "waiting"):
        _button("pause", _("Pause"), "pause", run)
        _button("stop", _("Take out of the queue"), "close", run)
    elif run.state != "succeeded":
        _button("resume", _resume_label(run), "play_arrow", run, primary=True)
        if run.state == "paused":
            _button("stop", _("Stop"), "stop_circle", run)


def _sample(run: Run) -> None:
    """The button that lets the run's newest checkpoint answer prompts, for people to judge."""
    if button(_("Sample answers"), key="sample", icon=":material/forum:"):
        dialogs.ask("generate", {"model": f"run:{run.id}", "prompts": run.dataset})


def _export_model(run: Run) -> None:
    """The button that makes a folder of a checkpoint."""
    if button(_("Export model"), key="model_export", icon=":material/ios_share:"):
        dialogs.ask(model_export_dialog.NAME, run.id)


def _steered_elsewhere(run: Run) -> None:
    """The buttons of a run whose trainer is on another machine: they say where it is stopped. None for all others."""
    if run.origin != "live" or run.state != "running":
        return
    if run_origin.silence(run, run_sources.get(clients.database(), run.id)):
        _button("stop", _("Mark as stopped"), "stop_circle", run)
        return
    words = _("Its trainer runs elsewhere: stop it there.")
    _button("stop", _("Stop and save"), "stop_circle", run, off=True, help=words)
    _button("pause", _("Pause"), "pause", run, off=True, help=words)


def _resume_label(run: Run) -> str:
    """From which step it would go on."""
    if run.kind != "train":
        return _("Resume") if run.step else _("Start again")
    checkpoints = runs.checkpoints(clients.database(), run.id)
    if not checkpoints:
        return _("Start again")
    return _("Resume from step {step}").format(step=checkpoints[-1].step)


def _button(
    name: str,
    label: str,
    icon: str,
    run: Run,
    *,
    primary: bool = False,
    off: bool = False,
    help: str | None = None,
) -> None:
    if button(
        label,
        key=f"button_{name}",
        icon=f":material/{icon}:",
        type="primary" if primary else "secondary",
        disabled=off,
        help=help,
    ):
        act({"do": name, "id": run.id})
