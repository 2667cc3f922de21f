"""Making a study: a few fields, or a file; what it will take; the button that launches it.

The fields cover what most studies say; everything else is written in the file, which starts as what the fields say.
"""

import time
from collections.abc import Mapping
from typing import Any

import streamlit as st
from markupsafe import Markup

from app import clients, people
from app.actions import launching
from app.bridge import buttons, live
from app.launch import new_run, preflight_cache
from app.markup import notices
from app.markup.texts import section
from app.translations import N_, _
from engine.spec import ALGORITHMS, STUDIES, SpecError, StudySpec, known_models, parse_study, read_yaml, write_yaml
from engine.spec.study import Search
from storage import datasets
from storage.database import Database
from storage.records import Dataset, Study

FAIR_QUARTET = "fair-quartet"
GO = "study.go"
FILE = "study.file"
_UNITS = {
    "tokens": N_("tokens trained on"),
    "steps": N_("updates"),
    "samples": N_("answers trained on"),
    "seconds": N_("seconds, alone on the machine"),
}
_USUAL = {"tokens": 120_000, "steps": 100, "samples": 2_000, "seconds": 60}
_SEARCHES = {"": N_("none: recommended settings"), "random": N_("random"), "tpe": N_("TPE")}
_FORMS = {"fields": N_("Fields"), "file": N_("File")}


def show(db: Database) -> None:
    """The fields or the file, the engine's estimate, and the button."""
    st.html(section(_("New study"), _("same data, evaluation, budget and seeds for every method")))
    form = st.segmented_control(
        _("Write it as"),
        list(_FORMS),
        format_func=lambda name: _(_FORMS[name]),
        key="study.form",
        default="fields",
        label_visibility="collapsed",
    )
    with st.container(key="study_form"):
        file = _file() if form == "file" else _fields(datasets.listing(db))
    spec = _checked(file)
    _estimate(db, spec)
    _launch_button(db, spec)


def launch_preset(db: Database, *, primary: bool) -> None:
    """The button that launches the fair quartet as it is."""
    kind = "primary" if primary else "secondary"
    key = f"{GO}.{FAIR_QUARTET}"
    if buttons.button(_("Launch the fair quartet"), key=key, icon=":material/rocket_launch:", type=kind):
        spec = parse_study(STUDIES[FAIR_QUARTET])
        new_run.launch(key, lambda: _launch(db, spec), "views/studies.py")


def _fields(listed: list[Dataset]) -> dict[str, Any]:
    """The file that the fields make."""
    names = [data.name for data in listed]
    methods = st.pills(
        _("Methods"),
        list(ALGORITHMS),
        selection_mode="multi",
        default=STUDIES[FAIR_QUARTET]["algorithms"],
        format_func=lambda name: _(ALGORITHMS[name].title),
        key="study.methods",
    )
    left, middle, right = st.columns(3)
    usual = STUDIES[FAIR_QUARTET]["base"]["data"]["dataset"]
    dataset = left.selectbox(
        _("Dataset"), names, index=names.index(usual) if usual in names else None, key="study.dataset"
    )
    model = middle.selectbox(_("Model"), list(known_models()), key="study.model", accept_new_options=True)
    prompts = right.number_input(
        _("Evaluation prompts"),
        min_value=2,
        value=64,
        help=_("64 or more: fewer hide small differences."),
        key="study.prompts",
    )
    unit = left.selectbox(_("Budget in"), list(_UNITS), format_func=lambda name: _(_UNITS[name]), key="study.unit")
    amount = middle.number_input(_("Budget of each run"), min_value=1, value=_USUAL[unit], key=f"study.amount.{unit}")
    seeds = right.number_input(
        _("Seeds"),
        min_value=1,
        max_value=20,
        value=3,
        key="study.seeds",
        help=_("Three or more: with one seed nothing can be said of other seeds."),
    )
    kind = left.selectbox(
        _("Search before it"),
        list(_SEARCHES),
        format_func=lambda name: _(_SEARCHES[name]),
        key="study.search",
        help=_(Search.model_fields["kind"].description or ""),
    )
    trials = middle.number_input(
        _("Trials of each method"), min_value=2, value=6, key="study.trials", disabled=not kind
    )
    file = {
        "base": {
            "model": {"name": model},
            "data": {"dataset": dataset},
            "evaluation": {"prompts": int(prompts), "every": 20},
        },
        "algorithms": list(methods),
        "seeds": list(range(int(seeds))),
        "budget": {unit: int(amount)},
    }
    return {**file, "search": {"kind": kind, "trials": int(trials)}} if kind else file


def _file() -> dict[str, Any] | SpecError:
    """The file that is written here; at first that of the fair quartet."""
    st.session_state.setdefault(FILE, write_yaml(STUDIES[FAIR_QUARTET]))
    text = st.text_area(_("Study file"), key=FILE, height=320)
    try:
        return read_yaml(text)
    except SpecError as error:
        return error


def _checked(file: Mapping[str, Any] | SpecError) -> StudySpec | SpecError:
    if isinstance(file, SpecError):
        return file
    try:
        return parse_study(file)
    except SpecError as error:
        return error


def _estimate(db: Database, spec: StudySpec | SpecError) -> None:
    if isinstance(spec, SpecError):
        st.html(notices.sentences([problem.text for problem in spec.problems], "bad"))
        return
    query = preflight_cache.query_for(spec, datasets.listing(db))
    live.show(
        preflight_cache.preflight,
        key="study_preflight",
        first=preflight_cache.initial_fragment(query, None),
        **query,
    )


def _launch_button(db: Database, spec: StudySpec | SpecError) -> None:
    pressed = buttons.button(
        _("Launch"),
        key=GO,
        type="primary",
        icon=":material/rocket_launch:",
        disabled=isinstance(spec, SpecError),
    )
    buttons.answer_at_once(GO, _("Launching"))
    if pressed and isinstance(spec, StudySpec):
        new_run.launch(GO, lambda: _launch(db, spec), "views/studies.py")
    if clients.engine().health() is None:
        words = _("The engine is off. Launched now, the study waits until it is started with")
        st.html(Markup('<p class="al-note al-soft">{} <code>{}</code></p>').format(words, clients.engine_command()))


def _launch(db: Database, spec: StudySpec) -> Study:
    """Raises Refused, EngineError or StorageError."""
    query = preflight_cache.query_for(spec, datasets.listing(db))
    return launching.launch_study(
        db, people.current(), spec, time.time(), preflight=lambda _file: preflight_cache.fetch(query)
    ).study
