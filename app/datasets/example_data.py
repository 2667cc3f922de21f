"""The example datasets: whether the workspace holds them, and the button that imports them.

Left out: importing them, which the engine's installer does in a process of its own, and the recorded example study
(`app.runs.first_steps`).
"""

import time

import streamlit as st

from app import clients, people
from app.actions import shipped
from app.bridge import buttons
from app.markup import notices
from app.translations import N_, _
from storage import datasets
from storage.database import Database

BRING = "samples.bring"
PAIRS = "polite-weather"  # what first steps and presets learn from


def has_pairs(db: Database) -> bool:
    """Whether the workspace holds the pairs that first steps and presets learn from."""
    return any(data.name == PAIRS and data.items for data in datasets.listing(db))


def is_example(name: str) -> bool:
    """Whether the name is that of a dataset that comes with AlignLab."""
    return name == PAIRS or name.startswith(f"{PAIRS}-")


def import_button(*, primary: bool = False) -> None:
    """A button that imports the example datasets that the workspace lacks; it is quick, so the page waits."""
    pressed = buttons.button(
        _("Bring in the example data"),
        type="primary" if primary else "secondary",
        icon=":material/download:",
        width="stretch" if primary else "content",
        key=BRING,
    )
    if not pressed:
        return
    try:
        with buttons.spinner(_("Bringing in the example data"), BRING):
            shipped.bring_samples(clients.database(), people.current(), clients.engine(), time.time())
    except clients.EngineError as error:
        st.html(
            notices.sentences([(N_("The example data could not be brought in: {error}"), {"error": str(error)})], "bad")
        )
    else:
        st.rerun()
