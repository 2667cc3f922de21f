"""Stages on the Launch page: a file of them, shown in their order, and launched as runs that wait for each other.

Left out: opening such a file (`launch.run_file`), those that come along (`launch.preset_cards`), what stages may hold
(`engine.spec.chain`).
"""

import time
from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st
from markupsafe import Markup

from app import clients, people
from app.actions import launching
from app.bridge import buttons
from app.launch import new_run
from app.markup import tables, texts
from app.translations import _
from engine.spec import Chain, parse_chain, read_yaml
from storage.records import Run

_FILE = "launch.chain"
GO = "chain.go"


def hold(text: str) -> None:
    """Show a file of stages from now on. Raises SpecError for one with mistakes, and keeps the stages before it."""
    parse_chain(read_yaml(text))
    st.session_state[_FILE] = text


def are_shown() -> bool:
    """Whether stages are shown, which can be launched."""
    return _FILE in st.session_state


def panel() -> None:
    """The stages that are shown, if there are any, with the button that launches them all."""
    if not are_shown():
        return
    text = st.session_state[_FILE]
    chain = parse_chain(read_yaml(text))
    st.html(texts.section(_("Stages"), _("each waits for the one before it")))
    table, source = st.columns([1.2, 1], gap="medium")
    source.code(text, language="yaml", wrap_lines=True)
    table.html(_table(chain))
    with table.container(horizontal=True):
        pressed = buttons.button(_("Launch all stages"), type="primary", icon=":material/rocket_launch:", key=GO)
        st.button(_("Put them away"), key="chain.away", on_click=st.session_state.pop, args=(_FILE,))
    if pressed:
        new_run.launch(GO, partial(_launch, chain))


def _table(chain: Chain) -> Markup:
    rows = [(name, texts.chip(file["algorithm"]), _start(file)) for name, file in chain.stages.items()]
    return tables.table((_("Stage"), _("Method"), _("Starts from")), rows)


def _start(file: Mapping[str, Any]) -> str:
    """A stage by its name, a run as run:ID, else the model."""
    model = {"name": "starter", **file.get("model", {})}
    return str(model.get("from") or model["name"]).removeprefix("stage:")


def _launch(chain: Chain) -> Run:
    """Launch all stages; the run of the first. Raises Refused, EngineError or StorageError."""
    preflight = clients.engine().preflight
    launched = launching.launch(clients.database(), people.current(), chain, time.time(), preflight=preflight)
    del st.session_state[_FILE]
    return launched.runs[0]
