"""The form of Launch made from the settings that `engine.spec` declares: what is trained, and how.

A new setting or block shows itself: blocks without a title of their own are listed under their name. Left out: how one
setting becomes a widget (`launch.fields`), and where its value is kept (`launch.form_state`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import streamlit as st
from markupsafe import Markup

from app.bridge import buttons, pending_values
from app.datasets import item_rows
from app.launch import fields, form_state, method_cards, model_names, preflight_cache, watch_rules
from app.translations import N_, _, ngettext
from engine.spec import (
    ALGORITHMS,
    Setting,
    SpecError,
    Train,
    known_models,
    metric,
    metric_keys,
    parse,
    resolve,
    suggested,
)
from engine.spec.blocks import Optimizer
from storage import datasets, run_lists
from storage.database import Database
from storage.records import Dataset, RunName
from words import Text

OPEN = ("optimizer.learning_rate", "optimizer.batch_size", "seed")
BESIDE = ("budget", "model", "model.name", "model.from")  # problems shown at the select of the whole block
ELSEWHERE = ("data.dataset", "name", "fork")
# block -> title, and what the folded block says of itself
GROUPS = {
    "optimizer": (N_("Optimizer"), N_("{schedule}, warm-up {warmup_ratio}, clip {max_grad_norm}")),
    "evaluation": (N_("Evaluation"), N_("every {every} steps on {prompts} prompts")),
    "checkpoint": (N_("Checkpoints"), N_("every {every} steps, the last {keep_last} and the best are kept")),
    "data": (N_("Tokens"), N_("{max_tokens} at most, {max_prompt_tokens} for the prompt")),
    "sampling": (N_("Sampling"), N_("temperature {temperature}, {max_new_tokens} tokens at most")),
    "reward": (N_("Reward"), N_("in training: {reward}")),
    "watch": (N_("Watch"), ""),
    "notify": (N_("Webhook"), N_("told at the end: {webhook}")),
    "resources": (N_("Machine"), N_("device {device}, precision {precision}")),
}

BLANKS = {
    "name": N_("made from method and data"),
    "data.filter": N_("all items"),
    "notify.webhook": N_("none"),
    "evaluation.dataset": N_("the held-out part"),
    "data.enable_thinking": N_("as the chat template does"),
}
POLITE, GIVEN, NONE = N_("polite"), N_("the scores of the data"), N_("none, the answers are the data's own")


@dataclass(frozen=True)
class Form:
    """What the form holds at one time: settings by path, the run they make or what is wrong with them."""

    settings: Mapping[str, Setting]
    spec: Train | None
    problems: Mapping[str, Text]
    listed: tuple[Dataset, ...]
    parents: tuple[RunName, ...]  # runs that another one can start from

    def reasons(self) -> list[Text]:
        """Every problem, its setting called as the form calls it."""
        names = {path: _(setting.title) for path, setting in self.settings.items()}
        return [
            (msgid, {**values, "path": names.get(path, values.get("path"))})
            for path, (msgid, values) in self.problems.items()
        ]

    def fitting(self) -> list[str]:
        """Names of the datasets that the method can learn from, those made for it first."""
        kinds = ALGORITHMS[form_state.algorithm()].data_kinds
        return [data.name for kind in kinds for data in self.listed if data.kind == kind]


def read(db: Database) -> Form:
    """The form before any field is drawn: the session's state holds already what was pressed or typed."""
    available = tuple(datasets.listing(db))
    parents = tuple(run_lists.startable_from(db))
    settings = {setting.path: setting for setting in form_state.fields(form_state.algorithm())}
    form = Form(settings, None, {}, available, parents)
    form_state.choose_dataset(form.fitting())
    try:
        spec = parse(form_state.gather())
    except SpecError as error:
        return replace(form, problems={problem.path: problem.text for problem in error.problems})
    answer = preflight_cache.cached(preflight_cache.query_for(spec, available))
    return replace(form, spec=spec, problems={} if answer is None else answer.problems_by_path)


def what(form: Form) -> None:
    """Method, dataset, model, and which of its weights are trained."""
    method_cards.cards()
    _dataset(form)
    _model(form)
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
        _grid([partial(_field, form, setting) for setting in _block(form, "model.adapter")])
    _field(form, form.settings["name"])
    if st.session_state.get(form_state.key(form_state.algorithm(), "fork")):  # the run file of a fork was brought here
        _field(form, form.settings["fork"])


def how(form: Form) -> None:
    """The method's own settings and those that always matter; then the other blocks, closed, with a summary each."""
    own = [setting for path, setting in form.settings.items() if _top(path) not in Train.model_fields]
    cells = [partial(_field, form, setting) for setting in (*own, *(form.settings[path] for path in OPEN))]
    pending_values.keep_value(form_state.slot("unit"), form_state.UNITS[0])
    unit = st.session_state[form_state.slot("unit")]
    amount = [] if unit == "auto" else [partial(_field, form, form.settings[f"budget.{unit}"])]
    _grid([*cells[:-1], partial(_unit, form), *amount, cells[-1]])
    with st.container(gap="xsmall"):
        for block in dict.fromkeys([*GROUPS, *map(_top, form.settings)]):
            members = [setting for setting in _block(form, block) if setting.path not in (*OPEN, *ELSEWHERE)]
            if block == "watch":
                key = form_state.key(form_state.algorithm(), block)
                watch_rules.section(form.settings[block], key, form.problems, form.spec)
            elif members and block in Train.model_fields and block not in ("budget", "model"):
                _folded(form, block, members)


def _top(path: str) -> str:
    return path.partition(".")[0]


def _inside(path: str, block: str) -> bool:
    return path == block or path.startswith(f"{block}.")


def _block(form: Form, block: str) -> list[Setting]:
    """The settings inside a block, or the one that is the block."""
    return [setting for path, setting in form.settings.items() if _inside(path, block)]


def _grid(cells: Sequence[Callable[[], None]]) -> None:
    """Two fields in a row, so that rows stay level whatever stands under a field."""
    for first in range(0, len(cells), 2):
        for column, cell in zip(st.columns(2, gap="small"), cells[first : first + 2], strict=False):
            with column:
                cell()


def _field(form: Form, setting: Setting) -> None:
    algorithm, path = form_state.algorithm(), setting.path
    context = fields.FieldContext(
        chips=suggested(path, setting.suggested, form_state.model(), algorithm),
        problems=form.problems,
        offered=_offered(form, path),
        blank=_blank(form, path),
        changed=partial(form_state.forget_version, "evaluation") if path == "evaluation.dataset" else None,
    )
    fields.draw(setting, form_state.key(algorithm, path), context)


def _offered(form: Form, path: str) -> list[str] | None:
    if path == "evaluation.dataset":
        return [data.name for data in form.listed]
    if path == "checkpoint.keep_best" and form.spec is not None:
        return [key for key in metric_keys(form.spec) if metric(key).section == "held_out" and "{" not in key]
    return None


def _blank(form: Form, path: str) -> str | None:
    """What an empty field means, where more can be said than its default."""
    if path == "optimizer.learning_rate" and form.spec is not None:
        automatic = resolve(form.spec.model_copy(update={"optimizer": Optimizer()}))
        return _("auto: {value}").format(value=fields.compact(automatic.optimizer.learning_rate))
    if path == "reward":
        return _unnamed_reward(form)
    if path == "evaluation.reward":
        return _("as in training") if form.spec is not None and form.spec.reward else _(POLITE)
    return _(BLANKS[path]) if path in BLANKS else None


def _unnamed_reward(form: Form) -> str:
    """What scores answers in training where no reward is named: nothing does, where they are the data's own pairs."""
    choice = form.settings.get("data.source")  # not there where the method has only one
    source = ALGORITHMS[form_state.algorithm()].sources[0] if choice is None else _value(choice)
    if source == "sampled":
        return _(POLITE)
    dataset = st.session_state.get(form_state.key(form_state.algorithm(), "data.dataset"))
    scored = any(data.name == dataset and data.kind == "groups" for data in form.listed)
    return _(GIVEN) if scored else _(NONE)


def _unit(form: Form) -> None:
    """What the budget is counted in. Counting in steps starts from what the model suggests."""
    steps = _suggested_steps(form)
    names = {unit: _(form.settings[f"budget.{unit}"].title) for unit in form_state.UNITS[1:]}
    automatic = _("auto") if steps is None else _("auto: {value} steps").format(value=steps)

    def start() -> None:
        if st.session_state[form_state.slot("unit")] == "steps":
            st.session_state.setdefault(form_state.key(form_state.algorithm(), "budget.steps"), steps)

    with st.container(gap="xxsmall"):
        st.selectbox(
            _("Budget"),
            form_state.UNITS,
            key=form_state.slot("unit"),
            format_func=lambda unit: names.get(unit, automatic),
            help=_("When the run ends: by itself as the model suggests for the method, or after so many of these."),
            on_change=start,
            persist_state="session",
        )
        _block_mistakes(form, "budget", _("Budget"))


def _suggested_steps(form: Form) -> int | None:
    if form.spec is None:
        return None
    budget = resolve(form.spec.model_copy(update={"budget": "auto"})).budget
    return None if budget == "auto" else budget.steps


def _block_mistakes(form: Form, block: str, title: str) -> None:
    """Mistakes of a whole block, which no single field has."""
    for path in BESIDE:
        if path.startswith(block) and path in form.problems:
            st.html(fields.mistake(title, form.problems[path]))


def _folded(form: Form, block: str, members: Sequence[Setting]) -> None:
    title, summary = GROUPS.get(block, (block, ""))
    changed = sum(_value(setting) != fields.to_widget(setting, setting.default) for setting in members)
    wrong = sum(path == block or any(_inside(path, setting.path) for setting in members) for path in form.problems)
    label = f"**{_(title)}** :gray[{_(summary).format(**_values_in_words(form, block))}]"
    if changed:
        edits = ngettext("{count} changed", "{count} changed", changed)
        label += f" :primary[· {edits}]"
    if wrong:
        mistakes = ngettext("{count} mistake", "{count} mistakes", wrong)
        label += f" :red[✕ {mistakes}]"
    with st.expander(label, key=f"fold.{block}"):
        if block in form.problems and block not in form.settings:
            st.html(fields.mistake(_(title), form.problems[block]))
        _grid([partial(_field, form, setting) for setting in members])


def _value(setting: Setting) -> Any:
    """What the field holds, or would hold if it had been drawn."""
    state_key = form_state.key(form_state.algorithm(), setting.path)
    return st.session_state.get(state_key, fields.to_widget(setting, setting.default))


def _values_in_words(form: Form, block: str) -> dict[str, str]:
    """The values of a block in words, by the last part of their paths."""
    words = {}
    for setting in _block(form, block):
        value = _entry_kinds(setting) if setting.kinds else _value(setting)
        blank = _blank(form, setting.path) or fields.compact(setting.default)
        labels = setting.labels or {}
        words[setting.path.rpartition(".")[2]] = (
            blank if value in (None, "") else _(labels.get(value, fields.compact(value)))
        )
    return words


def _entry_kinds(setting: Setting) -> str:
    """The kinds of a list's entries, in their order."""
    state_key = form_state.key(form_state.algorithm(), setting.path)
    kinds = [st.session_state.get(fields.entry_key(state_key, index), "") for index in range(_value(setting))]
    return " + ".join(filter(None, kinds))


def _dataset(form: Form) -> None:
    """A select of the datasets that the method can learn from, and why the others are not in it."""
    with st.container(gap="xxsmall"):
        _choose_dataset(form)


def _choose_dataset(form: Form) -> None:
    state_key = form_state.key(form_state.algorithm(), "data.dataset")
    by_name = {data.name: data for data in form.listed}
    fitting = form.fitting()
    pending_values.keep_value(state_key, None)
    current = st.session_state[state_key]
    st.selectbox(
        _("Dataset"),
        list(dict.fromkeys([*fitting, *([current] if current else [])])),
        index=None,
        key=state_key,
        placeholder=_("Choose a dataset"),
        format_func=lambda name: (
            f"{name} · {item_rows.count(by_name[name].kind, by_name[name].items)}" if name in by_name else name
        ),
        persist_state="session",
        on_change=form_state.forget_version,
    )
    if current in by_name and current not in fitting:
        algorithm = ALGORITHMS[form_state.algorithm()]
        wrong = _("{method} learns from {kinds}; {name} holds {kind}.").format(
            method=_(algorithm.title),
            kinds=item_rows.either(algorithm.data_kinds),
            name=current,
            kind=item_rows.kind_name(by_name[current].kind),
        )
        st.html(fields.mistake("", ("{wrong}", {"wrong": wrong})))
    elif "data.dataset" in form.problems:
        st.html(fields.mistake(_("Dataset"), form.problems["data.dataset"]))
    if not form.listed and buttons.button(_("Import a dataset"), key="launch.import", icon=":material/upload:"):
        st.switch_page("views/data.py")
    others = [data for data in form.listed if data.name not in (*fitting, current)]
    if others:
        note = _("Not for this method: {others}").format(
            others=" · ".join(f"{data.name}, {item_rows.kind_name(data.kind)}" for data in others)
        )
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
        _block_mistakes(form, "model", _("Model"))
