"""The runs that ended last, each with its curve and a one-line verdict."""

from collections.abc import Mapping

from markupsafe import Markup

from app import clients
from app.components import texts
from app.components.part import Part
from app.parts import now, verdict
from app.translations import _
from storage import metrics, runs
from storage.database import Database
from storage.records import ENDED, Run, Series

COUNT = 8
_ROW = Markup(
    '<div class="al-recent"><div>{chip}</div><a class="al-name" data-go="run" href="run?id={id}">{name}</a>{spark}'
    '<div>{verdict}</div><span class="al-soft al-when">{when}<br>{took}</span></div>'
)


def part(query: Mapping[str, str]) -> Part:
    """Newest first."""
    db = clients.database()
    ended = runs.listing(db, states=ENDED, limit=COUNT)
    if not ended:
        return Part(Markup('<p class="al-soft">{}</p>').format(_("No run has ended yet.")))
    series = metrics.by_run(db, [run.id for run in ended])
    return Part(Markup("").join(_row(db, run, series[run.id]) for run in ended))


def took(run: Run) -> str:
    """From the first start to the end, pauses included; empty while there is no end."""
    if run.started_at is None or run.finished_at is None:
        return ""
    return texts.duration(run.finished_at - run.started_at)


def _row(db: Database, run: Run, series: Mapping[str, Series]) -> Markup:
    told = verdict.verdict(run, series)
    if run.state == "stopped":
        told = texts.state(run.state) + Markup(' <span class="al-soft">·</span> ') + told
    return _ROW.format(
        chip=texts.chip(run.algorithm),
        id=run.id,
        name=run.name,
        spark=now.spark(db, run, series),
        verdict=told,
        took=took(run),
        when=texts.moment(run.finished_at or run.created_at, "both"),
    )
