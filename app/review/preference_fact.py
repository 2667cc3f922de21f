"""How many items of a dataset have a preference, in the same words where it is frozen, exported, trained on, reviewed.

Left out: what a preference follows from (`storage.judging.judged_preferences`).
"""

from functools import lru_cache

import streamlit as st

from app.translations import _, ngettext
from storage.database import Database
from storage.item_content import COMPARED
from storage.judging import judged_items, verdict_counts
from storage.judging.judged_items import PreferenceCount
from storage.judging.verdict_counts import JudgedState
from storage.records import Dataset


def words(db: Database, data: Dataset) -> str:
    """So many of the items that would be frozen now; empty for a dataset that compares nothing. Raises NotFound."""
    if data.kind not in COMPARED:
        return ""
    count = _counted(db, data.name, verdict_counts.state(db, data))
    if data.kind == "pairs":
        items = ngettext("{count} pair", "{count} pairs", count.items)
    elif count.preferred:
        items = ngettext("{count} group", "{count} groups", count.items)
    else:  # its scores tell answers apart
        return ""
    return _("{preferred} of {items} have a preference").format(preferred=f"{count.preferred:,}", items=items)


def caption(db: Database, data: Dataset) -> None:
    """The same words under a form; nothing of a dataset that compares nothing."""
    if said := words(db, data):
        st.caption(said)


@lru_cache(maxsize=16)
def _counted(db: Database, dataset: str, _state: JudgedState) -> PreferenceCount:
    """Kept until a verdict is given or the dataset is edited."""
    return judged_items.preference_count(db, dataset)
