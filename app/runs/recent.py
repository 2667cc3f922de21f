"""The runs that ended last, each with its curve and a one-line outcome."""

from collections.abc import Mapping

from markupsafe import Markup

from app import clients
from app.bridge.fragment import Fragment
from app.markup import texts
from app.runs import outcome, running
from app.translations import _
from storage import metrics, run_lists
from storage.database import Database
from storage.records import ENDED, RunSummary, Series

COUNT = 8
_ROW = Markup(
    '<div class="al-recent"><div>{chip}</div><a class="al-name" data-go="run" href="run?id={id}">{name}</a>{spark}'
    '<div>{outcome}</div><span class="al-soft al-when">{when}<br>{duration}</span></div>'
)


def recent_runs(query: Mapping[str, str]) -> Fragment:
    """Newest first."""
    db = clients.database()
    ended = run_lists.search(db, states=ENDED, limit=COUNT)
    if not ended:
        return Fragment(Markup('<p class="al-soft">{}</p>').format(_("No run has ended yet.")))
    series = metrics.by_run(db, [run.id for run in ended])
    return Fragment(Markup("").join(_row(db, run, series[run.id]) for run in ended))


def _row(db: Database, run: RunSummary, series: Mapping[str, Series]) -> Markup:
    line = outcome.outcome(run, series)
    if run.state == "stopped":
        line = texts.state(run.state) + Markup(' <span class="al-soft">·</span> ') + line
    return _ROW.format(
        chip=texts.chip(run.algorithm, run.kind),
        id=run.id,
        name=run.name,
        spark=running.spark(db, run, series),
        outcome=line,
        duration=outcome.duration(run),
        when=texts.moment(run.finished_at or run.created_at, "both"),
    )
