"""One dataset: facts that filter, filters, rows a page at a time, and what can be done with it.

Left out: the list of all datasets (`app.views.data`).
"""

import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import streamlit as st
from markupsafe import Markup

from app.components import address, editor, items, live, tables, texts, tokens
from app.translations import N_, _, ngettext, say
from storage import datasets, formats
from storage.database import Database
from storage.errors import StorageError
from storage.records import Dataset, Item, Version

PER_PAGE = 25
FACETS = {"script": N_("Language"), "topic": N_("Topic"), "tag": N_("Tag"), "origin": N_("Origin")}
SHOWN, UNDO = "data.shown", "data.undo"


def show(db: Database, data: Dataset) -> None:
    """The page of one dataset."""
    _forget_filters_of_another(data.name)
    versions, facets = datasets.versions(db, data.name), datasets.facets(db, data.name)
    texts.heading(data.name, " · ".join([items.count(data.kind, data.items), _frozen(data, versions)]))
    _facts(data, facets["flag"], versions)
    left, right = st.columns([1, 4.4], gap="medium")
    with left, st.container(key="data-filters"):
        wanted = _filters(facets)
    with right:
        _bar(db, data, versions, facets)
        _undo(db, data)
        _rows(db, data, wanted, facets)


def _forget_filters_of_another(name: str) -> None:
    """Search and undo belong to one dataset; the other filters are only in the address."""
    before = st.session_state.get(SHOWN)
    st.session_state[SHOWN] = name
    if before not in (None, name):
        for key in ("q", "page", UNDO):
            st.session_state.pop(key, None)


def _frozen(data: Dataset, versions: list[Version]) -> str:
    """Where the working copy stands to its newest version."""
    if not versions:
        return _("working copy, never frozen")
    if data.edited_at > versions[0].created_at:
        return _("working copy, edited since {version} was frozen").format(version=versions[0].hash[:7])
    return _("as frozen in {version}").format(version=versions[0].hash[:7])


def _facts(data: Dataset, flags: Mapping[str, int], versions: list[Version]) -> None:
    """Counts; those that point at something to look at can be pressed to see just that."""
    with st.container(key="data-facts", horizontal=True, vertical_alignment="center", border=True):
        held = versions[0].held_out if versions else None
        told = [
            Markup("<b>{}</b> {}").format(f"{data.items:,}", items.kind_name(data.kind)),
            Markup("<b>{}</b> {}").format(f"{held:,}", _("held out")) if held else _no_split(held),
        ]
        st.html(Markup('<p class="al-facts">{}</p>').format(Markup("").join(map(Markup("<span>{}</span>").format, told))), width="content")
        if flags:
            _flag_pills(flags)
        elif data.items:
            st.html(texts.tone(_("no duplicates, no empty or identical answers"), "good", "✓"), width="content")


def _flag_pills(flags: Mapping[str, int]) -> None:
    picked = st.pills(
        _("To look at"),
        list(flags),
        key=address.arrive("flag", flags),
        format_func=lambda flag: f"▲ {items.facet_name('flag', flag)} {flags[flag]:,}",
        label_visibility="collapsed",
        on_change=_first_page,
    )
    address.leave("flag", picked)


def _no_split(held: int | None) -> str:
    return _("a tenth is held out when it is frozen") if held is None else _("nothing held out: under 20 prompts")


def _first_page() -> None:
    st.session_state["page"] = 1


def _filters(facets: Mapping[str, Mapping[str, int]]) -> dict[str, str | None]:
    """Search and one select a facet; a facet with one value has nothing to choose."""
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
    found = {facet: _facet(facet, title, facets[facet]) for facet, title in FACETS.items() if len(facets[facet]) > 1}
    return {"search": search, "flag": st.query_params.get("flag"), **found}


def _facet(facet: str, title: str, values: Mapping[str, int]) -> str | None:
    picked = st.selectbox(
        _(title),
        list(values),
        index=None,
        key=address.arrive(facet, values),
        placeholder=_("all"),
        format_func=lambda value: f"{items.facet_name(facet, value)} · {values[value]:,}",
        on_change=_first_page,
    )
    return address.leave(facet, picked)


def _rows(db: Database, data: Dataset, wanted: Mapping[str, str | None], facets: Mapping[str, Mapping[str, int]]) -> None:
    """One page of items; a press on a pencil opens the editor."""
    page = max(1, int(st.session_state.get("page") or st.query_params.get("page", "1")))
    found, total = datasets.items(db, data.name, offset=(page - 1) * PER_PAGE, limit=PER_PAGE, **wanted)
    if not data.items:
        texts.empty(_("This dataset is empty."), _("Add its first item by hand, or import a file as a dataset of its own."))
        return
    if not total:
        texts.empty(_("Nothing matches these filters."), _("Clear the search or a filter to see more."))
        return
    if total < data.items:
        st.html(Markup('<p class="al-soft al-note">{}</p>').format(_("{found} of {all} shown").format(found=f"{total:,}", all=f"{data.items:,}")))
    pressed = live.still(items.table(data.kind, found), key="items")
    pages = -(-total // PER_PAGE)
    if pages > 1:
        st.pagination(pages, key="page", bind="query-params")
    asked = pressed["id"] if pressed else st.query_params.pop("item", None)
    if asked is not None:
        _open(db, data, datasets.item(db, data.name, asked), facets)


def _bar(db: Database, data: Dataset, versions: list[Version], facets: Mapping[str, Mapping[str, int]]) -> None:
    """What can be done with the dataset; training on it is what it is for."""
    with st.container(key="data-bar", horizontal=True, vertical_alignment="center"):
        if st.button(_("Add"), icon=":material/add:", key="data.add"):
            _open(db, data, editor.blank(data.kind), facets)
        with st.popover(_("Export"), icon=":material/download:", disabled=not data.items):
            _export(db, data)
        with st.popover(ngettext("{count} version", "{count} versions", len(versions)), icon=":material/history:"):
            _versions(db, data, versions)
        more = {"rename": _("Rename"), "delete": _("Delete the dataset")}
        chosen = st.menu_button(_("More"), list(more), format_func=more.__getitem__, key="data.more")
        if st.button(_("Train on this"), type="primary", key="data.train", disabled=not data.items):
            st.switch_page("views/launch.py", query_params={"dataset": data.name})
    if chosen == "rename":
        st.dialog(_("Rename"))(_rename)(db, data)
    elif chosen == "delete":
        st.dialog(_("Delete {name}?").format(name=data.name))(_delete)(db, data)


def _open(db: Database, data: Dataset, item: Item, facets: Mapping[str, Mapping[str, int]]) -> None:
    editor.begin()
    title = _("Edit {id}").format(id=item.id) if item.id else _("Add to {name}").format(name=data.name)
    st.dialog(title, width="large")(_edit)(db, data, item, facets)


def _edit(db: Database, data: Dataset, item: Item, facets: Mapping[str, Mapping[str, int]]) -> None:
    """The dialog's content. Saving and deleting close it, and can be undone on the page."""
    changed = editor.fields(data.kind, item, list(facets["topic"]), list(facets["tag"]))
    with st.container(horizontal=True):
        save = st.button(_("Save"), type="primary", key="edit.save")
        delete = bool(item.id) and st.button(_("Delete"), icon=":material/delete:", key="edit.delete")
    if item.id and item.responses:
        box = st.expander(_("Which tokens are trained"), key="edit.tokens", on_change="rerun")
        if box.open:
            with box:
                tokens.show(data.name, item.id)
    try:
        if save:
            _save(db, data, item, changed)
        elif delete:
            datasets.delete_item(db, data.name, item.id, time.time())
            _done(_("Deleted {id}.").format(id=item.id), partial(datasets.restore_item, item_id=item.id))
    except StorageError as error:
        st.html(texts.tone(say(error.text), "bad", "✕"))


def _save(db: Database, data: Dataset, item: Item, changed: Item) -> None:
    if item.id:
        datasets.edit_item(db, data.name, changed, time.time())
        _done(_("Saved {id}.").format(id=item.id), partial(datasets.edit_item, changed=item))
    added = datasets.add_item(db, data.name, changed, time.time())
    _done(_("Added {id}.").format(id=added.id), partial(datasets.delete_item, item_id=added.id))


def _done(words: str, back: Callable[..., object]) -> None:
    """Close the dialog; the page says what was done and how to take it back."""
    st.session_state[UNDO] = (words, back)
    st.rerun()


def _undo(db: Database, data: Dataset) -> None:
    if UNDO not in st.session_state:
        return
    words, back = st.session_state[UNDO]
    with st.container(key="data-undo", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(texts.tone(words, "good", "✓"))
        if st.button(_("Undo"), key="data.undo.go", type="tertiary"):
            back(db, data.name, now=time.time())
            del st.session_state[UNDO]
            st.rerun()


def _export(db: Database, data: Dataset) -> None:
    """Written when it is asked for, in a form that can hold this kind."""
    fitting = {one.name: _(one.title) for one in formats.FORMATS.values() if one.kind in (None, data.kind)}
    form = st.selectbox(_("Form"), sorted(fitting, key=lambda name: name == "jsonl"), format_func=fitting.__getitem__, key="export.form")
    st.download_button(
        _("Download {items}").format(items=items.count(data.kind, data.items)),
        partial(_written, db, data.name, form),
        file_name=f"{data.name}.jsonl",
        mime="application/jsonl",
        icon=":material/download:",
        on_click="ignore",
        key="export.go",
    )


def _written(db: Database, name: str, form: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "export.jsonl")
        datasets.export(db, name, form, path)
        return path.read_bytes()


def _versions(db: Database, data: Dataset, versions: list[Version]) -> None:
    """Frozen contents, newest first. Launching a run freezes by itself."""
    st.caption(_("A version never changes. Launching a run freezes the working copy by itself."))
    if versions:
        heads = [_("Version"), _("Items"), _("Held out"), _("Frozen")]
        rows = [[Markup("<code>{}</code>").format(v.hash[:7]), f"{v.items:,}", f"{v.held_out:,}", texts.moment(v.created_at, "both")] for v in versions]
        live.still(tables.table(heads, rows, ["", "al-num", "al-num", "al-num"]), key="versions")
    fresh = bool(versions) and data.edited_at <= versions[0].created_at
    if st.button(_("Freeze now"), key="data.freeze", disabled=fresh or not data.items):
        version = datasets.freeze(db, data.name, time.time())
        st.toast(_("Frozen as {version}.").format(version=version.hash[:7]))
        st.rerun()


def _rename(db: Database, data: Dataset) -> None:
    name = st.text_input(_("Name"), data.name, max_chars=64, key="data.name")
    if st.button(_("Rename"), type="primary", key="data.rename"):
        try:
            datasets.rename(db, data.name, name)
        except StorageError as error:
            st.html(texts.tone(say(error.text), "bad", "✕"))
        else:
            st.switch_page("views/data.py", query_params={"dataset": name})


def _delete(db: Database, data: Dataset) -> None:
    st.markdown(_("Its working copy goes. Versions that runs were trained on stay."))
    if st.button(_("Delete {items}").format(items=items.count(data.kind, data.items)), type="primary", key="data.delete"):
        datasets.delete(db, data.name, time.time())
        st.switch_page("views/data.py")
