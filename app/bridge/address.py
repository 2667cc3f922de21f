"""Choices that stand in the page's address, so that a link or a reload shows the same view.

Streamlit's own binding writes the label into the address, which changes with the language; here it is the option's
stable name. Left out: page numbers, which Streamlit binds well by itself.
"""

from collections.abc import Collection, Mapping
from typing import Any

import streamlit as st


def choice(label: str, options: Mapping[str, str], *, name: str, default: str | None = None) -> str | None:
    """A segmented control over `options` (name -> words). Without a default it may be left empty."""
    selected: str | None = st.segmented_control(
        label,
        list(options),
        key=read_query(name, options, default),
        required=default is not None,
        format_func=options.__getitem__,
        label_visibility="collapsed",
        wrap=True,
    )
    return write_query(name, selected, default)


def text(label: str, *, name: str, **looks: Any) -> str:
    """A field for free text, which follows the address wherever a link leads: Streamlit's own binding keeps its value
    where the page was not left."""
    written = f"text_{name}_seen"
    value = st.query_params.get(name, "")
    if name not in st.session_state or st.session_state.get(written) != value:
        st.session_state[name] = value
    typed: str = st.text_input(label, key=name, **looks)
    st.session_state[written] = typed
    if typed:
        st.query_params[name] = typed
    else:
        st.query_params.pop(name, None)
    return typed


def read_query(name: str, options: Collection[str], default: str | None = None) -> str:
    """The key of a widget that is about to be drawn, its value taken from the address. Call `write_query` after it."""
    key, written = f"choice_{name}", f"choice_{name}_seen"
    value = st.query_params.get(name, default)
    if value not in options:
        value = default
    # The address differs from what was written there last after a link, or the browser's Back.
    if key not in st.session_state or st.session_state.get(written) != value:
        st.session_state[key] = value
    # Set again, since a widget recognises its choice by the label alone, which changes with the language.
    st.session_state[key] = st.session_state[key]
    return key


def write_query(name: str, selected: str | None, default: str | None = None) -> str | None:
    """Write what the widget holds into the address, and return it. The default is not written."""
    st.session_state[f"choice_{name}_seen"] = selected
    if selected is None or selected == default:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = selected
    return selected
