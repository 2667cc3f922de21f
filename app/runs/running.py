"""What runs at this moment, with the curve of its first figure as a sparkline."""

from collections.abc import Mapping

from markupsafe import Markup

from app import clients
from app.bridge.fragment import QUICK_SECONDS, SLOW_SECONDS, Fragment
from app.charts.sparkline import sparkline
from app.markup import texts
from app.markup.metric_names import title
from app.runs import outcome, run_origin, run_progress, sparklines
from app.translations import _
from storage import metrics, run_sources, runs
from storage.database import Database
from storage.records import Run, RunSummary, Series
from storage.run_sources import RunSource

_ROW = Markup(
    '<div class="al-now"><div>{chip}</div><div><a class="al-name" data-go="run" href="run?id={id}">{name}</a>'
    '<span class="al-soft">{about}</span></div>{spark}<div class="al-figure"><b>{value}</b>'
    '<span class="al-soft">{title}</span></div>'
    '<div class="al-rest"><div class="al-progress">{bar}<b>{percent}</b></div>'
    '<span class="al-soft">{steps} · {left}</span></div></div>'
)
POINTS = 60


def running_now(query: Mapping[str, str]) -> Fragment:
    """The version names the runs, so that the page around it changes when one starts or ends."""
    db = clients.database()
    running = runs.listing(db, states=["running"], origins=["local", "live"])
    if not running:
        nothing = Markup('<p class="al-soft">{}</p>').format(_("Nothing is running."))
        return Fragment(nothing, every=SLOW_SECONDS)
    series = metrics.by_run(db, [run.id for run in running])
    sources = run_sources.by_run(db, [run.id for run in running])
    rows = Markup("").join(_row(db, run, series[run.id], sources.get(run.id)) for run in running)
    return Fragment(rows, version=" ".join(run.id for run in running), every=QUICK_SECONDS)


def _row(db: Database, run: Run, series: Mapping[str, Series], source: RunSource | None) -> Markup:
    figures = outcome.headline(series)
    return _ROW.format(
        chip=texts.chip(run.algorithm, run.kind),
        id=run.id,
        name=run.name,
        about=run.dataset or "",
        spark=spark(db, run, series),
        value=texts.number(figures[0].last) if figures else "–",
        title=title(figures[0].key) if figures else "",
        bar=run_progress.bar(run),
        percent=texts.percent(run.fraction),
        steps=run_progress.steps(run),
        left=run_origin.silence(run, source) or run_progress.left(run) or _readiness(run),
    )


def _readiness(run: Run) -> str:
    """What it does that cannot be counted; a trainer elsewhere may not say how long it will take."""
    return _("getting ready") if run.origin == "local" else _("trained elsewhere")


def spark(db: Database, run: RunSummary, series: Mapping[str, Series]) -> Markup:
    """The first figure that matters, or the loss while that one has too few points for a line."""
    summary = sparklines.drawn(series)
    if summary is None or summary.count < 2:
        return Markup('<div class="al-sparked"></div>')
    curve = metrics.read(db, [summary.id], buckets=POINTS // 2)[summary.id]
    line = sparkline(curve.values.tolist(), run.algorithm, title(summary.key))
    return Markup('<div class="al-sparked">{}<span class="al-soft">{}</span></div>').format(line, title(summary.key))
