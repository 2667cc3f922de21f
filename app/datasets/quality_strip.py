"""The quality of a dataset in one line over its rows: score and parts, brought up to date while it is measured.

Left out: the counts of defects, which filter the rows (`datasets.dataset_page`), and ingredients (`quality_detail`).
"""

import time
from collections.abc import Mapping
from dataclasses import replace

from markupsafe import Markup

from app import clients
from app.bridge.fragment import QUICK_SECONDS, Fragment
from app.markup import notices, texts
from app.quality import background, reports, score_words
from app.translations import N_, _
from engine.analysis.quality.quality_report import Part, QualityReport
from storage import datasets
from storage.database import Database
from storage.records import Dataset

QUIET_SECONDS = 5.0  # after an edit: more of them may follow
PARTS = {"consistency": N_("consistency"), "diversity": N_("diversity"), "annotation": N_("annotation quality")}
WEIGHTS = N_(
    "0.4 consistency + 0.3 diversity + 0.3 annotation quality; what is not measured leaves its weight to the rest."
)


def quality(query: Mapping[str, str]) -> Fragment:
    """The strip of the dataset named in the query; starts measuring where its report is not current."""
    db = clients.database()
    data = datasets.get(db, query["dataset"])
    kept = reports.of_working_copy(db, data)
    shown = strip(kept)
    is_current = kept is not None and kept.is_current
    if not is_current and time.time() - data.edited_at > QUIET_SECONDS:
        failure = background.ensure_measured(db, data)
        if failure is not None:
            # the version of what the page draws first: with another one it would run again and again
            return replace(shown, html=notices.sentences([failure], "warning"), every=None)
    return shown


def first_strip(db: Database, data: Dataset) -> Fragment:
    """The strip as it is before anybody asked for measuring."""
    return strip(reports.of_working_copy(db, data))


def strip(kept: reports.Kept | None) -> Fragment:
    """The parts as they were measured last; the page runs again when a current report has come."""
    if kept is None:
        waiting = Markup('<p class="al-facts" role="status">{}</p>').format(_("Measuring quality"))
        return Fragment(waiting, version="", every=QUICK_SECONDS)
    cells = [_score(kept.report), *map(_part, kept.report.parts)]
    if not kept.is_current:
        cells.append(Markup('<i role="status">{}</i>').format(_("measuring again")))
    line = Markup('<p class="al-facts">{}</p>').format(Markup("").join(map(Markup("<span>{}</span>").format, cells)))
    version = f"{kept.report.score} {kept.report.kept} {kept.is_current}"
    return Fragment(line, version=version, every=None if kept.is_current else QUICK_SECONDS)


def _score(report: QualityReport) -> Markup:
    score = report.measured_score
    value = "–" if score is None else score_words.words(score)
    tag = "b" if score is None or not score.is_thin else "span"
    figure = Markup('<{tag} class="al-score">{value}</{tag}>').format(tag=tag, value=value)
    return Markup("{} {}{}").format(figure, _("quality"), texts.help_mark(_(WEIGHTS)))


def _part(part: Part) -> Markup:
    if part.value is None:
        return Markup("{}: {}").format(_(PARTS[part.key]), not_measured(part))
    return Markup("{} <b>{}</b>").format(_(PARTS[part.key]), f"{part.value:.2f}")


def not_measured(part: Part) -> Markup:
    """What it would take to measure the part."""
    return Markup("{}{}").format(
        _("not measured"), texts.help_mark(_("It needs {needs}.").format(needs=texts.sentence(part.needs)))
    )
