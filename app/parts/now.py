"""What runs at this moment, with the curve of its first figure as a sparkline."""

from collections.abc import Mapping

from markupsafe import Markup

from app import clients
from app.components import texts
from app.components.charts import sparkline
from app.components.metrics import title
from app.components.part import QUICK_SECONDS, SLOW_SECONDS, Part
from app.parts import progress, verdict
from app.translations import _
from storage import metrics, runs
from storage.database import Database
from storage.records import Run, Series

_ROW = Markup(
    '<div class="al-now"><div>{chip}</div><div><a class="al-name" data-go="run" href="run?id={id}">{name}</a>'
    '<span class="al-soft">{about}</span></div>{spark}<div class="al-figure"><b>{value}</b>'
    '<span class="al-soft">{title}</span></div>'
    '<div class="al-rest"><div class="al-progress">{bar}<b>{percent}</b></div>'
    '<span class="al-soft">{steps} · {left}</span></div></div>'
)
POINTS = 60
FEW = 4


def part(query: Mapping[str, str]) -> Part:
    """The stamp names the runs, so that the page around it changes when one starts or ends."""
    db = clients.database()
    running = runs.listing(db, states=["running"])
    if not running:
        nothing = Markup('<p class="al-soft">{}</p>').format(_("Nothing is running."))
        return Part(nothing, every=SLOW_SECONDS)
    series = metrics.by_run(db, [run.id for run in running])
    rows = Markup("").join(_row(db, run, series[run.id]) for run in running)
    return Part(rows, stamp=" ".join(run.id for run in running), every=QUICK_SECONDS)


def _row(db: Database, run: Run, series: Mapping[str, Series]) -> Markup:
    told = verdict.headline(series)
    return _ROW.format(
        chip=texts.chip(run.algorithm),
        id=run.id,
        name=run.name,
        about=str(run.spec.get("data", {}).get("dataset", "")),
        spark=spark(db, run, series),
        value=texts.number(told[0].last) if told else "–",
        title=title(told[0].key) if told else "",
        bar=progress.bar(run),
        percent=texts.percent(run.fraction),
        steps=progress.steps(run),
        left=progress.left(run) or _("getting ready"),
    )


def spark(db: Database, run: Run, series: Mapping[str, Series]) -> Markup:
    """The first figure that matters, or the loss while that one has too few points for a line."""
    matters = next(iter(verdict.headline(series)), None)
    told = matters if matters is not None and matters.count >= FEW else series.get("loss", matters)
    if told is None or told.count < 2:
        return Markup('<div class="al-sparked"></div>')
    curve = metrics.read(db, [told.id], buckets=POINTS // 2)[told.id]
    drawn = sparkline(curve.values.tolist(), run.algorithm, title(told.key))
    return Markup('<div class="al-sparked">{}<span class="al-soft">{}</span></div>').format(drawn, title(told.key))
