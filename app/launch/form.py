"""How the run of the Launch form is trained, made from the settings that `engine.spec` declares.

A new setting or block shows itself: blocks without a title of their own are listed under their name. Left out: what is
trained (`launch.data_and_model`), how one setting becomes a widget (`launch.fields`), and where its value is kept
(`launch.form_state`).
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import streamlit as st

from app.bridge import pending_values
from app.datasets import item_rows
from app.launch import block_list, fields, form_state, watch_rules
from app.launch.field_context import FieldContext
from app.launch.form_content import Form
from app.translations import N_, _, ngettext
from engine.spec import ALGORITHMS, Setting, Train, metric, metric_keys, resolve, suggested
from engine.spec.blocks import Optimizer
from engine.spec.train import SAMPLED_ALONE

FIRST = ("data.source", "sampling.group_size")  # with the method's own, where it has them
OPEN = ("optimizer.learning_rate", "optimizer.batch_size", "seed")
BESIDE = ("budget", "model", "model.name", "model.from")  # problems shown at the select of the whole block
ELSEWHERE = ("data.dataset", "name", "fork")
LATEST = "latest"
HASH_SHOWN = 8
MOST_LISTED = 100  # of datasets in a select; the name of another one can be typed
# block -> title, and what the folded block says of itself
GROUPS = {
    "sampling": (
        N_("Sampling"),
        N_("epochs {epochs}, minibatches {minibatches}, temperature {temperature}, {max_new_tokens} tokens at most"),
    ),
    "reward": (N_("Reward"), N_("in training: {reward}")),
    "optimizer": (N_("Optimizer"), N_("{schedule}, warm-up {warmup_ratio}, clip {max_grad_norm}")),
    "evaluation": (N_("Evaluation"), N_("every {every} steps on {prompts} prompts")),
    "checkpoint": (N_("Checkpoints"), N_("every {every} steps, the last {keep_last} and the best are kept")),
    "data": (N_("Data"), N_("{max_tokens} tokens at most, {max_prompt_tokens} for the prompt")),
    "watch": (N_("Watch"), ""),
    "notify": (N_("Webhook"), N_("told at the end: {webhook}")),
    "resources": (N_("Machine"), N_("device {device}, precision {precision}")),
}
ONLY_EVALUATED = N_("in evaluations, {max_new_tokens} tokens at most")

BLANKS = {
    "name": N_("made from method and data"),
    "data.filter": N_("all items"),
    "notify.webhook": N_("none"),
    "evaluation.dataset": N_("the held-out part"),
    "data.enable_thinking": N_("as the chat template does"),
}
POLITE, GIVEN, NONE = N_("polite"), N_("the scores of the data"), N_("none, the answers are the data's own")


def how(form: Form) -> None:
    """The method's own settings and those that always matter; then the other blocks, closed, with a summary each."""
    own = [setting for path, setting in form.settings.items() if _top(path) not in Train.model_fields]
    first = [form.settings[path] for path in FIRST if path in form.settings and _is_used(path)]
    cells = [partial(draw, form, setting) for setting in (*first, *own, *(form.settings[path] for path in OPEN))]
    pending_values.keep_value(form_state.slot("unit"), form_state.UNITS[0])
    unit = st.session_state[form_state.slot("unit")]
    amount = [] if unit == "auto" else [partial(draw, form, form.settings[f"budget.{unit}"])]
    grid([*cells[:-1], partial(_unit, form), *amount, cells[-1]])
    with st.container(gap="xsmall"):
        for block in dict.fromkeys([*GROUPS, *map(_top, form.settings)]):
            members = [setting for setting in block_settings(form, block) if _is_in_fold(setting.path)]
            if block == "watch":
                key = form_state.key(form_state.algorithm(), block)
                watch_rules.section(form.settings[block], key, form.problems, form.spec)
            elif members and block in Train.model_fields and block not in ("budget", "model"):
                _folded(form, block, members)


def block_settings(form: Form, block: str) -> list[Setting]:
    """The settings inside a block, or the one that is the block."""
    return [setting for path, setting in form.settings.items() if _inside(path, block)]


def grid(cells: Sequence[Callable[[], None]]) -> None:
    """Two fields in a row, so that rows stay level whatever stands under a field."""
    for first in range(0, len(cells), 2):
        for column, cell in zip(st.columns(2, gap="small"), cells[first : first + 2], strict=False):
            with column:
                cell()


def draw(form: Form, setting: Setting) -> None:
    """The field of a setting, with what the form knows beside it."""
    algorithm, path = form_state.algorithm(), setting.path
    context = FieldContext(
        chips=suggested(path, setting.suggested, form_state.model(), algorithm),
        problems=form.problems,
        inert=form.inert,
        offered=_offered(form, path),
        named=partial(_version, form, path) if path.endswith(".version") else None,
        blank=_blank(form, path),
        changed=partial(form_state.forget_version, "evaluation") if path == "evaluation.dataset" else None,
    )
    fields.draw(setting, form_state.key(algorithm, path), context)


def block_mistakes(form: Form, block: str, title: str) -> None:
    """Mistakes of a whole block, which no single field has."""
    for path in BESIDE:
        if path.startswith(block) and path in form.problems:
            st.html(fields.mistake(title, form.problems[path]))


def _top(path: str) -> str:
    return path.partition(".")[0]


def _inside(path: str, block: str) -> bool:
    return path == block or path.startswith(f"{block}.")


def _is_sampled() -> bool:
    """Whether the method samples the answers that it learns from."""
    sources = ALGORITHMS[form_state.algorithm()].sources
    return sources[0] == "sampled" if len(sources) == 1 else form_state.value("data.source") == "sampled"


def _is_used(path: str) -> bool:
    """Whether the run reads the setting at all, beside which others there are."""
    if path == "evaluation.version":
        return bool(form_state.value("evaluation.dataset"))
    block, _dot, name = path.partition(".")
    return _is_sampled() or block != "sampling" or name not in SAMPLED_ALONE


def _is_in_fold(path: str) -> bool:
    return path not in (*FIRST, *OPEN, *ELSEWHERE) and _is_used(path)


def _offered(form: Form, path: str) -> list[str] | None:
    if path == "evaluation.dataset":
        return [data.name for data in form.listed[:MOST_LISTED]]
    if path in form.versions:
        return [LATEST, *(version.hash for version in form.versions[path])]
    if path == "checkpoint.keep_best" and form.spec is not None:
        return [key for key in metric_keys(form.spec) if metric(key).section == "held_out" and "{" not in key]
    return None


def _version(form: Form, path: str, name: str) -> str:
    """A version by the beginning of its hash, with what it holds where it is here."""
    if name == LATEST:
        return _("latest: as it is at the launch")
    frozen = next((version for version in form.versions.get(path, ()) if version.hash == name), None)
    held = "" if frozen is None else f" · {item_rows.count(frozen.kind, frozen.items)}"
    return name[:HASH_SHOWN] + held


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
    if _is_sampled():
        return _(POLITE)
    return _(GIVEN) if form.data_kind() == "groups" else _(NONE)


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
        block_mistakes(form, "budget", _("Budget"))


def _suggested_steps(form: Form) -> int | None:
    if form.spec is None:
        return None
    budget = resolve(form.spec.model_copy(update={"budget": "auto"})).budget
    return None if budget == "auto" else budget.steps


def _folded(form: Form, block: str, members: Sequence[Setting]) -> None:
    title, summary = GROUPS.get(block, (block, ""))
    if block == "sampling" and not _is_sampled():
        summary = ONLY_EVALUATED
    changed = sum(form_state.value(setting.path) != fields.to_widget(setting, setting.default) for setting in members)
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
        lists = [setting for setting in members if setting.kinds]  # their parts need the whole width
        grid([partial(draw, form, setting) for setting in members if setting not in lists])
        for setting in lists:
            draw(form, setting)


def _values_in_words(form: Form, block: str) -> dict[str, str]:
    """The values of a block in words, by the last part of their paths."""
    words = {}
    for setting in block_settings(form, block):
        value: Any = _entry_kinds(setting) if setting.kinds else form_state.value(setting.path)
        blank = _blank(form, setting.path) or fields.compact(setting.default)
        labels = setting.labels or {}
        words[setting.path.rpartition(".")[2]] = (
            blank if value in (None, "") else _(labels.get(value, fields.compact(value)))
        )
    return words


def _entry_kinds(setting: Setting) -> str:
    """The kinds of a list's entries, in their order."""
    state_key = form_state.key(form_state.algorithm(), setting.path)
    count = form_state.value(setting.path)
    kinds = [st.session_state.get(block_list.entry_key(state_key, index), "") for index in range(count)]
    return " + ".join(filter(None, kinds))
