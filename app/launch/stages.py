"""Stages on the Launch page: a file of them, shown in their order, and launched as runs that wait for each other.

Left out: opening such a file (`runfile`), those that come along (`gallery`), what stages may say (`engine.spec.chain`).
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
from app.launch import redirect
from app.markup import tables, texts
from app.translations import _
from engine import launch
from engine.spec import Chain, parse_chain, read_yaml
from storage.records import Run

HELD = "launch.chain"
GO = "chain.go"


def hold(text: str) -> None:
    """Take up a file of stages. Raises SpecError for one with mistakes, and keeps what was there."""
    parse_chain(read_yaml(text))
    st.session_state[HELD] = text


def held() -> bool:
    """Whether stages are shown, which can be launched."""
    return HELD in st.session_state


def panel() -> None:
    """The stages that are held, if there are any, with the button that launches them all."""
    if not held():
        return
    text = st.session_state[HELD]
    chain = parse_chain(read_yaml(text))
    st.html(texts.section(_("Stages"), _("each waits for the one before it")))
    listed, written = st.columns([1.2, 1], gap="medium")
    written.code(text, language="yaml", wrap_lines=True)
    listed.html(_table(chain))
    with listed.container(horizontal=True):
        pressed = buttons.button(_("Launch all stages"), type="primary", icon=":material/rocket_launch:", key=GO)
        st.button(_("Put them away"), key="chain.away", on_click=st.session_state.pop, args=(HELD,))
    if pressed:
        redirect.launch(GO, partial(_enter, chain))


def _table(chain: Chain) -> Markup:
    rows = [(name, texts.chip(file["algorithm"]), _start(file)) for name, file in chain.stages.items()]
    return tables.table((_("Stage"), _("Method"), _("Starts from")), rows)


def _start(file: Mapping[str, Any]) -> str:
    """A stage by its name, a run as run:ID, else the model."""
    model = {"name": "starter", **file.get("model", {})}
    return str(model.get("from") or model["name"]).removeprefix("stage:")


def _enter(chain: Chain) -> Run:
    """Check all stages and put them into the line; the first of them."""
    launching.require(clients.engine(), chain)
    first, *_others = launch.submit_chain(
        clients.database(), chain, requested_by=people.current().name, now=time.time()
    )
    del st.session_state[HELD]
    return first
