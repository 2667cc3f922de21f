"""The field that chooses one of a run's checkpoints."""

from collections.abc import Sequence

import streamlit as st

from app.translations import _
from storage.records import Checkpoint


def checkpoint_field(label: str, checkpoints: Sequence[Checkpoint], key: str, index: int | None = None) -> Checkpoint:
    """The chosen checkpoint; at first that at `index`, or the newest. There is at least one."""
    by_step = {checkpoint.step: checkpoint for checkpoint in checkpoints}
    step = st.selectbox(
        label,
        list(by_step),
        index=len(by_step) - 1 if index is None else index,
        key=key,
        format_func=lambda number: _words(by_step[number]),
    )
    return by_step[step]


def _words(checkpoint: Checkpoint) -> str:
    words = _("step {step}").format(step=checkpoint.step)
    return words + " · " + _("best") if checkpoint.best else words
