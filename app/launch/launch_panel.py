"""The right column of the Launch page: the engine's estimate, the button that launches, the run file, an example.

Left out: asking the engine and when (`launch.preflight_cache`), how its answer looks (`launch.estimate`), and launching
itself (`launch.new_run`).
"""

from functools import partial

import streamlit as st
from markupsafe import Markup

from app import clients
from app.bridge import buttons, live
from app.datasets import token_preview
from app.launch import estimate, form_state, new_run, preflight_cache, run_file, stages
from app.launch.form_content import Form
from app.markup import notices, setting_names
from app.translations import _, ngettext
from engine.spec import Train
from storage import datasets, run_lists
from storage.database import Database
from words import Text

LAST_ANSWER = "launch.last_answer"
GO = "launch.go"


def panel(db: Database, form: Form) -> None:
    """Figures and problems, the button, which is shut while a problem is known, and the run file."""
    query = None if form.spec is None else preflight_cache.query_for(form.spec, form.listed)
    _preflight(form, query)
    with st.container(key="launch-bar"):
        pressed = buttons.button(
            _("Launch"),
            type="secondary" if stages.are_shown() else "primary",
            icon=":material/rocket_launch:",
            width="stretch",
            disabled=bool(form.problems),
            key=GO,
        )
        buttons.answer_at_once(GO, _("Launching"))
        if pressed and query is not None and form.spec is not None:
            new_run.launch(GO, partial(new_run.launch_checked, db, form.spec, query))
        note = _start_note(db) if not form.problems else _shut_note(form)
        st.html(Markup('<p class="al-note al-soft">{}</p>').format(note))
    run_file.panel(form.spec)
    if form.spec is not None and any(data.name == form.spec.data.dataset and data.items for data in form.listed):
        _example(db, form.spec)


def _preflight(form: Form, query: dict[str, str] | None) -> None:
    """The engine's estimate for the run; what is wrong with the form while it makes no run."""
    if query is None:
        reasons = _reasons(form)
        st.html(estimate.with_brief(notices.sentences(reasons, "bad"), estimate.problems_in_brief(reasons)))
        return
    live.show(
        preflight_cache.preflight,
        key="preflight",
        first=preflight_cache.initial_fragment(query, st.session_state.get(LAST_ANSWER)),
        **query,
    )
    st.session_state[LAST_ANSWER] = preflight_cache.cached(query) or st.session_state.get(LAST_ANSWER)


def _reasons(form: Form) -> list[Text]:
    """Every problem, its setting called as the form calls it."""
    return [setting_names.in_words(text, form_state.algorithm()) for text in form.problems.values()]


def _example(db: Database, spec: Train) -> None:
    """The first item of the data as the model will see it; read only when it is unfolded."""
    if spec.model.name is None:  # a run's checkpoint: its model is the one of that run
        return
    box = st.expander(_("Which tokens are trained"), key="launch.example", on_change="rerun")
    if box.open:
        (item, *_rest), _total = datasets.items(db, spec.data.dataset, limit=1)
        settings = {name: getattr(spec.data, name) for name in token_preview.SETTINGS}
        with box:
            token_preview.show(spec.data.dataset, item.id, spec.model.name, settings)


def _shut_note(form: Form) -> str:
    count = len(form.problems)
    return ngettext("It can be launched when this is put right.", "It can be launched when these are put right.", count)


def _start_note(db: Database) -> str:
    """When the run would start."""
    engine = clients.engine()
    if engine.health() is None:
        if soon := engine.soon():
            return _(soon)
        words = _("The engine is off. Launched now, the run waits in the queue until it is started with")
        return Markup("{} <code>{}</code>").format(words, clients.engine_command())
    before = run_lists.count(db, states=("queued", "running"))
    if before == 0:
        return _("It starts at once: the queue is empty.")
    return ngettext("It starts after {count} other run.", "It starts after {count} other runs.", before)
