"""The dialog that forks a run: from which of its checkpoints, with which settings changed, and what comes of it.

Left out: launching (`app.launch.new_run`), and what a fork may change (`engine.spec.forks`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from app import people
from app.actions import launching
from app.bridge import buttons, dialogs, live
from app.launch import fields, new_run, preflight_cache
from app.launch.field_context import FieldContext
from app.markup import notices, setting_names, tables, texts
from app.runs.checkpoint_field import checkpoint_field
from app.translations import _
from engine.spec import ResolvedTrain, Setting, SpecError, Train, dump, forks, parse, read_yaml, settings
from engine.spec.blocks import Budget
from storage import datasets, run_references, runs
from storage.database import Database
from storage.errors import StorageError
from storage.records import Checkpoint, Run

NAME = "fork"
GO = "fork.go"
_KEYS = "fork.values."  # the session's keys of the fields
_COLUMNS = 3


def ask(run_id: str) -> None:
    """Open the dialog with the values of the run: what was typed for another fork is forgotten."""
    for key in [key for key in st.session_state if str(key).startswith(_KEYS)]:
        del st.session_state[key]
    dialogs.ask(NAME, run_id)


def show(db: Database) -> None:
    """Draw the dialog where it is open."""
    dialogs.show({NAME: (_("Fork the run"), partial(_dialog, db))}, widths={NAME: "large"})


def _dialog(db: Database, run_id: str) -> None:
    run, checkpoints = runs.get(db, run_id), runs.checkpoints(db, run_id)
    if not checkpoints:
        st.markdown(_("The run has no checkpoint yet."))
        return
    st.caption(
        _(
            "A new run that goes on from a checkpoint as this run did: the same weights, optimizer, place in the data "
            "and spent budget, and the same reference. What you change holds from there on."
        )
    )
    left, right = st.columns([1, 2], gap="small")
    with left:
        index, why = proposed(run, checkpoints, _step_in_view())
        checkpoint = checkpoint_field(_("Go on from"), checkpoints, f"{_KEYS}step", index)
        if checkpoint == checkpoints[index]:
            st.caption(why)
    try:
        parent = launching.forked(db, people.current(), run_references.pinned(run, checkpoint), ())
        with right:
            name = _name(parent)
        spec = parse_changes(parent, [("name", name), *_fields(run, parent), *_written()])
    except SpecError as error:
        st.html(notices.sentences([problem.text for problem in error.problems], "bad"))
    except StorageError as error:
        st.html(notices.sentences([error.text], "bad"))
    else:
        what, figures = st.columns([1.15, 1], gap="medium")
        with what:
            _what_changes(parent, spec, checkpoint)
        with figures:
            _launch_button(db, spec)


def _step_in_view() -> int | None:
    """The evaluation whose answers or tokens the reader looks at."""
    step = st.query_params.get("step", "") if st.query_params.get("tab") in ("samples", "tokens") else ""
    return int(step) if step.isascii() and step.isdigit() and len(step) < 10 else None


def proposed(run: Run, checkpoints: Sequence[Checkpoint], in_view: int | None) -> tuple[int, str]:
    """The checkpoint from which a fork goes on at first, and why that one: by the step in view, else the newest that
    leaves something of the budget, which the last one of a run that succeeded does not."""
    steps = [checkpoint.step for checkpoint in checkpoints]
    if in_view is not None:
        index = min(range(len(steps)), key=lambda each: (abs(steps[each] - in_view), steps[each]))
        return index, _("The checkpoint nearest to step {step}, which you look at.").format(step=in_view)
    unspent = [index for index, step in enumerate(steps) if step < run.step]
    if run.state == "succeeded" and unspent:
        return unspent[-1], _("The newest that leaves some of the budget; the last one has spent it.")
    return len(steps) - 1, _("The newest checkpoint.")


def _name(parent: Train) -> str | None:
    setting = next(setting for setting in settings(Train) if setting.path == "name")
    key = f"{_KEYS}name"
    fields.draw(setting, key, FieldContext(blank=parent.name))
    return st.session_state[key] or parent.name


def parse_changes(parent: Train, changes: Sequence[tuple[str, Any]]) -> Train:
    """The settings with values at other paths. Raises SpecError."""
    file = dump(parent)
    for path, value in changes:
        *blocks, last = path.split(".")
        block = file
        for name in blocks:
            inner = block.get(name)
            block[name] = dict(inner) if isinstance(inner, Mapping) else {}
            block = block[name]
        block[last] = value
    return parse(file)


def _fields(run: Run, parent: Train) -> list[tuple[str, Any]]:
    """The settings that are changed most, as fields; those that were changed, with their values."""
    changed = []
    offered = _offered(run, parent)
    for first in range(0, len(offered), _COLUMNS):
        for column, setting in zip(st.columns(_COLUMNS, gap="small"), offered[first : first + _COLUMNS], strict=False):
            key = f"{_KEYS}{setting.path}"
            with column:
                fields.draw(setting, key, FieldContext())
            value = st.session_state[key]
            if value != fields.to_widget(setting, setting.default):
                changed.append((setting.path, value if value is not None else next(iter(setting.words), None)))
    return changed


def _offered(run: Run, parent: Train) -> list[Setting]:
    """Learning rate, budget and the method's own settings, with the values that the parent has."""
    values = dump(parent)
    resolved = ResolvedTrain.read(run.resolved)
    decided = None if resolved is None else resolved.budget
    budget = parent.budget if isinstance(parent.budget, Budget) else decided
    known: dict[str, Any] = {} if resolved is None else {"optimizer.learning_rate": resolved.learning_rate}
    if budget is not None:
        known[f"budget.{budget.unit}"] = getattr(budget, budget.unit)
    own = [path for path in values if path not in Train.model_fields]
    declared = {setting.path: setting for setting in settings(type(parent)) if not fields.has_one_value(setting)}
    paths = [path for path in (*known, *own) if path in declared and not forks.within(path, parent.fixed_in_forks)]
    return [replace(declared[path], default=known.get(path, values.get(path))) for path in paths]


def _written() -> Iterator[tuple[str, Any]]:
    """Settings that were written as YAML. Raises SpecError."""
    text = st.text_area(
        _("Other settings, as in a run file"),
        key=f"{_KEYS}text",
        height=80,
        placeholder="optimizer: {schedule: constant}\nsampling: {temperature: 0.8}",
        help=_("Only what changes. Every setting of a run file can stand here but those that are named below."),
        persist_state="session",
    )
    data = read_yaml(text) if text and text.strip() else {}
    yield from _leaves(data if isinstance(data, Mapping) else {})


def _leaves(data: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in data.items():
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, f"{path}{name}.")
        else:
            yield f"{path}{name}", value


def _what_changes(parent: Train, spec: Train, checkpoint: Checkpoint) -> None:
    """What the fork has otherwise than its parent, and what it cannot have otherwise."""
    rows = [
        [setting_names.shown(change.path, parent.algorithm), change.before or "–", change.after or "–"]
        for change in forks.changes(parent, spec)
    ]
    if rows:
        step = _("from step {step} on").format(step=checkpoint.step)
        st.html(tables.table((_("Setting"), _("this run"), step), rows))
    else:
        st.html(texts.tone(_("Nothing changes yet: the fork would repeat what this run did from there."), "info", "●"))
    st.caption(
        _("These cannot change, since the checkpoint's content depends on them: {settings}.").format(
            settings=", ".join(setting_names.called(path, parent.algorithm) for path in parent.fixed_in_forks)
        )
    )


def _launch_button(db: Database, spec: Train) -> None:
    """The engine's figures for what is left of the budget, and the button; shut while there is a problem."""
    query = preflight_cache.query_for(spec, datasets.listing(db))
    live.show(
        preflight_cache.preflight,
        key="fork.preflight",
        first=preflight_cache.initial_fragment(query, None),
        **query,
    )
    answer = preflight_cache.cached(query)
    shut = answer is not None and bool(answer.problems)
    if buttons.button(_("Launch the fork"), type="primary", icon=":material/fork_right:", key=GO, disabled=shut):
        new_run.launch(GO, partial(new_run.launch_checked, db, spec, query))
