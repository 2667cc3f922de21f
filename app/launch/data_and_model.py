"""What a run is trained on, and what is trained: dataset, model, which of its weights, the method, and the run's name.

Left out: how it is trained (`launch.form`).
"""

from functools import partial

import streamlit as st
from markupsafe import Markup

from app.bridge import buttons, pending_values
from app.datasets import item_rows
from app.launch import fields, form_state, method_cards, model_names
from app.launch.form import MOST_LISTED, block_mistakes, block_settings, draw, grid
from app.launch.form_content import Form
from app.translations import _, ngettext
from engine.spec import ALGORITHMS, known_models
from storage.records import Dataset

MOST_UNSUITED = 3  # that are named below it


def what(form: Form) -> None:
    """Data and model first, since they are what a person comes with; then the method."""
    with st.container(gap="xxsmall"):
        _dataset(form)
    _model(form)
    _adapter(form)
    method_cards.cards()
    draw(form, form.settings["name"])
    if form_state.value("fork"):  # the run file of a fork was brought here
        draw(form, form.settings["fork"])


def _dataset(form: Form) -> None:
    """A select of the datasets that the method can learn from, and why the others are not in it."""
    state_key = form_state.key(form_state.algorithm(), "data.dataset")
    by_name = {data.name: data for data in form.listed}
    fitting = form.fitting()
    pending_values.keep_value(state_key, None)
    current = st.session_state[state_key]
    st.selectbox(
        _("Dataset"),
        list(dict.fromkeys([*([current] if current else []), *fitting[:MOST_LISTED]])),
        index=None,
        key=state_key,
        placeholder=_("Choose a dataset"),
        format_func=lambda name: (
            f"{name} · {item_rows.count(by_name[name].kind, by_name[name].items)}" if name in by_name else name
        ),
        help=_typed_help(fitting),
        accept_new_options=len(fitting) > MOST_LISTED,
        persist_state="session",
        on_change=form_state.forget_version,
    )
    if current in by_name and current not in fitting:
        st.html(_does_not_fit(by_name[current]))
    elif "data.dataset" in form.problems:
        st.html(fields.mistake(_("Dataset"), form.problems["data.dataset"]))
    if not form.listed and buttons.button(_("Import a dataset"), key="launch.import", icon=":material/upload:"):
        st.switch_page("views/data.py")
    _others([data for data in form.listed if data.name not in (*fitting, current)])


def _typed_help(fitting: list[str]) -> str | None:
    """Where not all are listed, how to get at the others."""
    if len(fitting) <= MOST_LISTED:
        return None
    listed = _("The {count} that were last used or edited are listed; type the name of another one.")
    return listed.format(count=MOST_LISTED)


def _does_not_fit(data: Dataset) -> Markup:
    algorithm = ALGORITHMS[form_state.algorithm()]
    wrong = _("{method} learns from {kinds}; {name} holds {kind}.").format(
        method=_(algorithm.title),
        kinds=item_rows.either(algorithm.data_kinds),
        name=data.name,
        kind=item_rows.kind_name(data.kind),
    )
    return fields.mistake("", ("{wrong}", {"wrong": wrong}))


def _others(others: list[Dataset]) -> None:
    """Datasets that the method cannot learn from, and what they hold instead."""
    if not others:
        return
    named = [f"{data.name}, {item_rows.kind_name(data.kind)}" for data in others[:MOST_UNSUITED]]
    if rest := len(others) - len(named):
        named.append(ngettext("{count} more", "{count} more", rest))
    note = _("Not for this method: {others}").format(others=" · ".join(named))
    st.html(Markup('<p class="al-note al-soft">{}</p>').format(note))


def _model(form: Form) -> None:
    """Models by name, and the runs that another can start from; an id or a folder can be typed."""
    names = model_names.ModelNames(form.parents)
    pending_values.keep_value(form_state.slot("model"), form_state.model())
    current = form_state.model()
    with st.container(gap="xxsmall"):
        st.selectbox(
            _("Model"),
            names.options(current),
            key=form_state.slot("model"),
            format_func=names.title,
            accept_new_options=True,
            help=names.help,
            persist_state="session",
        )
        if current in known_models():
            st.caption(_(known_models()[current].about))
        block_mistakes(form, "model", _("Model"))


def _adapter(form: Form) -> None:
    """Which weights are trained, and the adapter's own settings."""
    pending_values.keep_value(form_state.slot("adapter"), form_state.ADAPTERS[0])
    st.segmented_control(
        _("Fine-tuning"),
        form_state.ADAPTERS,
        required=True,
        key=form_state.slot("adapter"),
        format_func=lambda kind: _("LoRA") if kind == "lora" else _("Full"),
        help=_("Full trains all weights; LoRA trains a small adapter beside them and needs far less memory."),
        persist_state="session",
    )
    if st.session_state[form_state.slot("adapter")] != "none":
        grid([partial(draw, form, setting) for setting in block_settings(form, "model.adapter")])
