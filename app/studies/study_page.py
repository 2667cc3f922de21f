"""The page of one study: how far it is, the verdict, what each method came to and paid, its search, its runs, its file.

Left out: the list (`studies_list`), and making one (`study_form`).
"""

import time
from collections.abc import Callable, Mapping

import streamlit as st
from markupsafe import Markup

from app import clients, people
from app.actions import study_requests
from app.bridge import buttons, live, toasts
from app.compare import figures as compared_figures
from app.compare import verdict_section
from app.markup.texts import empty, heading, section, sentence, short
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
    try:
        view = study_view.read(clients.database(), study_id, time.time())
    except StorageError as error:
        st.html(heading(_("Study")))
        st.html(empty(str(sentence(error.text)), _("It may have been deleted, or the address is incomplete.")))
        if buttons.button(_("All studies"), key="all_studies", type="primary"):
            st.switch_page("views/studies.py")
        return
    st.html(heading(view.study.name, f"{_('Studies')} / {short(view.study.id)}"))
    live.show(study_progress.study_progress, key="study_progress", id=view.study.id)
    with st.container(key="study_buttons", horizontal=True, gap="small"):
        _buttons(view)
    _verdict(view)
    _paid(view)
    if view.trials:
        st.html(section(_("Search"), _("scored on the selection prompts; every method has as many trials")))
        live.static(study_tables.trials(view), key="study_trials")
    to_come = view.planned - len(view.runs)
    st.html(section(_("Runs"), _("{count} to come").format(count=to_come) if to_come else ""))
    live.show(study_progress.study_runs, key="study_runs", id=view.study.id)
    with st.expander(_("Study file"), key="study_file"):
        st.caption(_("The same study again: alignlab study FILE.yaml"))
        st.code(write_yaml(view.study.spec), language="yaml")


def _verdict(view: StudyView) -> None:
    """Which method is better, if that can be said of the reported runs that have ended."""
    st.html(section(_("Verdict"), _("of the runs that are reported, on prompts that chose nothing")))
    if view.comparison is None:
        st.html(Markup('<p class="al-soft">{}</p>').format(_("No reported run has ended yet.")))
        return
    ids = ",".join(run.id for run in view.comparison.runs)
    query = {"runs": ids, "group": grouping.ALL_BUT_SEED, "baseline": ""}
    live.show(compared_figures.summary, key="study_summary", first=None, **query)
    if len(view.comparison.groups) > 1:
        box = st.expander(
            _("Pairs of methods, prompts where the order turns, and the same at equal KL"),
            key="study_verdict",
            on_change="rerun",
        )
        if box.open:
            with box:
                live.show(verdict_section.verdict_figures, key="study_verdict_figures", first=None, **query)


def _paid(view: StudyView) -> None:
    """What each method came to, beside what that cost."""
    if view.comparison is None:
        return
    note = _("means of a run ± how far its seeds lie apart; evaluations cost on top")
    st.html(section(_("What each method came to and paid"), note))
    live.static(study_tables.paid(view), key="study_costs")


def _buttons(view: StudyView) -> None:
    """What the person can do with the study in its state."""
    study, changes = view.study, people.current().may("researcher")
    if changes and study.state == "running":
        _button("stop", _("Stop and save"), "stop_circle", study)
        _button("pause", _("Pause"), "pause", study)
    elif changes and study.state != "succeeded":
        _button("resume", _("Resume"), "play_arrow", study)
        if study.state == "paused":
            _button("stop", _("Stop"), "stop_circle", study)
    if view.comparison is not None and buttons.button(
        _("Open in Compare"), key="study_compare", icon=":material/stacked_line_chart:"
    ):
        st.switch_page("views/compare.py", query_params={"study": study.id})
    if (
        changes
        and view.spec is not None
        and buttons.button(_("Duplicate"), key="study_duplicate", icon=":material/content_copy:")
    ):
        st.switch_page("views/studies.py", query_params={"new": study.id})


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
