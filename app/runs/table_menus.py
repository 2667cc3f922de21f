"""The menus over the table of runs: filters, groups, columns and named views. Each writes into the address.

A menu's fields are drawn while it is open only: the address holds what they say. Left out: the view that the address
means (`table_view`), and which columns there are (`table_columns`).
"""

import time
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlencode

import streamlit as st
from markupsafe import Markup

from app import people
from app.actions import run_views
from app.bridge import address, buttons, live
from app.markup import notices, texts
from app.markup.metric_names import title
from app.runs import table_columns
from app.runs.table_view import FACETS, GROUP_TITLES, GROUPS, NO_COLUMNS, TableView
from app.translations import _
from storage import metrics, run_facets, saved_views
from storage.database import Database
from storage.errors import StorageError
from storage.people import users
from storage.records import SavedView

_VIEW = Markup('<li><a class="al-name" data-go="runs" href="runs?{query}">{name}</a>{forget}</li>')
_FORGET = Markup(
    '<button type="button" class="al-act" data-do="forget" data-id="{name}" title="{words}" aria-label="{label}">✕'
    "</button>"
)


def menus(db: Database) -> None:
    """All of them, beside each other."""
    view = TableView(st.query_params)
    filters = sum(1 for name in (*FACETS, "archived") if view.query.get(name))
    _menu(_("Filter"), filters, "filter_list", "filter", lambda: _filters(db))
    _menu(_("Group"), int(view.group is not None), "workspaces", "group", _group)
    _menu(_("Columns"), len(view.columns), "view_column", "columns", lambda: _columns(db))
    _menu(_("Views"), 0, "bookmark", "views", lambda: _views(db))


def _menu(words: str, count: int, icon: str, name: str, draw: Callable[[], None]) -> None:
    """A menu that stays open while its count changes: Streamlit takes one with another label for another one, so that
    the style sheet writes the count."""
    if count:
        st.html(f'<style>.st-key-runs-{name} {{ --al-count: " · {count}"; }}</style>')
    box = st.popover(words, icon=f":material/{icon}:", key=f"runs.{name}", on_change="rerun")
    if box.open:
        with box:
            draw()


def _filters(db: Database) -> None:
    values, names = run_facets.values(db), users.names(db)
    for facet in FACETS:
        counts = values[facet]
        if counts or st.query_params.get(facet):
            words = {value: f"{names.get(value, value)} · {count}" for value, count in counts.items()}
            _select(facet, _(FACETS[facet]), words)
    address.ticked(_("Archived runs"), name="archived")


def _group() -> None:
    words = {name: _(GROUP_TITLES[name]) for name in GROUPS} | _settings()
    _select("group", _("Group by"), words)
    st.caption(_("Each group shows the mean and the spread of its runs' results, and folds at a press."))


def _select(name: str, label: str, words: Mapping[str, str]) -> None:
    """A field that may be left empty; a value of the address that no run has any more is an option too."""
    now = st.query_params.get(name)
    options = {now: now, **words} if now else words
    address.select(label, options, name=name, placeholder=_("any") if name != "group" else _("no groups"))


def _settings() -> dict[str, str]:
    """The words for each setting: its title, and its path, since several have one title."""
    return {path: f"{_(msgid)} · {path}" for path, msgid in table_columns.setting_titles().items()}


def _columns(db: Database) -> None:
    """Settings and figures of metrics; what is chosen stands in the address in the order of choosing."""
    settings = _settings()
    figures = {
        f"{key}@{figure}": f"{title(key)} · {_(table_columns.FIGURES[figure])} · {key}"
        for key in metrics.keys(db)
        for figure in table_columns.figures(key)
    }
    chosen = [column.name for column in TableView(st.query_params).columns]
    picked = [
        *_several(_("Settings"), settings, chosen, "runs.columns.settings"),
        *_several(_("Metrics"), figures, chosen, "runs.columns.metrics"),
    ]
    kept = [name for name in chosen if name in picked]
    names = [*kept, *(name for name in picked if name not in kept)]
    if names != chosen:
        st.query_params["columns"] = ",".join(names) or NO_COLUMNS
        st.rerun()
    st.caption(_("At most {count} columns. A press on a head sorts by it.").format(count=table_columns.MOST_COLUMNS))


def _several(label: str, words: Mapping[str, str], chosen: Sequence[str], key: str) -> list[str]:
    own = [name for name in chosen if name in words]
    placeholder, most = _("Choose columns"), table_columns.MOST_COLUMNS
    return address.several(label, words, own, key=key, max_selections=most, placeholder=placeholder)


def _views(db: Database) -> None:
    """Named views to open and forget, and a name for the one that is seen."""
    changes = people.current().may("researcher")
    listing = saved_views.listing(db)
    if listing:
        rows = Markup("").join(_view_row(view, changes) for view in listing)
        pressed = live.static(Markup('<ul class="al-views">{}</ul>').format(rows), key="views_list")
        if pressed is not None:
            _forget(db, pressed["id"])
    else:
        st.caption(_("A view keeps search, filters, sort, columns and group under a name, for everybody here."))
    if not changes:
        return
    name = st.text_input(_("Name of this view"), key="runs.view.name", max_chars=60)
    if buttons.button(_("Save this view"), key="runs.view.save"):
        try:
            run_views.save(db, people.current(), name, TableView(st.query_params).kept, time.time())
        except StorageError as error:
            st.html(notices.refusal(error))
        else:
            st.rerun()


def _view_row(view: SavedView, changes: bool) -> Markup:
    words = _("Forget this view")
    forget = _FORGET.format(name=view.name, words=words, label=f"{words}: {view.name}") if changes else ""
    return _VIEW.format(query=urlencode(view.query), name=texts.name(view.name), forget=forget)


def _forget(db: Database, name: str) -> None:
    try:
        run_views.delete(db, people.current(), name, time.time())
    except StorageError as error:
        st.html(notices.refusal(error))
    else:
        st.rerun()
