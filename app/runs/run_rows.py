"""The rows of the table of runs: what each cell shows, from what is read once for all rows of a page.

Left out: which runs a page has (`runs_table`).
"""

import json
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from app import clients, people
from app.markup import tables, texts
from app.runs import outcome, queue_list, run_progress, sparklines, table_columns
from app.runs.table_view import TableView
from app.translations import N_, _, ngettext
from engine.spec import readable
from storage import metrics, run_lists, run_tags
from storage.records import RunSummary, Series

COPY = Markup(
    '<svg class="al-icon" viewBox="0 0 16 16" aria-hidden="true"><rect x="2.5" y="2.5" width="8" height="8" rx="1.5"/>'
    '<path d="M13.5 6v6a1.5 1.5 0 0 1-1.5 1.5H6"/></svg>'
)
TITLES = {
    "name": N_("Name"),
    "state": N_("State"),
    "result": N_("Result"),
    "steps": N_("Steps"),
    "time": N_("Time"),
    "created": N_("Created"),
}
_SORT = Markup('<a class="al-sort" data-go="runs" href="{link}">{title}<span aria-hidden="true">{glyph}</span></a>')
_ALL = Markup('<input type="checkbox" class="al-tick" data-pick-all aria-label="{label}">')
_KINDS = {
    "name": "al-first",
    "result": "al-wide",
    "curve": "al-curve",
    "steps": "al-num",
    "time": "al-num",
    "created": "al-num al-when",
    "acts": "al-acts",
}


@dataclass(frozen=True)
class Context:
    """What the rows of one page need beside their runs, read once for all of them."""

    view: TableView
    queue: list[str]
    series: Mapping[str, Mapping[str, Series]]
    settings: Mapping[str, tuple[dict[str, Any], dict[str, Any]]]
    awaited: Mapping[str, RunSummary]
    tags: Mapping[str, tuple[str, ...]]
    curves: Mapping[str, Markup]
    changes: bool  # whether the person may change runs


def context(view: TableView, runs: Sequence[RunSummary]) -> Context:
    """Read it, in as many statements however many runs there are."""
    db, ids = clients.database(), [run.id for run in runs]
    series = metrics.by_run(db, ids)
    return Context(
        view=view,
        queue=run_lists.queued_ids(db),
        series=series,
        settings=run_lists.with_resolved(db, ids),
        awaited=queue_list.awaited(runs),
        tags=run_tags.of_runs(db, ids),
        curves=sparklines.of_runs(db, runs, series),
        changes=people.current().may("researcher"),
    )


def layout(view: TableView) -> list[str]:
    """The columns of the table in their order; chosen ones stand behind the curve."""
    return ["method", "name", "state", "result", "curve", *(c.name for c in view.columns), "steps", "time", "created"]


def heads(view: TableView) -> list[Markup]:
    """Heads that sort by their column at a press, and the other way round at the next."""
    titles = {name: _(title) for name, title in TITLES.items()} | {c.name: c.title for c in view.columns}
    unsorted = {
        "method": _ALL.format(label=_("Tick all on this page")) + Markup("{}").format(_("Method")),
        "curve": Markup("{}").format(_("Curve")),
    }
    return [
        *(unsorted[name] if name in unsorted else _head(view, name, titles[name]) for name in layout(view)),
        Markup(""),
    ]


def kinds(view: TableView) -> list[str]:
    """A class for each column."""
    chosen = {column.name for column in view.columns}
    return ["al-num al-added" if name in chosen else _KINDS.get(name, "") for name in [*layout(view), "acts"]]


def _head(view: TableView, name: str, title: str) -> Markup:
    sort = view.query.get("sort", "")
    here, descending = sort.removeprefix("-") == name, sort.startswith("-")
    link = view.link(sort=name if here and descending else f"-{name}")
    return _SORT.format(link=link, title=title, glyph="" if not here else "↓" if descending else "↑")


def row(run: RunSummary, context: Context) -> list[tables.Cell]:
    """The cells of one run, in the order of `layout`, and its buttons."""
    settings, resolved = context.settings.get(run.id, ({}, {}))
    values = table_columns.Values(settings, resolved, context.series[run.id])
    return [
        _tick(run, changes=context.changes) + texts.chip(run.algorithm, run.kind),
        _name(run, context.tags.get(run.id, ())),
        texts.state(run.state, run.request),
        _result(run, context),
        context.curves.get(run.id, Markup("")),
        *(table_columns.cell(column, values) for column in context.view.columns),
        f"{run.step:,}",
        outcome.duration(run, now=time.time() if run.state == "running" else None),
        texts.moment(run.created_at, "both"),
        _buttons(run, context, settings),
    ]


def _tick(run: RunSummary, *, changes: bool) -> Markup:
    """A box that chooses the run, for a comparison or for what is done to several runs at once."""
    if not changes and (run.kind != "train" or run.step == 0):
        return Markup('<span class="al-tick"></span>')
    return Markup('<input type="checkbox" class="al-tick" data-pick="{id}" aria-label="{label}">').format(
        id=run.id, label=_("Tick {run}").format(run=run.name)
    )


def _name(run: RunSummary, tags: Collection[str]) -> Markup:
    about = " · ".join(filter(None, (texts.short(run.id), run.dataset)))
    return Markup(
        '<a class="al-name" data-go="run" href="run?id={id}">{name}</a><span class="al-soft al-id">{about}</span>{tags}'
    ).format(id=run.id, name=run.name, about=about, tags=texts.tags(tags))


def _result(run: RunSummary, context: Context) -> Markup:
    series = context.series[run.id]
    if run.state == "running":
        return Markup('<div class="al-progress">{}<b>{}</b><span class="al-soft">{}</span></div>').format(
            run_progress.bar(run), texts.percent(run.fraction), run_progress.pace(run, series)
        )
    if run.state == "waiting":
        return queue_list.awaited_run_link(run, context.awaited)
    if run.state == "queued":
        return Markup("")
    return Markup('<div class="al-clamp">{}</div>').format(outcome.outcome(run, series))


def _buttons(run: RunSummary, context: Context, settings: Mapping[str, Any]) -> Markup:
    queue = context.queue
    if run.id in queue:
        return queue_list.order_buttons(run, run.id == queue[0], run.id == queue[-1])
    if not context.changes or not _is_readable(json.dumps(settings)):
        return Markup("")
    return Markup(
        '<a class="al-act" data-go="launch" href="launch?from={id}" title="{name}" aria-label="{label}">{icon}</a>'
    ).format(id=run.id, name=_("Duplicate: open it in Launch"), label=f"{_('Duplicate')}: {run.name}", icon=COPY)


@lru_cache(2_000)
def _is_readable(settings: str) -> bool:
    """Whether Launch could be filled with them; parsing all of a page takes most of the time of drawing it."""
    return readable(json.loads(settings)) is not None


def group_head(value: Markup, runs: int, figure: Markup, *, link: str, folded: bool) -> Markup:
    """The line over the runs of a group, which folds and unfolds them at a press."""
    count = ngettext("{count} run", "{count} runs", runs)
    return Markup(
        '<a class="al-groupfold" data-go="runs" href="{link}" aria-expanded="{open}"><i aria-hidden="true">{glyph}</i>'
        '<b>{value}</b></a><span class="al-soft">{count}</span><span class="al-groupfigure">{figure}</span>'
    ).format(
        link=link,
        open="false" if folded else "true",
        glyph="▸" if folded else "▾",
        value=value,
        count=count,
        figure=figure,
    )
