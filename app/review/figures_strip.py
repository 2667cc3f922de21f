"""How far the people of a round agree, in one line over its pairs. Left out: each person (`annotator_table`)."""

from markupsafe import Markup

from app import judging_words
from app.markup import texts
from app.review import estimates
from app.review.agreement_report import AgreementReport
from app.translations import N_, _, ngettext
from engine.analysis.comparisons import Estimate
from storage.judging.judgement_records import Progress

RAW = N_("How often two people say the same of a pair. Part of that is chance.")
ALPHA = N_(
    "Krippendorff's alpha: agreement beyond chance, over better, tie and both bad. 1 is full agreement, 0 is chance. "
    "From 0.67 on it is usually taken to be worth drawing conclusions from."
)
CEILING = N_(
    "How often one person is right where the majority of the others is taken for the truth: a model that reaches it "
    "judges as well as a person. Charts of accuracy show it as a dashed line."
)
_CELL = Markup('<div><span class="al-label">{title}{help}</span>{figure}</div>')


def strip(report: AgreementReport, progress: Progress | None) -> Markup:
    """Who judged how much, then the figures."""
    people = report.people
    cells = [
        _counts(report, progress),
        _cell(_("Two people agree"), RAW, people.raw),
        _cell(_("Alpha"), ALPHA, people.alpha),
        _cell(_("Human ceiling"), CEILING, people.ceiling),
    ]
    return Markup('<div class="al-review-strip">{}</div>').format(Markup("").join(cells))


def _cell(title: str, help: str, estimate: Estimate) -> Markup:
    return _CELL.format(title=title, help=texts.help_mark(_(help)), figure=estimates.figure(estimate))


def _counts(report: AgreementReport, progress: Progress | None) -> Markup:
    people = report.people
    given = f"{people.verdicts:,}"
    if progress is not None and progress.wanted:
        given = judging_words.given(progress.answered, progress.wanted, progress.skipped)
    by = ngettext("by {count} person", "by {count} people", people.people)
    shared = ngettext("{count} pair judged by several", "{count} pairs judged by several", people.shared_pairs)
    figure = Markup('<span class="al-estimate"><b>{}</b> <small>{}<br>{}</small></span>').format(given, by, shared)
    return _CELL.format(title=_("Verdicts"), help="", figure=figure)
