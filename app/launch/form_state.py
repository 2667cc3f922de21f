"""What the form of Launch holds, kept in the browser session, and the run file made of it.

Each setting has one key. A setting that means something else for another algorithm (its own, or one whose default it
changes) has the algorithm in its key, so switching method and back loses nothing. Left out: the widgets
(`launch.fields`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import streamlit as st

from app.bridge import renewed_keys
from app.launch.block_list import entry_key
from app.launch.fields import has_one_value, to_widget
from engine.spec import ALGORITHMS, Setting, Train, dump, model_block, settings
from engine.spec.blocks import Budget

ALGORITHM = "launch.algorithm"
UNITS = ("auto", *Budget.model_fields)
ADAPTERS = ("none", "lora")
FORM = "form"
FIRST = "dpo"  # the method of a form that nobody has touched
_FROM = "run:"


def algorithm() -> str:
    """The chosen method; the first preference method for a newcomer."""
    return str(st.session_state.setdefault(ALGORITHM, FIRST))


def model() -> str:
    """The model's name, hub id or folder, or run:ID where it starts from another run."""
    return str(st.session_state.setdefault(slot("model"), "starter"))


def fields(chosen: str) -> tuple[Setting, ...]:
    """The settings of a method that leave something to choose, with the method's own defaults and suggestions."""
    return _fields(ALGORITHMS[chosen])


@cache  # the page asks for them each time that it runs, and pydantic's declarations are slow to read
def _fields(kind: type[Train]) -> tuple[Setting, ...]:
    declared = [
        replace(
            setting,
            default=kind.defaults.get(setting.path, setting.default),
            suggested=kind.suggested.get(setting.path, setting.suggested),
            choices=kind.sources if setting.path == "data.source" else setting.choices,
        )
        for setting in settings(kind)
    ]
    return tuple(setting for setting in declared if not has_one_value(setting))


def choose(chosen: str) -> None:
    """Take another method; the values of this one stay for when it is chosen again."""
    st.session_state[ALGORITHM] = chosen


def choose_dataset(fitting: Sequence[str]) -> None:
    """Choose the first that fits, where nobody has chosen one, or for another method; a person's choice stays."""
    state_key = key(algorithm(), "data.dataset")
    current = st.session_state.get(state_key)
    if not current or (is_automatic() and current not in fitting):
        st.session_state[state_key] = st.session_state[_automatic(state_key)] = next(iter(fitting), None)


def is_automatic() -> bool:
    """Whether the dataset is the one that `choose_dataset` chose."""
    state_key = key(algorithm(), "data.dataset")
    current = st.session_state.get(state_key)
    return current is None or current == st.session_state.get(_automatic(state_key))


def set_dataset(name: str) -> None:
    """Choose a dataset as a person does."""
    state_key = key(algorithm(), "data.dataset")
    st.session_state[state_key] = name
    st.session_state.pop(_automatic(state_key), None)
    forget_version()


def _automatic(state_key: str) -> str:
    return f"{state_key}~automatic"


def slot(name: str) -> str:
    """The session's key of a value of the form: `model`, `adapter`, `unit`, or a setting's."""
    return renewed_keys.key(FORM, name)


def key(chosen: str, path: str) -> str:
    """The session's key of a setting's value."""
    return slot(name(chosen, path))


def name(chosen: str, path: str) -> str:
    """The name under which the form keeps a setting's value: one for all methods, where they have it in common."""
    common = path.split(".", maxsplit=1)[0] in Train.model_fields and path not in ALGORITHMS[chosen].defaults
    return path if common else f"{chosen}.{path}"


def value(path: str) -> Any:
    """What the field of the chosen method's setting holds, or would hold if it had been drawn."""
    chosen = algorithm()
    setting = next((setting for setting in fields(chosen) if setting.path == path), None)
    default = None if setting is None else to_widget(setting, setting.default)
    return st.session_state.get(key(chosen, path), default)


def gather() -> dict[str, Any]:
    """The run file that the form holds, not yet checked. A setting never shown keeps its default."""
    chosen = algorithm()
    data: dict[str, Any] = {"algorithm": chosen, "model": _origin(), "data": {}}
    for setting in fields(chosen):
        state_key = key(chosen, setting.path)
        is_drawn = state_key in st.session_state
        if _left_out(setting) or not (is_drawn or setting.path.startswith("budget.")):
            continue
        value = _value(setting, state_key) if is_drawn else None
        if value is not None or setting.optional:
            _put(data, setting.path.split("."), value)
    return data


def fill(spec: Train) -> None:
    """Put a whole run file into the form. The own settings of other algorithms stay."""
    renewed_keys.renew(FORM)
    full = dump(spec)
    origin = full["model"]
    adapter = origin["adapter"]
    st.session_state[ALGORITHM] = spec.algorithm
    st.session_state[slot("model")] = origin["name"] or origin["from"]
    st.session_state[slot("adapter")] = "none" if adapter == "none" else adapter["kind"]
    st.session_state[slot("unit")] = spec.budget if spec.budget == "auto" else spec.budget.unit
    for setting in fields(spec.algorithm):
        _keep(setting, key(spec.algorithm, setting.path), _at(full, setting))


def forget_version(block: str = "data") -> None:
    """Another dataset was chosen: it has no version of the old one."""
    st.session_state.pop(key(algorithm(), f"{block}.version"), None)


def _keep(setting: Setting, state_key: str, value: Any) -> None:
    st.session_state[state_key] = to_widget(setting, value)
    for index, entry in enumerate(value if setting.kinds and value else ()):
        kind = entry["kind"]
        st.session_state[entry_key(state_key, index)] = kind
        for inner in setting.kinds[kind][1:]:
            inner_key = entry_key(state_key, index, kind, inner.path)
            st.session_state[inner_key] = to_widget(inner, entry[inner.path])


def _origin() -> dict[str, Any]:
    start = model_block(model())
    kind = st.session_state.get(slot("adapter"), "none")
    return start if kind == "none" else {**start, "adapter": {"kind": kind}}


def _left_out(setting: Setting) -> bool:
    """Whether the run file leaves it out: it is written elsewhere, or belongs to a block that was not chosen."""
    block, _dot, name = setting.path.rpartition(".")
    if block == "budget":
        return bool(name != st.session_state.get(slot("unit"), "auto"))
    if block == "model.adapter":
        return bool(st.session_state.get(slot("adapter"), "none") == "none")
    return block == "model"


def _value(setting: Setting, state_key: str) -> Any:
    """A widget's value as the run file writes it; None where the field is empty."""
    value = st.session_state[state_key]
    if setting.kinds:
        indices = [index for index in range(value) if entry_key(state_key, index) in st.session_state]
        return [_entry(setting, state_key, index) for index in indices] or None
    return None if value in ("", []) else value


def _entry(setting: Setting, state_key: str, index: int) -> dict[str, Any]:
    """One block of a list. What was never drawn, or is empty and may not be, is left out."""
    kind = st.session_state[entry_key(state_key, index)]
    entry = {"kind": kind}
    for inner in setting.kinds[kind][1:]:
        inner_key = entry_key(state_key, index, kind, inner.path)
        value = _value(inner, inner_key) if inner_key in st.session_state else None
        if value is not None or (inner.optional and inner_key in st.session_state):
            entry[inner.path] = value
    return entry


def _put(data: dict[str, Any], keys: list[str], value: Any) -> None:
    *blocks, last = keys
    for name in blocks:
        data = data.setdefault(name, {})
    data[last] = value


def _at(full: Mapping[str, Any], setting: Setting) -> Any:
    """The value at a path; the default where the file has none, or a word such as none stands for the block."""
    value: Any = full
    for name in setting.path.split("."):
        if not isinstance(value, Mapping) or name not in value:
            return setting.default
        value = value[name]
    return value
