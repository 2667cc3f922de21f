"""All runs as a table, newest first: narrowed, sorted, with columns of a person's choice, and in groups.

Left out: the cells of a row (`run_rows`), and what the address holds (`table_view`).
"""

import hashlib
from collections.abc import Mapping

from markupsafe import Markup

from app import clients
from app.bridge.fragment import Fragment
from app.markup import tables, texts
from app.markup.metric_names import title
from app.runs import run_rows, table_columns
from app.runs.table_view import FACETS, TableView
from app.translations import _, ngettext
from engine.spec import key_metrics
from engine.spec.parse import KINDS
from storage import run_groups, run_lists, studies
from storage.people import users
from storage.records import RunSummary
from storage.run_groups import GroupedBy, GroupTotals

PER_PAGE = 50
_FILTER = Markup(
    '<a class="al-filter" data-go="runs" href="{link}" aria-label="{label}">{words} <b>{value}</b>'
    '<i aria-hidden="true">✕</i></a>'
)


def table(query: Mapping[str, str]) -> Fragment:
    """Query: what the page's address holds (`table_view.FIELDS`, `folds`, `page`); each may be missing."""
    view = TableView(query)
    total = count(query)
    if not total:
        nothing = _("No run matches. Clear the search and the filters to see all.")
        return Fragment(Markup('<p class="al-soft">{}</p>').format(nothing) + _filters(view))
    note = Markup('<p class="al-soft al-note">{}</p>').format(ngettext("{count} run", "{count} runs", total))
    rows = _plain(view) if view.group is None else _grouped(view, view.group, total)
    return Fragment(note + _filters(view) + rows)


def count(query: Mapping[str, str]) -> int:
    """How many runs the table is about, on all its pages."""
    view = TableView(query)
    return run_lists.count(clients.database(), view.search, view.states, view.facets)


def pages(query: Mapping[str, str]) -> int:
    """How many pages they take; groups have pages of their own."""
    view = TableView(query)
    return -(-(count(query) if view.group is None else len(_groups(view, view.group))) // PER_PAGE)


def _plain(view: TableView) -> Markup:
    offset = (view.page - 1) * PER_PAGE
    return _table(view, [(None, _runs(view, None, offset))])


def _grouped(view: TableView, by: GroupedBy, total: int) -> Markup:
    """Heads with the figures of each group; their runs are folded where all of them would be too many."""
    shown = _groups(view, by)[(view.page - 1) * PER_PAGE : view.page * PER_PAGE]
    parts: list[tuple[Markup | None, list[RunSummary]]] = []
    dialect = clients.database().engine.dialect.name
    for group in shown:
        mark = _mark(group)
        folded = (total > PER_PAGE) != (mark in view.folds)
        link = view.link(folds=",".join(sorted(view.folds ^ {mark})))
        value, figure = _value(by, group), _figure(group)
        head = run_rows.group_head(value, group.runs, figure, link=link, folded=folded)
        within = run_groups.condition(by, group.value, dialect)
        runs = [] if folded else _runs(view, within, 0)
        parts.append((head, runs))
        if not folded and group.runs > PER_PAGE:
            more = _("Only the first {count} are shown: narrow the search to see the others.").format(count=PER_PAGE)
            parts.append((Markup('<span class="al-soft">{}</span>').format(more), []))
    return _table(view, parts)


def _table(view: TableView, parts: list[tuple[Markup | None, list[RunSummary]]]) -> Markup:
    """Rows under their heads, which are None where there are no groups."""
    context = run_rows.context(view, [run for _head, runs in parts for run in runs])
    heads, kinds = run_rows.heads(view), run_rows.kinds(view)
    rows: list[list[tables.Cell] | Markup] = []
    for head, runs in parts:
        if head is not None:
            rows.append(tables.spanning(head, len(heads), "al-group"))
        rows += [run_rows.row(run, context) for run in runs]
    name = "al-runs al-narrowed" if view.columns else "al-runs"  # what was chosen shall be seen without scrolling
    return tables.table(heads, rows, kinds=kinds, name=name)


def _runs(view: TableView, within: run_lists.Condition | None, offset: int) -> list[RunSummary]:
    db = clients.database()
    narrowed = (view.search, view.states, view.facets)
    return run_lists.search(db, *narrowed, within=within, order=view.order, offset=offset, limit=PER_PAGE)


def _groups(view: TableView, by: GroupedBy) -> list[GroupTotals]:
    """In the order of their values; by their means where runs are sorted by their results."""
    db = clients.database()
    found = run_groups.groups(db, by, key_metrics.HEADLINE, view.search, view.states, view.facets)
    if view.query.get("sort", "").removeprefix("-") != "result":
        return found
    sign = -1 if view.query["sort"].startswith("-") else 1
    return sorted(found, key=lambda group: (group.mean is None, sign * (group.mean or 0.0)))


def _mark(group: GroupTotals) -> str:
    """A few characters that name a group in the address, whatever its value is."""
    return hashlib.sha256(repr(group.value).encode()).hexdigest()[:6]


def _value(by: GroupedBy, group: GroupTotals) -> Markup:
    if by == "method":
        return texts.chip(None, group.value) if group.value in KINDS else texts.chip(group.value)
    if group.value is None:
        nothing = {"tag": _("no tag"), "dataset": _("no dataset"), "study": _("no study")}
        return Markup("{}").format(nothing[by] if isinstance(by, str) else _("not set"))
    if by == "study":
        return texts.name(studies.get(clients.database(), group.value).name)
    if isinstance(by, str):
        return texts.name(group.value)
    setting = _(table_columns.setting_titles()[by.path])
    return Markup("{} {}").format(setting, table_columns.setting_text(group.value))


def _figure(group: GroupTotals) -> Markup:
    """Mean and spread of the results, and of how many runs."""
    if group.mean is None:
        return Markup('<span class="al-soft">{}</span>').format(_("no result yet"))
    spread = "" if group.deviation is None else f" ± {texts.number(group.deviation)}"
    meaning = _("mean and standard deviation of the last value over {count} runs that succeeded")
    return Markup('{name} <b title="{meaning}">{mean}{spread}</b> <span class="al-soft">{count}</span>').format(
        name=title(key_metrics.HEADLINE),
        meaning=meaning.format(count=group.measured),
        mean=texts.number(group.mean),
        spread=spread,
        count=_("n = {count}").format(count=f"{group.measured:,}"),
    )


def _filters(view: TableView) -> Markup:
    """What narrows the table beside search and state, each with a press that takes it away."""
    chips = [(_(FACETS[name]), view.query[name], name) for name in FACETS if view.query.get(name)]
    if view.facets.person is not None:
        names = users.names(clients.database())
        chips = [(words, names.get(value, value) if name == "person" else value, name) for words, value, name in chips]
    if view.facets.archived:
        chips.append((_("Archived"), "", "archived"))
    if not chips:
        return Markup("")
    links = [_filter(view, *chip) for chip in chips]
    return Markup('<p class="al-filters">{}</p>').format(Markup("").join(links))


def _filter(view: TableView, words: str, value: str, name: str) -> Markup:
    label = _("Take the filter away: {name}").format(name=words)
    return _FILTER.format(link=view.link(**{name: None}), label=label, words=words, value=texts.name(value))
