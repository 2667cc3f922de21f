"""What the curves of a run say, as a quiet list on its page.

Left out: finding it (`app.runs.curve_findings`).
"""

from collections.abc import Mapping

from markupsafe import Markup

from app import clients
from app.bridge.fragment import Fragment
from app.markup import texts
from app.markup.metric_names import title
from app.runs import curve_findings
from app.translations import _
from engine.analysis.curve_reader.curve import Finding
from storage import runs
from storage.records import ACTIVE

EVERY_SECONDS = 30.0  # all curves are read for it, and a pattern takes longer than that to form
_FINDING = Markup(
    '<li><b>{mark} {title}</b> <span>{evidence}</span><span class="al-soft">{remedy}</span>'
    '<span class="al-soft">{seen}</span></li>'
)


def findings_list(query: Mapping[str, str]) -> Fragment:
    """The findings as a quiet list; nothing where there is none. It is read again while the run goes on."""
    db = clients.database()
    run = runs.get(db, query["id"])
    every = EVERY_SECONDS if run.state in ACTIVE else None
    lines = [_line(finding) for finding in curve_findings.of_run(db, run)]
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
