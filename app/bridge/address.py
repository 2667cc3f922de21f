"""Choices that stand in the page's address, so that a link or a reload shows the same view.

Streamlit's own binding writes the label into the address, which changes with the language; here it is the option's
stable name. Left out: page numbers, which Streamlit binds well by itself.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import streamlit as st


def choice(label: str, options: Mapping[str, str], *, name: str, default: str | None = None) -> str | None:
    """A segmented control over `options` (name -> words). Without a default it may be left empty."""
    selected: str | None = st.segmented_control(
        label,
        list(options),
        key=_read(name, options, default),
        required=default is not None,
        format_func=options.__getitem__,
        label_visibility="collapsed",
        wrap=True,
    )
    return _write(name, selected, default)


def select(
    label: str, options: Mapping[str, str], *, name: str, default: str | None = None, **looks: Any
) -> str | None:
    """A list that opens over `options` (name -> words). Without a default it may be left empty."""
    selected: str | None = st.selectbox(
        label,
        list(options),
        index=None if default is None else 0,
        key=_read(name, options, default),
        format_func=lambda option: options.get(option, option),
        **looks,
    )
    return _write(name, selected, default)


def pills(label: str, options: Mapping[str, str], *, name: str, **looks: Any) -> str | None:
    """Pills for `options` (name -> words), of which one or none is pressed."""
    key = _read(name, options, None)
    return _write(name, st.pills(label, list(options), key=key, format_func=options.__getitem__, **looks), None)


def text(label: str, *, name: str, **looks: Any) -> str:
    """A field for free text, which follows the address wherever a link leads: Streamlit's own binding keeps its value
    where the page was not left."""
    follow(name, st.query_params.get(name, ""))
    typed: str = st.text_input(label, key=name, **looks)
    note(name, typed)
    put(name, typed)
    return typed


def ticked(label: str, *, name: str, **looks: Any) -> bool:
    """A box that is ticked where the address has a 1 under this name."""
    key = f"ticked_{name}"
    follow(key, st.query_params.get(name) == "1")
    is_ticked: bool = st.checkbox(label, key=key, **looks)
    note(key, is_ticked)
    put(name, "1" if is_ticked else None)
    return is_ticked


def several(label: str, options: Mapping[str, str], chosen: Sequence[str], *, key: str, **looks: Any) -> list[str]:
    """A field for several of `options` (name -> words); `chosen` is what the address says, which the page writes."""
    follow(key, list(chosen))
    picked: list[str] = st.multiselect(
        label,
        list(options),
        key=key,
        format_func=lambda option: options.get(option, option),
        select_all=False,  # or Enter takes all that match
        **looks,
    )
    note(key, picked)
    return picked


def put(name: str, value: str | None) -> None:
    """Write a value into the address; nothing takes the name out of it."""
    if value:
        st.query_params[name] = value
    else:
        st.query_params.pop(name, None)


def rewrite(names: Collection[str], values: Mapping[str, object]) -> None:
    """Write `values` in place of all that the address has under `names`; for callbacks, before the page runs."""
    kept = {name: value for name, value in st.query_params.items() if name not in names}
    st.query_params.from_dict({**kept, **{name: str(value) for name, value in values.items()}})


def follow(key: str, value: Any) -> None:
    """Give a widget that is about to be drawn what the address says, where that is not what was noted last: after a
    link, or the browser's Back. Call `note` after it."""
    if key not in st.session_state or st.session_state.get(f"{key}.noted") != value:
        st.session_state[key] = value


def note(key: str, value: Any) -> None:
    """Note what the address says from now on, for the next `follow`."""
    st.session_state[f"{key}.noted"] = value


def _read(name: str, options: Mapping[str, str], default: str | None) -> str:
    """The key of a widget over `options`, its value taken from the address."""
    key, value = f"choice_{name}", st.query_params.get(name, default)
    follow(key, value if value in options else default)
    # Set again, since a widget recognises its choice by the label alone, which changes with the language.
    st.session_state[key] = st.session_state[key]
    return key


def _write(name: str, selected: str | None, default: str | None) -> str | None:
    """Write what the widget over `name` holds into the address, and return it. The default is not written."""
    note(f"choice_{name}", selected)
    put(name, None if selected == default else selected)
    return selected
