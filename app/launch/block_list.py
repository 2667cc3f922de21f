"""A list of blocks in the session, such as the parts of a reward: under which keys it lies, and how it is changed.

The state under the list's key is how many blocks it has. Left out: what is drawn (`launch.reward_parts`,
`launch.watch_rules`).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import streamlit as st

from app.bridge import pending_values
from engine.spec import Setting

_KEY = re.compile(r"(.+)\.(\d{1,2})\.(?:kind|([a-z_]+)\.([a-z_]+))")


class Entry(NamedTuple):
    """What a key stands for: a block's kind, where `kind` is None, or a value of a block of that kind."""

    list_key: str
    position: int
    kind: str | None = None
    path: str = ""


def entry_key(list_key: str, index: int, kind: str | None = None, path: str = "") -> str:
    """The session's key of a block's kind, or of a value of that kind: kinds may use one name for two settings."""
    return f"{list_key}.{index}.kind" if kind is None else f"{list_key}.{index}.{kind}.{path}"


def parse_key(key: str) -> Entry | None:
    """What a key of `entry_key` stands for; None for any other key."""
    match = _KEY.fullmatch(key)
    return None if match is None else Entry(match[1], int(match[2]), match[3], match[4] or "")


def values(setting: Setting, list_key: str, index: int) -> dict[str, Any]:
    """What the session holds of a block's values, by their names."""
    kind = st.session_state[entry_key(list_key, index)]
    keys = {inner.path: entry_key(list_key, index, kind, inner.path) for inner in setting.kinds[kind][1:]}
    return {name: st.session_state[key] for name, key in keys.items() if key in st.session_state}


def add(setting: Setting, list_key: str, kind: str, values: Mapping[str, Any] | None = None) -> None:
    """Put a block of this kind at the end. A value that is not given gets its default when it is drawn."""
    index: int = st.session_state[list_key]
    own = {entry_key(list_key, index, kind, name): value for name, value in (values or {}).items()}
    _write(setting, list_key, index, {entry_key(list_key, index): kind, **own})
    st.session_state[list_key] = index + 1


def reorder(setting: Setting, list_key: str, order: Sequence[int]) -> None:
    """Leave the blocks at these indices, in this order."""
    count: int = st.session_state[list_key]
    blocks = [_read(setting, list_key, index, at) for at, index in enumerate(order)]
    st.session_state[list_key] = len(blocks)
    for index in range(count):
        _write(setting, list_key, index, blocks[index] if index < len(blocks) else {})


def _read(setting: Setting, list_key: str, index: int, at: int) -> dict[str, Any]:
    """The values of a block by the keys that they have at another index."""
    pairs = zip(_keys(setting, list_key, index), _keys(setting, list_key, at), strict=True)
    return {new: st.session_state[old] for old, new in pairs if old in st.session_state}


def _write(setting: Setting, list_key: str, index: int, values: Mapping[str, Any]) -> None:
    """Make these the values of a block; the others get their defaults when they are drawn."""
    for key in _keys(setting, list_key, index):
        if key in values:
            pending_values.set_value(key, values[key])
        else:
            st.session_state.pop(key, None)


def _keys(setting: Setting, list_key: str, index: int) -> Iterator[str]:
    """Every key that a block may have in the session."""
    yield entry_key(list_key, index)
    for kind, (_kind, *own) in setting.kinds.items():
        yield from (entry_key(list_key, index, kind, inner.path) for inner in own)
