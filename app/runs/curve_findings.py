"""What the curve reader finds in a stored run, on its page and for the command line.

Left out: the patterns (`engine.analysis.curve_reader`).
"""

from collections.abc import Mapping

from markupsafe import Markup

from app import clients
from app.bridge.fragment import Fragment
from app.markup import texts
from app.markup.metric_names import title
from app.translations import _
from engine.analysis.curve_reader.curve import Curve, Finding, RunCurves
from engine.analysis.curve_reader.read import findings, is_read
from engine.spec import readable
from storage import metrics, runs
from storage.database import Database
from storage.records import ACTIVE, Run

BUCKETS = 200  # each gives its smallest and its largest point: enough for medians, and read in milliseconds
EVERY_SECONDS = 30.0  # all curves are read for it, and a pattern takes longer than that to form
_FINDING = Markup(
    '<li><b>{mark} {title}</b> <span>{evidence}</span><span class="al-soft">{remedy}</span>'
    '<span class="al-soft al-seen">{seen}</span></li>'
)


def read(db: Database, run: Run) -> list[Finding]:
    """What is found in the run's curves, the gravest first."""
    series = {summary.id: summary.key for summary in metrics.series(db, [run.id]) if is_read(summary.key)}
    curves = metrics.read(db, list(series), buckets=BUCKETS)
    return findings(
        RunCurves(
            algorithm=run.algorithm or "",
            loss_kind=str(getattr(readable(run.spec), "variant", "")),
            curves={series[number]: Curve.of(curve.steps, curve.values) for number, curve in curves.items()},
        )
    )


def curve_reading(query: Mapping[str, str]) -> Fragment:
    """The findings as a quiet list; nothing where there is none. It is read again while the run goes on."""
    db = clients.database()
    run = runs.get(db, query["id"])
    every = EVERY_SECONDS if run.state in ACTIVE else None
    lines = [_line(finding) for finding in read(db, run)]
    if not lines:
        return Fragment(Markup(""), every=every)
    listed = Markup('<ul class="al-read" aria-label="{}">{}</ul>').format(
        _("What the curves say"), Markup("").join(lines)
    )
    return Fragment(listed, every=every)


def _line(finding: Finding) -> Markup:
    msgid, values = finding.evidence
    named = {name: title(value) if name == "metric" else value for name, value in values.items()}
    return _FINDING.format(
        mark=texts.tone("", "warning", "▲"),
        title=_(finding.title),
        evidence=texts.sentence((msgid, named)),
        remedy=_(finding.remedy),
        seen=_("seen in: {names}").format(names=", ".join(map(title, finding.keys))),
    )
