"""All runs as a table, newest first, narrowed by a search and a state."""

from collections.abc import Mapping

from markupsafe import Markup

from app import clients
from app.bridge.fragment import Fragment
from app.markup import tables, texts
from app.runs import outcome, queue_list, recent, run_progress
from app.translations import _, ngettext
from engine.spec import readable
from storage import metrics, runs
from storage.records import Run, Series

PER_PAGE = 50
COPY = Markup(
    '<svg class="al-icon" viewBox="0 0 16 16" aria-hidden="true"><rect x="2.5" y="2.5" width="8" height="8" rx="1.5"/>'
    '<path d="M13.5 6v6a1.5 1.5 0 0 1-1.5 1.5H6"/></svg>'
)


def table(query: Mapping[str, str]) -> Fragment:
    """Query: `search` (name, id, method, dataset or model), `state` and `page`, each may be missing."""
    db = clients.database()
    everything = found(query.get("search", ""), query.get("state", ""))
    if not everything:
        return Fragment(Markup('<p class="al-soft">{}</p>').format(_("No run matches. Clear the search to see all.")))
    first = (int(query.get("page", "1")) - 1) * PER_PAGE
    shown = everything[first : first + PER_PAGE]
    line = [run.id for run in runs.queue_order(db)]
    series = metrics.by_run(db, [run.id for run in shown])
    heads = [_("Method"), _("Name"), _("State"), _("Result"), _("Steps"), _("Time"), _("Created"), ""]
    rows = tables.table(
        heads,
        [_row(run, series[run.id], line) for run in shown],
        kinds=["", "al-first", "", "al-wide", "al-num", "al-num", "al-num", "al-acts"],
        name="al-runs",
    )
    counted = ngettext("{count} run", "{count} runs", len(everything))
    note = Markup('<p class="al-soft al-note">{}</p>').format(counted)
    return Fragment(note + rows)


def found(search: str, state: str) -> list[Run]:
    """The runs that the table is about, newest first."""
    listed = runs.listing(clients.database(), states=[state] if state else None)
    return [run for run in listed if matches(run, search)]


def matches(run: Run, search: str) -> bool:
    """Whether every word of the search is somewhere in what a person knows the run by."""
    data, model = run.spec.get("data", {}), run.spec.get("model", {})
    known = f"{run.name} {run.id} {run.algorithm} {data.get('dataset')} {model.get('name')}".lower()
    return all(word in known for word in search.lower().split())


def _row(run: Run, series: Mapping[str, Series], line: list[str]) -> list[tables.Cell]:
    return [
        _tick(run) + texts.chip(run.algorithm),
        _name(run),
        texts.state(run.state, run.request),
        _result(run, series),
        f"{run.step:,}",
        recent.duration(run),
        texts.moment(run.created_at, "both"),
        _buttons(run, line),
    ]


def _tick(run: Run) -> Markup:
    """A box that chooses the run for a comparison, once it has something to compare."""
    if run.kind != "train" or run.step == 0:
        return Markup('<span class="al-tick"></span>')
    return Markup('<input type="checkbox" class="al-tick" data-pick="{id}" aria-label="{label}">').format(
        id=run.id, label=_("Compare {run}").format(run=run.name)
    )


def _name(run: Run) -> Markup:
    dataset = run.spec.get("data", {}).get("dataset", "")
    return Markup(
        '<a class="al-name" data-go="run" href="run?id={id}">{name}</a>'
        '<span class="al-soft al-id">{short} · {data}</span>'
    ).format(id=run.id, name=run.name, short=texts.short(run.id), data=dataset)


def _result(run: Run, series: Mapping[str, Series]) -> Markup:
    if run.state == "running":
        return Markup('<div class="al-progress">{}<b>{}</b><span class="al-soft">{}</span></div>').format(
            run_progress.bar(run), texts.percent(run.fraction), run_progress.pace(run, series)
        )
    if run.state == "waiting":
        return queue_list.for_whom(run)
    if run.state == "queued":
        return Markup("")
    return outcome.outcome(run, series)


def _buttons(run: Run, line: list[str]) -> Markup:
    if run.id in line:
        return queue_list.order_buttons(run, run.id == line[0], run.id == line[-1])
    if readable(run.spec) is None:  # nothing that Launch could be filled with
        return Markup("")
    return Markup(
        '<a class="al-act" data-go="launch" href="launch?from={id}" title="{name}" aria-label="{label}">{icon}</a>'
    ).format(id=run.id, name=_("Duplicate: open it in Launch"), label=f"{_('Duplicate')}: {run.name}", icon=COPY)
