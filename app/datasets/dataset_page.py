"""One dataset: facts that filter, filters, and rows a page at a time.

Left out: what can be done with it (`datasets.dataset_actions`), and the list of all datasets (`datasets.dataset_list`).
"""

from collections.abc import Callable, Mapping

import streamlit as st
from markupsafe import Markup
from streamlit.delta_generator import DeltaGenerator

from app import people
from app.bridge import address, dialogs, live
from app.datasets import (
    bulk_changes,
    dataset_actions,
    import_findings,
    item_rows,
    quality_detail,
    quality_strip,
    refused_items_section,
)
from app.markup import texts
from app.review import agreement_fact, preference_fact
from app.translations import _
from storage import datasets, version_diffs
from storage.database import Database
from storage.item_content import FLAGS, MIN_PROMPTS
from storage.item_filter import ItemFilter
from storage.judging import judged_items
from storage.records import Dataset, Version

PER_PAGE = 25
ALL = Markup('<a href="data" target="_self">{}</a>')
SHOWN = "data.shown"


def show(db: Database, data: Dataset, under_heading: Callable[[Database, Dataset], None]) -> None:
    """The page of one dataset, with what `under_heading` shows of it."""
    _forget_filters_of_another(data.name)
    versions, facets = datasets.versions(db, data.name), datasets.facets(db, data.name)
    is_frozen = bool(versions) and version_diffs.is_frozen(db, data, versions[0])
    record = datasets.import_record(db, data.name)
    origin = [import_findings.origin(record)] if record is not None and record.origin else []
    frozen = _frozen(versions, is_frozen)
    note = [item_rows.count(data.kind, data.items), frozen, *origin, ALL.format(_("all datasets"))]
    st.html(texts.heading(data.name, Markup(" · ").join(note)))
    under_heading(db, data)
    _facts(db, data, {**facets["flag"], **facets["defect"]}, _held_out(data, versions, is_frozen))
    left, right = _areas(facets)
    with left, st.container(key="data-filters"):
        filters = _filters(facets)
    with right:
        history = dataset_actions.History(record, versions, is_frozen)
        slot = dataset_actions.bar(db, data, history, filters)
        bulk_changes.undo_bar(db, data)
        total = _rows(db, data, filters)
        if slot is not None and total:
            with slot:
                bulk_changes.popover(db, data, ItemFilter(**filters), total, facets)
        quality_detail.section(db, data)
        refused_items_section.section(data)
    dataset_actions.dialogs_of(db, data, facets)


def _areas(facets: Mapping[str, Mapping[str, int]]) -> list[DeltaGenerator]:
    """Where filters and rows stand: side by side, but for a search alone, which would leave its column empty."""
    if any(map(_divides, map(facets.__getitem__, item_rows.FACET_TITLES))):
        return st.columns([1, 4.4], gap="medium")
    return [st.container(key="data-search"), st.container()]


def _divides(values: Mapping[str, int]) -> bool:
    """Whether a facet can filter: with one value there is nothing to choose."""
    return len(values) > 1


def _forget_filters_of_another(name: str) -> None:
    """Search and undo belong to one dataset; the other filters are only in the address."""
    before = st.session_state.get(SHOWN)
    st.session_state[SHOWN] = name
    if before not in (None, name):
        for key in ("q", "page", bulk_changes.UNDO):
            st.session_state.pop(key, None)
        dialogs.close()


def _frozen(versions: list[Version], is_frozen: bool) -> str:
    """Whether the working copy was frozen, and differs since."""
    if not versions:
        return _("working copy, never frozen")
    if not is_frozen:
        return _("working copy, edited since {version} was frozen").format(version=versions[0].hash[:7])
    return _("as frozen in {version}").format(version=versions[0].hash[:7])


def _facts(db: Database, data: Dataset, flags: Mapping[str, int], held_out: Markup | str) -> None:
    """Quality and counts; flags and defects are pills: a press on one filters the rows by it."""
    with st.container(key="data-facts", horizontal=True, vertical_alignment="center", border=True):
        if data.items:
            live.show(
                quality_strip.quality, key="quality", first=quality_strip.first_strip(db, data), dataset=data.name
            )
        facts = [
            Markup("<b>{}</b> {}").format(f"{data.items:,}", item_rows.kind_name(data.kind)),
            held_out,
            *filter(None, [preference_fact.words(db, data)]),
            *agreement_fact.facts(db, data),
        ]
        st.html(
            Markup('<p class="al-facts">{}</p>').format(Markup("").join(map(Markup("<span>{}</span>").format, facts))),
            width="content",
        )
        if flags:
            _flag_pills(flags)
            return
        address.put("flag", None)  # an edit may have taken the last one away, and its pill with it
        if data.items:
            st.html(texts.tone(_("no duplicates, no empty or identical answers"), "good", "✓"), width="content")


def _flag_pills(flags: Mapping[str, int]) -> None:
    words = {
        flag: f"{item_rows.flag_glyph(flag)} {item_rows.flag_name(flag)} {count:,}" for flag, count in flags.items()
    }
    address.pills(_("To look at"), words, name="flag", label_visibility="collapsed", on_change=_first_page)


def _held_out(data: Dataset, versions: list[Version], is_frozen: bool) -> Markup | str:
    """How many items the newest version holds out, or whether the next one will: equal prompts count once."""
    if versions and versions[0].held_out:
        return Markup("<b>{}</b> {}").format(f"{versions[0].held_out:,}", _("held out"))
    if is_frozen or data.items < MIN_PROMPTS:
        return _("nothing held out: under 20 prompts")
    return _("a tenth is held out when it is frozen")


def _first_page() -> None:
    st.session_state["page"] = 1


def _filters(facets: Mapping[str, Mapping[str, int]]) -> dict[str, str | None]:
    """Search, and one select a facet that divides the items."""
    search = st.text_input(
        _("Search"),
        key="q",
        placeholder=_("Search text"),
        icon=":material/search:",
        label_visibility="collapsed",
        bind="query-params",
        live="0.4s",
        on_change=_first_page,
    )
    chosen = {
        facet: _facet(facet, title, facets[facet])
        for facet, title in item_rows.FACET_TITLES.items()
        if _divides(facets[facet])
    }
    flag = st.query_params.get("flag")
    return {"search": search, "flag" if flag is None or flag in FLAGS else "defect": flag, **chosen}


def _facet(facet: str, title: str, values: Mapping[str, int]) -> str | None:
    words = {value: f"{item_rows.facet_name(facet, value)} · {count:,}" for value, count in values.items()}
    return address.select(_(title), words, name=facet, placeholder=_("all"), on_change=_first_page)


def _rows(db: Database, data: Dataset, filters: Mapping[str, str | None]) -> int:
    """One page of items as their verdicts make them, and the number of all; a press on a pencil opens the editor."""
    if not data.items:
        advice = _("Add its first item by hand, or import a file as a dataset of its own.")
        st.html(texts.empty(_("This dataset is empty."), advice))
        return 0
    page = _page()
    items, total = datasets.items(db, data.name, offset=(page - 1) * PER_PAGE, limit=PER_PAGE, **filters)
    pages = -(-total // PER_PAGE)
    if not total:
        st.html(texts.empty(_("Nothing matches these filters."), _("Clear the search or a filter to see more.")))
        return 0
    if page > pages:  # its last item was deleted, or the address is from another time
        st.session_state["page"] = pages
        st.rerun()
    if total < data.items:
        share = _("{found} of {all} shown").format(found=f"{total:,}", all=f"{data.items:,}")
        st.html(Markup('<p class="al-soft al-note">{}</p>').format(share))
    judged, _judgement_ids = judged_items.derived(db, data.name, items)
    pressed = live.static(item_rows.table(data.kind, judged, act=people.current().may("researcher")), key="items")
    if pages > 1:
        st.pagination(pages, key="page", bind="query-params")
    item_id = pressed["id"] if pressed else st.query_params.pop("item", None)
    if item_id is not None and people.current().may("researcher"):
        dataset_actions.open_editor(datasets.item(db, data.name, item_id))
    return total


def _page() -> int:
    """The number of the page to show: from the buttons under the rows, else from the address."""
    text = st.query_params.get("page", "1")
    number = st.session_state.get("page", int(text[:9]) if text.isdecimal() else 1)
    return max(1, int(number))
