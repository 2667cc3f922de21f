"""The selects by which a round takes some of a dataset's items, and how many those are.

They are the filters of the page of the dataset, which may have chosen them already. Left out: which items a filter
leaves, which storage says.
"""

from collections.abc import Mapping

import streamlit as st

from app.datasets import item_rows
from app.markup import texts
from app.translations import N_, _, ngettext
from storage import datasets
from storage.database import Database
from storage.item_content import FLAGS
from storage.judging import candidates
from storage.judging.judgement_records import Selection

REMARKABLE = N_("To look at")
Filters = Mapping[str, str | None]


def selection(db: Database, dataset: str, filters: Filters) -> Selection:
    """What is chosen, `filters` at first. Says how many items the round will hold."""
    counts = datasets.facets(db, dataset)
    filtered = any(value for name, value in filters.items() if name != "dataset")
    box = st.expander(_("Which items"), expanded=filtered, key="round.items")
    with box:
        search = st.text_input(_("Search"), filters.get("search") or "", key=f"round.search.{dataset}")
        with st.container(horizontal=True):
            labels = {
                facet: _select(dataset, facet, _(title), counts[facet], filters.get(facet))
                for facet, title in item_rows.FACET_TITLES.items()
            }
            flagged = {**counts["flag"], **counts["defect"]}
            remarkable = filters.get("flag") or filters.get("defect")
            flag = _select(dataset, "flag", _(REMARKABLE), flagged, remarkable)
        unjudged = st.toggle(_("Only what nobody has judged yet"), key="round.unjudged")
    chosen = Selection(
        script=labels["script"],
        topic=labels["topic"],
        tag=labels["tag"],
        origin=labels["origin"],
        flag=flag if flag in FLAGS else None,
        defect=None if flag in FLAGS else flag,
        search=search.strip() or None,
        unjudged_only=unjudged,
    )
    held = candidates.count(db, dataset, chosen)
    words = ngettext("{count} item with two answers or more", "{count} items with two answers or more", held)
    st.html(texts.tone(words, "soft" if held else "warning", "" if held else "▲"))
    return chosen


def _select(dataset: str, facet: str, title: str, counts: Mapping[str, int], chosen: str | None) -> str | None:
    """A select of the values of a facet; none where there is nothing to choose."""
    if not counts or (facet != "flag" and len(counts) < 2):
        return None
    values = list(counts)
    name = item_rows.flag_name if facet == "flag" else lambda value: item_rows.facet_name(facet, value)
    picked: str | None = st.selectbox(
        title,
        values,
        index=values.index(chosen) if chosen in values else None,
        key=f"round.{facet}.{dataset}",
        placeholder=_("all"),
        format_func=lambda value: f"{name(value)} · {counts[value]:,}",
        width=180,
    )
    return picked
