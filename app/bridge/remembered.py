"""A choice that the browser remembers for the next visit, beside the address, which holds it for this one.

Left out: what is remembered of charts, which their own script keeps.
"""

from functools import partial

import streamlit as st

from app.bridge import buttons, javascript

_memory = st.components.v2.component(
    "alignlab_memory",
    html="<i></i>",
    js=javascript.component_script("bridge/js/memory.js"),
    isolate_styles=False,
)


def recalled(name: str) -> None:
    """Let the browser remember what the address says under `name`; where it says nothing, what was said last returns.

    It returns into the address, and the page runs again. An empty choice needs a word of its own to be remembered.
    """
    key = f"memory_{name}"
    value = buttons.take(key)
    if value is not None and name not in st.query_params:
        st.query_params[name] = value
    with st.container(key=f"{key}_box"):
        _memory(
            key=key,
            data={"name": name, "value": st.query_params.get(name)},
            on_recalled_change=partial(_keep, key),
        )


def _keep(key: str) -> None:
    buttons.keep(key, st.session_state[key]["recalled"])
