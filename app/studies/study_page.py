"""The page of one study: where it stands, then what it came to. Left out: the list, and making one (`study_form`)."""

import time
from collections.abc import Callable, Mapping

import streamlit as st
from markupsafe import Markup

from app import clients, people
from app.actions import study_requests
from app.bridge import buttons, live, redirect, toasts
from app.compare import figures as compared_figures
from app.markup.texts import empty, heading, section, sentence
from app.people import Person
from app.studies import study_progress, study_tables, study_view
from app.studies.study_view import StudyView
from app.translations import N_, _
from engine.analysis import grouping
from engine.spec import write_yaml
from storage.database import Database
from storage.errors import StorageError
from storage.records import Study

Action = Callable[[Database, Person, str, float], Study]
_ACTIONS: Mapping[str, Action] = {
    "pause": study_requests.pause,
    "stop": study_requests.stop,
    "resume": study_requests.resume,
}
_WHAT_FOLLOWS = {
    "pause": N_("Its run saves and pauses after this step; the others wait."),
    "stop": N_("Its run saves and stops after this step; the others leave the queue."),
    "resume": N_("Its runs are back in the queue."),
}


def show(study_id: str) -> None:
    """The page of the study in the address; what to do where it is not there."""
    redirect.forget()
    try:
        view = study_view.read(clients.database(), study_id, time.time())
    except StorageError as error:
        st.html(heading(_("Study")))
        st.html(empty(str(sentence(error.text)), _("It may have been deleted, or the address is incomplete.")))
        if buttons.button(_("All studies"), key="all_studies", type="primary"):
            st.switch_page("views/studies.py")
        return
    with st.container(key="study_top", horizontal=True, vertical_alignment="center"):
        st.html(heading(view.study.name, _("study")))
        _buttons(view.study)
    live.show(study_progress.study_progress, key="study_progress", id=view.study.id)
    _result(view)
    _search(view)
    with st.expander(_("Study file")):
        st.code(write_yaml(view.study.spec), language="yaml")


def _result(view: StudyView) -> None:
    """The verdict and the figures that Compare would show of the reported runs, and what they cost."""
    st.html(section(_("Result"), _("of the runs that are reported, on prompts that chose nothing")))
    if view.comparison is None:
        st.html(Markup('<p class="al-soft">{}</p>').format(_("No reported run has ended yet.")))
        return
    ids = ",".join(run.id for run in view.comparison.runs)
    query = {"runs": ids, "group": grouping.ALL_BUT_SEED, "baseline": ""}
    live.show(compared_figures.summary, key="study_summary", first=None, **query)
    live.show(compared_figures.figures, key="study_figures", first=None, **query)
    if buttons.button(_("Open in Compare"), key="study_compare", icon=":material/stacked_line_chart:"):
        st.switch_page("views/compare.py", query_params={"study": view.study.id})
    st.html(section(_("What it cost"), _("means over the runs of a line")))
    live.static(study_tables.costs(view), key="study_costs")


def _search(view: StudyView) -> None:
    """What was tried, where the study has a search."""
    if view.trials:
        st.html(section(_("Search"), _("scored on the selection prompts; every method has as many trials")))
        live.static(study_tables.trials(view), key="study_trials")


def _buttons(study: Study) -> None:
    """What the person can ask of the study in its state."""
    if not people.current().may("researcher"):
        return
    with st.container(key="study_buttons", horizontal=True, gap="small", width="content"):
        if study.state == "running":
            _button("stop", _("Stop and save"), "stop_circle", study)
            _button("pause", _("Pause"), "pause", study)
        elif study.state == "paused":
            _button("resume", _("Resume"), "play_arrow", study)
            _button("stop", _("Stop"), "stop_circle", study)
        elif study.state != "succeeded":
            _button("resume", _("Resume"), "play_arrow", study)


def _button(name: str, label: str, icon: str, study: Study) -> None:
    kind = "primary" if name == "resume" else "secondary"
    if not buttons.button(label, key=f"study_{name}", icon=f":material/{icon}:", type=kind):
        return
    try:
        _ACTIONS[name](clients.database(), people.current(), study.id, time.time())
    except StorageError as error:
        toasts.refusal(error)
        return
    st.toast(_(_WHAT_FOLLOWS[name]))
    st.rerun()
