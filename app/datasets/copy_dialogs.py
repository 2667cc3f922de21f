"""Dialogs that make datasets of others: a copy, several in one, one in two parts.

Left out: what is copied (`app.actions.dataset_copies`).
"""

import time
from collections.abc import Callable, Mapping

import streamlit as st

from app import people
from app.actions import dataset_copies
from app.bridge import buttons, dialogs
from app.datasets import item_rows
from app.markup import notices, texts
from app.translations import N_, _
from storage import datasets
from storage.database import Database
from storage.errors import StorageError
from storage.records import LONGEST_DATASET_NAME, Dataset

Facets = Mapping[str, Mapping[str, int]]
WAYS = {"share": N_("by share"), "topic": N_("by topic"), "tag": N_("by tag")}


def copy(db: Database, data: Dataset, about: None) -> None:
    """A name for the copy."""
    st.caption(_("Verdicts stay with this dataset; what follows from them is not copied."))
    name = _name(_("Name of the copy"), f"{data.name}-copy", "copy.name")
    if buttons.button(_("Copy"), type="primary", key="copy.go"):
        _go(lambda: dataset_copies.copy(db, people.current(), data.name, name, time.time()))


def merge(db: Database, data: Dataset, about: None) -> None:
    """The datasets that come in, and a name for the whole."""
    others = [other.name for other in datasets.listing(db) if other.kind == data.kind and other.name != data.name]
    if not others:
        none = _("There is no other dataset of the kind “{kind}”.").format(kind=item_rows.kind_name(data.kind))
        st.html(texts.tone(none, "warning", "▲"))
        return
    picked = st.multiselect(_("Merge with"), others, key="merge.names", placeholder=_("none"), select_all=False)
    st.caption(_("All of them stay as they are. An item whose id is taken gets its dataset's name before it."))
    name = _name(_("Name of the new dataset"), f"{data.name}-merged", "merge.name")
    if buttons.button(_("Merge"), type="primary", key="merge.go", disabled=not picked):
        names = [data.name, *picked]
        _go(lambda: dataset_copies.merge(db, people.current(), names, name, time.time()))


def split(db: Database, data: Dataset, facets: Facets, about: None) -> None:
    """How the items are divided, and names for both parts."""
    ways = {way: _(title) for way, title in WAYS.items() if way == "share" or facets[way]}
    way = st.segmented_control(
        _("How to split"), list(ways), key="split.way", default="share", required=True, format_func=ways.__getitem__
    )
    if way == "share":
        share = st.slider(_("Share of the first part, in %"), 1, 99, 80, key="split.share") / 100
        seed = st.number_input(_("Seed"), 0, 10**9, 0, key="split.seed")
        st.caption(_("Equal prompts stay together; the same seed gives the same parts."))
        value = None
    else:
        value = st.selectbox(_("Into the first part go items with"), list(facets[way]), key=f"split.{way}")
    first, second = st.columns(2)
    with first:
        one = _name(_("First part"), f"{data.name}-a", "split.first")
    with second:
        two = _name(_("The rest"), f"{data.name}-b", "split.second")
    if buttons.button(_("Split the dataset"), type="primary", key="split.go"):
        person, into, now = people.current(), (one, two), time.time()
        if value is None:
            _go(lambda: dataset_copies.split_by_share(db, person, data.name, into, now, share=share, seed=int(seed))[0])
        else:
            _go(lambda: dataset_copies.split_by_label(db, person, data.name, into, now, facet=way, value=value)[0])


def _name(label: str, proposal: str, key: str) -> str:
    return st.text_input(label, proposal[-LONGEST_DATASET_NAME:], max_chars=LONGEST_DATASET_NAME, key=key)


def _go(make: Callable[[], Dataset]) -> None:
    """Make it and go to its page; where it is refused, the dialog stays with the reason."""
    try:
        made = make()
    except StorageError as error:
        st.html(notices.refusal(error))
        return
    dialogs.close()
    st.switch_page("views/data.py", query_params={"dataset": made.name})
