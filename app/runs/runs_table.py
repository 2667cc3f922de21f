"""All runs as a table, newest first, narrowed by a search and a state."""

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from markupsafe import Markup

from app import clients, people
from app.bridge.fragment import Fragment, page_number
from app.markup import tables, texts
from app.runs import outcome, queue_list, run_progress
from app.translations import _, ngettext
from engine.spec import key_metrics, readable
from storage import metrics, run_lists
from storage.records import RunSummary, Series

PER_PAGE = 50
COPY = Markup(
    '<svg class="al-icon" viewBox="0 0 16 16" aria-hidden="true"><rect x="2.5" y="2.5" width="8" height="8" rx="1.5"/>'
    '<path d="M13.5 6v6a1.5 1.5 0 0 1-1.5 1.5H6"/></svg>'
)

_SORT = Markup(
    '<a class="al-sort" data-go="runs" href="runs?{query}">{title}<span aria-hidden="true">{glyph}</span></a>'
)


def table(query: Mapping[str, str]) -> Fragment:
    """Query: `search` (name, id, method, dataset or model), `state`, `sort` and `page`, each may be missing.

    `sort` is a column, with a minus before it where the largest comes first.
    """
    db = clients.database()
    search, state = query.get("search", ""), query.get("state", "")
    total = count(search, state)
    if not total:
        return Fragment(Markup('<p class="al-soft">{}</p>').format(_("No run matches. Clear the search to see all.")))
    offset = (page_number(query.get("page", "1")) - 1) * PER_PAGE
    order = _order(query.get("sort", ""))
    page_rows = run_lists.search(db, search, _states(state), order=order, offset=offset, limit=PER_PAGE)
    context = _Context(
        queue=run_lists.queued_ids(db),
        series=metrics.by_run(db, [run.id for run in page_rows]),
        awaited=queue_list.awaited(page_rows),
        duplicable=_duplicable(page_rows),
    )
    rows = tables.table(
        [_("Method"), *_sortable(query, order), ""],
        [_row(run, context) for run in page_rows],
        kinds=["", "al-first", "", "al-wide", "al-num", "al-num", "al-num", "al-acts"],
        name="al-runs",
    )
    note = Markup('<p class="al-soft al-note">{}</p>').format(ngettext("{count} run", "{count} runs", total))
    return Fragment(note + rows)


def _order(sort: str) -> run_lists.Order | None:
    """None where the address names no column of the table."""
    column = sort.removeprefix("-")
    if column not in run_lists.COLUMNS:
        return None
    return run_lists.Order(column, descending=sort.startswith("-"), metric=key_metrics.HEADLINE)


def _sortable(query: Mapping[str, str], order: run_lists.Order | None) -> list[Markup]:
    """Heads that sort by their column at a press, and the other way round at the next."""
    titles = {
        "name": _("Name"),
        "state": _("State"),
        "result": _("Result"),
        "steps": _("Steps"),
        "time": _("Time"),
        "created": _("Created"),
    }
    return [_head(query, order, column, title) for column, title in titles.items()]


def _head(query: Mapping[str, str], order: run_lists.Order | None, column: str, title: str) -> Markup:
    here = order is not None and order.column == column
    descending = order is None or not (here and order.descending)
    kept = {name: query[name] for name in ("search", "state") if query.get(name)}
    return _SORT.format(
        query=urlencode({**kept, "sort": f"-{column}" if descending else column}),
        title=title,
        glyph="" if order is None or not here else "↓" if order.descending else "↑",
    )


def count(search: str, state: str) -> int:
    """How many runs the table is about, on all its pages."""
    return run_lists.count(clients.database(), search, _states(state))


def _states(state: str) -> list[str]:
    return [state] if state else []


@dataclass(frozen=True)
class _Context:
    """What the rows of one page need beside their runs, read once for all of them."""

    queue: list[str]
    series: Mapping[str, Mapping[str, Series]]
    awaited: Mapping[str, RunSummary]
    duplicable: Collection[str]


def _row(run: RunSummary, context: _Context) -> list[tables.Cell]:
    return [
        _tick(run) + texts.chip(run.algorithm, run.kind),
        _name(run),
        texts.state(run.state, run.request),
        _result(run, context),
        f"{run.step:,}",
        outcome.duration(run, now=time.time() if run.state == "running" else None),
        texts.moment(run.created_at, "both"),
        _buttons(run, context),
    ]


def _tick(run: RunSummary) -> Markup:
    """A box that chooses the run for a comparison, once it has something to compare."""
    if run.kind != "train" or run.step == 0:
        return Markup('<span class="al-tick"></span>')
    return Markup('<input type="checkbox" class="al-tick" data-pick="{id}" aria-label="{label}">').format(
        id=run.id, label=_("Compare {run}").format(run=run.name)
    )


def _name(run: RunSummary) -> Markup:
    return Markup(
        '<a class="al-name" data-go="run" href="run?id={id}">{name}</a>'
        '<span class="al-soft al-id">{short} · {data}</span>'
    ).format(id=run.id, name=run.name, short=texts.short(run.id), data=run.dataset or "")


def _result(run: RunSummary, context: _Context) -> Markup:
    series = context.series[run.id]
    if run.state == "running":
        return Markup('<div class="al-progress">{}<b>{}</b><span class="al-soft">{}</span></div>').format(
            run_progress.bar(run), texts.percent(run.fraction), run_progress.pace(run, series)
        )
    if run.state == "waiting":
        return queue_list.awaited_run_link(run, context.awaited)
    if run.state == "queued":
        return Markup("")
    return outcome.outcome(run, series)


def _buttons(run: RunSummary, context: _Context) -> Markup:
    if run.id in context.queue:
        return queue_list.order_buttons(run, run.id == context.queue[0], run.id == context.queue[-1])
    if run.id not in context.duplicable or not people.current().may("researcher"):
        return Markup("")
    return Markup(
        '<a class="al-act" data-go="launch" href="launch?from={id}" title="{name}" aria-label="{label}">{icon}</a>'
    ).format(id=run.id, name=_("Duplicate: open it in Launch"), label=f"{_('Duplicate')}: {run.name}", icon=COPY)


def _duplicable(page_rows: Sequence[RunSummary]) -> set[str]:
    """Those of the runs that Launch could be filled with."""
    settings = run_lists.settings(clients.database(), [run.id for run in page_rows])
    return {run_id for run_id, spec in settings.items() if readable(spec) is not None}
