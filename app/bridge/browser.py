"""Stores the chosen language in a cookie, for the next visit too, and sets the document's language."""

import streamlit as st

from app.bridge import javascript

_browser = st.components.v2.component(
    "alignlab_browser",
    html="<i></i>",
    js=javascript.component_script("bridge/js/language.js"),
    isolate_styles=False,
)


def remember(cookie: str, language: str) -> None:
    """Keep the language in a cookie for the next visit, and declare it as the language of the document."""
    with st.container(key="browser"):
        _browser(key="browser_language", data={"cookie": cookie, "language": language})
