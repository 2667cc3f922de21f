"""The engine for a section that shows nothing without it, or what the section says instead."""

import streamlit as st
from markupsafe import Markup

from app import clients
from app.translations import _


def answering_engine(off: str) -> clients.EngineClient | None:
    """The engine; None where it does not answer, which the page then says. `off` goes before the command."""
    engine = clients.engine()
    if engine.health() is not None:
        return engine
    if soon := engine.soon():
        st.html(Markup('<p class="al-note al-soft">{}</p>').format(_(soon)))
    else:
        st.html(Markup('<p class="al-note al-soft">{} <code>{}</code></p>').format(off, clients.engine_command()))
    return None
