"""The values of the Launch form that differ from their defaults, by name, and the form filled with such values.

Values that no field of this version could hold are left out: they may come from another version, or from anybody who
writes into the browser's storage. Left out: where they are kept (`launch.draft`).
"""

import math
from collections.abc import Mapping
from functools import cache
from typing import Any

import streamlit as st

from app.bridge import renewed_keys
from app.launch import block_list, form_state
from app.launch.fields import to_widget
from engine.spec import ALGORITHMS, Setting

MOST_BLOCKS = 50  # of a list
LONGEST = 20_000  # characters of a text
ALGORITHM = "algorithm"
_SLOTS = {"model": "starter", "adapter": form_state.ADAPTERS[0], "unit": form_state.UNITS[0]}


def values() -> dict[str, Any]:
    """What the form holds beside its defaults."""
    prefix = form_state.slot("")
    names = [str(key).removeprefix(prefix) for key in st.session_state if str(key).startswith(prefix)]
    held = {name: st.session_state[f"{prefix}{name}"] for name in names if "~" not in name}
    differing = {name: value for name, value in held.items() if _differs(name, value, held)}
    chosen = form_state.algorithm()
    return differing if chosen == form_state.FIRST else {**differing, ALGORITHM: chosen}


def fill(kept: Mapping[str, Any]) -> bool:
    """Make these the values of the form. Returns whether there were any that a field can hold."""
    fitting = {name: value for name, value in kept.items() if _fits(name, value)}
    asked = kept.get(ALGORITHM)
    chosen = asked if isinstance(asked, str) and asked in ALGORITHMS else form_state.FIRST
    if not fitting and chosen == form_state.FIRST:
        return False
    clear()
    form_state.choose(chosen)
    for name, value in fitting.items():
        setting = _setting(name)
        is_real = setting is not None and setting.kind == "real" and value is not None
        st.session_state[form_state.slot(name)] = float(value) if is_real else value
    return True


def clear() -> None:
    """Empty the form: every field gets its default when it is drawn."""
    renewed_keys.renew(form_state.FORM)
    for key in [key for key in st.session_state if str(key).startswith(form_state.slot(""))]:
        del st.session_state[key]
    form_state.choose(form_state.FIRST)


@cache
def _settings() -> Mapping[str, Setting]:
    """Every setting of every method, by the name under which the form keeps it."""
    return {
        form_state.name(algorithm, setting.path): setting
        for algorithm in ALGORITHMS
        for setting in form_state.fields(algorithm)
    }


def _differs(name: str, value: Any, held: Mapping[str, Any]) -> bool:
    if name in _SLOTS:
        return bool(value != _SLOTS[name])
    entry = block_list.parse_key(name)
    is_gone = (
        entry is not None and entry.list_key in _settings() and entry.position >= int(held.get(entry.list_key) or 0)
    )
    setting = _setting(name)
    is_kind = entry is not None and entry.kind is None
    return not is_gone and setting is not None and (is_kind or value != to_widget(setting, setting.default))


def _setting(name: str) -> Setting | None:
    """The setting that the form keeps under this name, which may be one of a block in a list; None for none."""
    entry = block_list.parse_key(name)
    if entry is None or entry.list_key not in _settings():
        return _settings().get(name)
    kinds = _settings()[entry.list_key].kinds
    if entry.kind is None:
        return next((of_kind for of_kind, *_own in kinds.values()), None)
    return next((inner for inner in kinds.get(entry.kind, ()) if inner.path == entry.path), None)


def _fits(name: str, value: Any) -> bool:
    """Whether a field of this name can hold the value."""
    if name in _SLOTS:
        offered = {"adapter": form_state.ADAPTERS, "unit": form_state.UNITS}.get(name)
        return value in offered if offered else isinstance(value, str) and 0 < len(value) <= LONGEST
    setting = _setting(name)
    return setting is not None and _holds(setting, value)


def _holds(setting: Setting, value: Any) -> bool:
    if setting.kinds:
        return type(value) is int and 0 <= value <= MOST_BLOCKS
    if value is None:
        return setting.optional or bool(setting.words)
    if setting.kind == "list":
        return isinstance(value, list) and all(isinstance(entry, str) and len(entry) <= LONGEST for entry in value)
    if setting.kind == "choice":
        return isinstance(value, str) and value in setting.choices
    if setting.kind == "real":
        return type(value) in (int, float) and math.isfinite(value)
    kinds: dict[str, type] = {"whole": int, "switch": bool, "text": str}
    return type(value) is kinds[setting.kind] and (not isinstance(value, str) or len(value) <= LONGEST)
