"""Launch: what is trained and how, on the left; what will happen and the run file, on the right.

Left out: the form (`launch.form`), the run file in and out (`launch.run_file`), and how a run enters the line
(`engine.launch`).
"""

import json
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import streamlit as st
from markupsafe import Markup

from app import clients, people
from app.actions import launching
from app.bridge import buttons, live
from app.datasets import example_data, token_preview
from app.launch import fields, form_state, preflight_cache, preset_cards, redirect, run_file, stages
from app.launch import form as launch_form
from app.markup import notices, texts
from app.translations import _, ngettext
from engine import launch
from engine.spec import CHAINS, PRESETS, SpecError, Train, dump, parse, write_yaml
from storage import datasets, run_lists, runs
from storage.database import Database
from storage.errors import StorageError
from storage.records import Dataset, Run

FORESEEN = "launch.foreseen"
GO = "launch.go"
ASKED = ("from", "preset", "stages", "dataset")


def show() -> None:
    """Presets; then three columns on a wide screen, one below the other on a narrow one."""
    redirect.redirect_to_new_run()
    fields.reapply_chips()
    db = clients.database()
    st.html(texts.heading(_("Launch")))
    arrive(db)
    form = look(db)
    preset_cards.show(form.spec, example_data.here(db))
    stages.panel()
    what, how, then = st.columns([1.02, 1.15, 0.95], gap="medium")
    with what, st.container(key="launch-what"):
        st.html(texts.section(_("1 · What")))
        launch_form.what(form)
    with how, st.container(key="launch-how"):
        st.html(texts.section(_("2 · How")))
        launch_form.how(form)
    with then, st.container(key="launch-then"):
        st.html(texts.section(_("3 · What will happen")))
        outcome(db, form)
    fields.page_drawn()


def arrive(db: Database) -> None:
    """Fill the form as the address asks: ?from=RUN, ?preset=NAME, ?stages=NAME, ?dataset=NAME. They are taken out of
    it, so that coming back later finds the form as it was left."""
    asked = {name: st.query_params.pop(name) for name in ASKED if name in st.query_params}
    try:
        if "from" in asked:
            former = runs.get(db, asked["from"])
            form_state.fill(parse({**former.spec, "name": launch.another_name(db, former.name)}))
            if former.origin != "local":  # the versions that it used are not here
                form_state.forget_version()
                form_state.forget_version("evaluation")
        elif asked.get("preset") in PRESETS:
            form_state.fill(parse(PRESETS[asked["preset"]]))
        elif asked.get("stages") in CHAINS.files:
            stages.hold(write_yaml(CHAINS.files[asked["stages"]]))
    except (StorageError, SpecError) as error:
        found = [error.text] if isinstance(error, StorageError) else [problem.text for problem in error.problems]
        st.html(notices.sentences(found, "bad"))
    if "dataset" in asked:
        st.session_state[form_state.key(form_state.algorithm(), "data.dataset")] = asked["dataset"]
        form_state.forget_version()


def look(db: Database) -> launch_form.Form:
    """The draft before any field is drawn: what was pressed or typed is in it already."""
    listed = tuple(datasets.listing(db))
    parents = tuple(run_lists.startable_from(db))
    settings = {setting.path: setting for setting in form_state.fields(form_state.algorithm())}
    form = launch_form.Form(settings, None, {}, listed, parents)
    form_state.choose_dataset(form.fitting())
    try:
        spec = parse(form_state.gather())
    except SpecError as error:
        return replace(form, problems={problem.path: problem.text for problem in error.problems})
    answer = preflight_cache.known(asked_of(spec, listed))
    return replace(form, spec=spec, problems={} if answer is None else answer.problems_by_path)


def outcome(db: Database, form: launch_form.Form) -> None:
    """Figures and problems, the button, which is shut while a problem is known, and the run file."""
    query = None if form.spec is None else asked_of(form.spec, form.listed)
    if query is None:
        st.html(notices.sentences(form.reasons(), "bad"))
    else:
        live.show(
            preflight_cache.preflight,
            key="foreseen",
            first=preflight_cache.first(query, st.session_state.get(FORESEEN)),
            **query,
        )
        st.session_state[FORESEEN] = preflight_cache.known(query) or st.session_state.get(FORESEEN)
    pressed = buttons.button(
        _("Launch"),
        type="secondary" if stages.held() else "primary",
        icon=":material/rocket_launch:",
        width="stretch",
        disabled=bool(form.problems),
        key=GO,
    )
    if pressed and query is not None and form.spec is not None:
        redirect.launch(GO, partial(enter, db, form.spec, query))
    st.html(Markup('<p class="al-note al-soft">{}</p>').format(ahead(db) if not form.problems else _shut(form)))
    run_file.panel(form.spec)
    if form.spec is not None and any(data.name == form.spec.data.dataset and data.items for data in form.listed):
        example(db, form.spec)


def example(db: Database, spec: Train) -> None:
    """The first item of the data as the model will see it; asked for only when it is unfolded."""
    if spec.model.name is None:  # a run's checkpoint: its model is the one of that run
        return
    box = st.expander(_("Which tokens are trained"), key="launch.example", on_change="rerun")
    if box.open:
        (item, *_rest), _total = datasets.items(db, spec.data.dataset, limit=1)
        limits = {"max_tokens": spec.data.max_tokens, "max_prompt_tokens": spec.data.max_prompt_tokens}
        with box:
            token_preview.show(spec.data.dataset, item.id, spec.model.name, limits)


def asked_of(spec: Train, listed: Sequence[Dataset]) -> dict[str, str]:
    """What the engine is asked: the run file, and a mark that changes with the data."""
    mark = hash(tuple((data.name, data.edited_at) for data in listed))
    return {"spec": json.dumps(dump(spec), sort_keys=True), "data": str(mark)}


def enter(db: Database, spec: Train, query: dict[str, str]) -> Run:
    """Check the run, which may have been done already, and put it into the line. Raises Refused or EngineError."""
    answer = preflight_cache.ask(query)
    if answer.problems:
        raise launching.Refused(answer.problem_texts)
    return launch.submit(db, spec, requested_by=people.current().name, now=time.time())


def _shut(form: launch_form.Form) -> str:
    count = len(form.problems)
    return ngettext("It can be launched when this is put right.", "It can be launched when these are put right.", count)


def ahead(db: Database) -> str:
    """When it would start."""
    if clients.engine().health() is None:
        words = _("The engine is off. Launched now, the run waits in the queue until it is started with")
        return Markup("{} <code>{}</code>").format(words, clients.engine_command())
    before = run_lists.count(db, states=["queued", "running"])
    if before == 0:
        return _("It starts at once: the queue is empty.")
    return ngettext("It starts after {count} other run.", "It starts after {count} other runs.", before)


show()
