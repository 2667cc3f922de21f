"""Making a study: fields or a file, what it will take, and the button that launches it.

The address says what the form is filled from: ?new=NAME is a preset, ?new=ID another study. Left out: the file that the
fields make (`study_content`).
"""

import time
from collections.abc import Mapping
from typing import Any

import streamlit as st
from markupsafe import Markup

from app import clients, people
from app.actions import launching
from app.bridge import buttons, live
from app.datasets import example_data
from app.launch import new_run, preflight_cache
from app.markup import notices, setting_names, tables, texts
from app.studies import study_content, study_tables
from app.studies.study_content import Content
from app.translations import N_, _
from engine.spec import ALGORITHMS, STUDIES, SpecError, StudySpec, known_models, parse_study, read_yaml, write_yaml
from storage import datasets, studies
from storage.database import Database
from storage.errors import StorageError
from storage.records import Study
from words import Text

FAIR_QUARTET = "fair-quartet"
GO = "study.go"
FILLED = "study.filled"  # what the fields were filled from last: the word of the address
BASE = "study.base"  # the file that they were filled from
HOW, TEXT = "study.how", "study.text"
_FORMS = {"fields": N_("Fields"), "file": N_("File")}
_SEARCHES = {
    "none": N_("none: suggested settings"),
    "random": N_("random"),
    "tpe": N_("TPE: more where trials were good"),
    "grid": N_("grid: all recommended values"),
}


def show(db: Database, source: str) -> None:
    """The form; `source` is what the address fills it from."""
    st.html(texts.heading(_("New study"), _("Studies")))
    problems = _fill(db, source)
    if problems:
        st.html(notices.sentences(problems, "bad"))
    written, outlook = st.columns([3, 2], gap="large")
    with written:
        how = st.segmented_control(
            _("Write it as"),
            list(_FORMS),
            format_func=lambda name: _(_FORMS[name]),
            key=_kept(HOW),
            required=True,
            label_visibility="collapsed",
        )
        file = _file() if how == "file" else study_content.study_file(_fields(db), st.session_state[BASE])
    with outlook:
        st.html(texts.section(_("What will happen")))
        _outlook(db, file)


def launch_quartet(db: Database) -> None:
    """The button that launches the fair quartet as it is."""
    key = f"{GO}.{FAIR_QUARTET}"
    if not example_data.has_pairs(db):
        example_data.import_button(primary=True)
    elif buttons.button(_("Launch the fair quartet"), key=key, icon=":material/rocket_launch:", type="primary"):
        spec = parse_study(STUDIES[FAIR_QUARTET])
        new_run.launch(key, lambda: _launch(db, spec), "views/studies.py")


def _fill(db: Database, source: str) -> list[Text]:
    """Fill the fields anew where the address names something else than before; what keeps it from being read."""
    if st.session_state.get(FILLED) == source and BASE in st.session_state:
        return []
    problems: list[Text] = []
    file = STUDIES[FAIR_QUARTET]
    try:
        file = STUDIES[source] if source in STUDIES else studies.get(db, source).spec if source else file
        values = study_content.content(file)
    except SpecError as error:
        problems, file = _sentences(error), STUDIES[FAIR_QUARTET]
    except StorageError as error:
        problems, file = [error.text], STUDIES[FAIR_QUARTET]
    if problems:
        values = study_content.content(file)
    st.session_state[BASE] = dict(file)
    for name, value in vars(values).items():
        st.session_state[f"study.{name}"] = list(value) if isinstance(value, tuple) else value
    st.session_state[TEXT] = write_yaml(study_content.study_file(values, file))
    st.session_state[HOW] = "fields"
    st.session_state[FILLED] = source
    return problems


def _kept(key: str) -> str:
    """The key of a widget whose value outlives a run in which it is not drawn."""
    st.session_state[key] = st.session_state.get(key)
    return key


def _fields(db: Database) -> Content:
    """The fields, and what they hold. Rows of columns, so that a phone has them in the same order."""
    st.text_input(_("Name"), key=_kept("study.name"), placeholder=_("what it compares, if left empty"))
    st.pills(
        _("Methods"),
        list(ALGORITHMS),
        selection_mode="multi",
        wrap=True,
        key=_kept("study.algorithms"),
        format_func=lambda name: _(ALGORITHMS[name].title),
        help=_("Each gets the settings that the model suggests for it."),
    )
    dataset, model = st.columns(2)
    names = [data.name for data in datasets.listing(db) if data.items]
    dataset.selectbox(_("Dataset"), _with(names, "study.dataset"), key=_kept("study.dataset"))
    known = _with(list(known_models()), "study.model")
    model.selectbox(
        _("Model"),
        known,
        key=_kept("study.model"),
        format_func=lambda name: name or _("that of a run"),
        accept_new_options=True,
    )
    _measured()
    _searched()
    held = {name: st.session_state[f"study.{name}"] for name in Content.__dataclass_fields__}
    return Content(**held | {"algorithms": tuple(held["algorithms"]), "fractions": tuple(held["fractions"])})


def _with(options: list[str], key: str) -> list[str]:
    """The options, with what the field holds among them."""
    current = st.session_state.get(key)
    return options if current is None or current in options else [current, *options]


def _measured() -> None:
    """What all runs have in common: how long, with which seeds, measured on how many prompts."""
    amount, unit = st.columns(2)
    amount.number_input(_("Budget of each run"), min_value=1, key=_kept("study.amount"))
    unit.selectbox(
        _("Budget in"),
        study_content.UNITS,
        key=_kept("study.unit"),
        format_func=lambda name: _(study_tables.UNITS[name]),
        help=_("Runs with a budget in seconds have the machine to themselves."),
    )
    seeds, prompts = st.columns(2)
    seeds.number_input(
        _("Seeds"),
        min_value=1,
        max_value=study_content.MOST_SEEDS,
        key=_kept("study.seeds"),
        help=_("Three or more: with one seed nothing can be said of other seeds."),
    )
    prompts.number_input(
        _("Evaluation prompts"),
        min_value=2,
        key=_kept("study.prompts"),
        help=_("64 or more: fewer hide small differences."),
    )


def _searched() -> None:
    """How settings are chosen, with the same effort for every method, and the axis of the data."""
    search, trials = st.columns(2)
    search.selectbox(
        _("Search before it"),
        list(_SEARCHES),
        key=_kept("study.search"),
        format_func=lambda name: _(_SEARCHES[name]),
        help=_("Trials are scored on selection prompts; the best of each method is then run with all seeds."),
    )
    off = st.session_state["study.search"] in ("none", "grid")
    trials.number_input(_("Trials of each method"), min_value=2, max_value=200, disabled=off, key=_kept("study.trials"))
    st.pills(
        _("Shares of the data"),
        study_content.FRACTIONS,
        selection_mode="multi",
        wrap=True,
        key=_kept("study.fractions"),
        format_func=texts.percent,
        help=_("How much data is enough: each method is trained on each of these shares."),
    )


def _file() -> dict[str, Any] | SpecError:
    """The file that is written here; at first that of the fields."""
    text = st.text_area(_("Study file"), key=_kept(TEXT), height=460)
    try:
        return read_yaml(text)
    except SpecError as error:
        return error


def _outlook(db: Database, file: Mapping[str, Any] | SpecError) -> None:
    """What the study will be and take, the button, and the file of the fields."""
    spec = _checked(file)
    if isinstance(spec, SpecError):
        st.html(notices.sentences(map(setting_names.in_words, _sentences(spec)), "bad"))
    else:
        common = (_("In common"), study_tables.same_for_all(spec))
        st.html(tables.pairs([(_("Compares"), study_tables.methods(spec)), common]))
        query = preflight_cache.query_for(spec, datasets.listing(db))
        first = preflight_cache.initial_fragment(query, None)
        live.show(preflight_cache.preflight, key="study_preflight", first=first, **query)
    pressed = buttons.button(
        _("Launch"), key=GO, type="primary", icon=":material/rocket_launch:", disabled=isinstance(spec, SpecError)
    )
    buttons.answer_at_once(GO, _("Launching"))
    if isinstance(spec, SpecError):
        return
    if pressed:
        new_run.launch(GO, lambda: _launch(db, spec), "views/studies.py")
    if clients.engine().health() is None:
        words = _("The engine is off. Launched now, the study waits until it is started with")
        st.html(Markup('<p class="al-note al-soft">{} <code>{}</code></p>').format(words, clients.engine_command()))
    if st.session_state[HOW] == "fields":
        with st.expander(_("Study file"), key="study_form_file"):
            st.code(write_yaml(spec.file), language="yaml")


def _checked(file: Mapping[str, Any] | SpecError) -> StudySpec | SpecError:
    if isinstance(file, SpecError):
        return file
    try:
        return parse_study(file)
    except SpecError as error:
        return error


def _sentences(error: SpecError) -> list[Text]:
    return [problem.text for problem in error.problems]


def _launch(db: Database, spec: StudySpec) -> Study:
    """Raises Refused, EngineError or StorageError."""
    query = preflight_cache.query_for(spec, datasets.listing(db))
    return launching.launch_study(
        db, people.current(), spec, time.time(), preflight=lambda _file: preflight_cache.fetch(query)
    ).study
