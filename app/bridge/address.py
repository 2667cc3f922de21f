"""Choices that stand in the page's address, so that a link or a reload shows the same view.

Streamlit's own binding writes the label into the address, which changes with the language; here it is the option's
stable name. Left out: free text and page numbers, which Streamlit binds well by itself.
"""

from collections.abc import Collection, Mapping

import streamlit as st


def choice(label: str, options: Mapping[str, str], *, name: str, default: str | None = None) -> str | None:
    """A segmented control over `options` (name -> words). Without a default it may be left empty."""
    picked: str | None = st.segmented_control(
        label,
        list(options),
        key=read_query(name, options, default),
        required=default is not None,
        format_func=options.__getitem__,
        label_visibility="collapsed",
        wrap=True,
    )
    return write_query(name, picked, default)


def read_query(name: str, options: Collection[str], default: str | None = None) -> str:
    """The key of a widget that is about to be drawn, its value taken from the address. `leave` must follow it."""
    key, seen = f"choice_{name}", f"choice_{name}_seen"
    asked = st.query_params.get(name, default)
    if asked not in options:
        asked = default
    if key not in st.session_state or st.session_state.get(seen) != asked:  # a link, or the browser's Back
        st.session_state[key] = asked
    # said again, since a widget knows a choice by its label alone, which changes with the language
    st.session_state[key] = st.session_state[key]
    return key


def write_query(name: str, picked: str | None, default: str | None = None) -> str | None:
    """Put what the widget holds into the address, and hand it on."""
    st.session_state[f"choice_{name}_seen"] = picked
    if picked is None or picked == default:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = picked
    return picked
