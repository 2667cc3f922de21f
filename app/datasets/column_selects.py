"""Fields of the import dialog in which a person says which column is which: one select a field, of columns that fit.

Left out: what the mapping does to a row (`storage.column_mapping`).
"""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from app.translations import N_, _
from storage.column_mapping import NUMBERS, TARGETS

TITLES = {
    "prompt": N_("Prompt"),
    "system": N_("System message"),
    "messages": N_("Messages"),
    "chosen": N_("Chosen"),
    "rejected": N_("Rejected"),
    "score_chosen": N_("Score of the chosen answer"),
    "score_rejected": N_("Score of the rejected answer"),
    "response_a": N_("Answer A"),
    "response_b": N_("Answer B"),
    "preference": N_("Which is better"),
    "completion": N_("Answer"),
    "label": N_("Label"),
    "score": N_("Score of the answer"),
}
PARTNERS = (("chosen", "rejected"), ("response_a", "response_b"))
IN_A_ROW = 3
LONGEST_VERDICT = 40  # characters; a longer text is an answer


def mapping(key: str) -> dict[str, str]:
    """What the selects of this file hold: field -> column."""
    values = {target: st.session_state.get(_key(key, target)) for target in TARGETS}
    return {target: column for target, column in values.items() if column}


def accept(key: str, columns: Mapping[str, str]) -> None:
    """Set the selects of this file to these columns."""
    for target, column in columns.items():
        st.session_state[_key(key, target)] = column


def in_words(columns: Mapping[str, str]) -> str:
    """A mapping as a person reads it: Chosen = good, Rejected = bad."""
    return ", ".join(f"{_(TITLES[target])} = {column}" for target, column in columns.items())


def missing_partner(columns: Mapping[str, str]) -> str | None:
    """The title of the answer that lacks its column, where the other answer of a pair has one."""
    for pair in PARTNERS:
        lacking = [target for target in pair if target not in columns]
        if len(lacking) == 1:
            return _(TITLES[lacking[0]])
    return None


def selects(key: str, columns: Mapping[str, Any]) -> None:
    """Draw a select for each field that a column fits."""
    fitting = {target: [name for name, value in columns.items() if fits(target, value)] for target in TARGETS}
    targets = [target for target in TARGETS if fitting[target]]
    for first in range(0, len(targets), IN_A_ROW):
        for cell, target in zip(st.columns(IN_A_ROW), targets[first : first + IN_A_ROW], strict=False):
            cell.selectbox(
                _(TITLES[target]), fitting[target], index=None, key=_key(key, target), placeholder=_("as recognised")
            )


def fits(target: str, value: Any) -> bool:
    """Whether a column whose first value is this one may stand for the field."""
    if target in NUMBERS:
        return _is_number(value)
    if target == "label":
        return isinstance(value, bool) or value in (0, 1) or (isinstance(value, str) and len(value) < 10)
    if target == "preference":
        return isinstance(value, int | str) and len(str(value)) < LONGEST_VERDICT
    if target == "messages":
        return isinstance(value, list)
    return isinstance(value, str) or (target != "system" and isinstance(value, list))


def _key(key: str, target: str) -> str:
    return f"{key}.{target}"


def _is_number(value: Any) -> bool:
    if isinstance(value, str):
        return value.strip().removeprefix("-").replace(".", "", 1).isdecimal()
    return isinstance(value, int | float) and not isinstance(value, bool)
