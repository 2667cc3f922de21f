"""What quality was measured of: each part's ingredients, what can be gamed, and pictures of lengths and languages.

Left out: the strip over the rows (`quality_strip`).
"""

import streamlit as st
from babel import Locale
from markupsafe import Markup

from app.bridge import live
from app.datasets import quality_strip
from app.markup import tables, texts
from app.quality import reports
from app.review import agreement_fact
from app.translations import N_, _, current_language, ngettext
from engine.analysis.quality.quality_report import Histogram, Ingredient, Part, QualityReport
from storage.database import Database
from storage.records import Dataset

SIDES = {"chosen": N_("Chosen"), "rejected": N_("Rejected"), "gap": N_("pairs")}
MOST_LANGUAGES = 6


def section(db: Database, data: Dataset) -> None:
    """The details, in an expander; nothing before the dataset was measured."""
    kept = reports.of_working_copy(db, data)
    if kept is None:
        return
    box = st.expander(_("Quality in detail"), key="data.quality", on_change="rerun")
    if box.open:
        with box:
            live.static(detail(kept.report, agreement_fact.chart(db, data)), key="quality_detail")


def detail(report: QualityReport, agreement: Markup = Markup("")) -> Markup:  # noqa: B008 (it is immutable)
    """All of the report but its rows, and the chart of agreement."""
    ingredients = tables.table(
        [_("Ingredient"), _("Value"), _("Interval"), _("Measured on"), _("Note")],
        [row for part in report.parts for row in _part_rows(part)],
        ["", "al-num", "al-num", "al-num", ""],
        name="al-ingredients",
    )
    kept = _("{kept} of {items} items have no defect that lowers the score.").format(
        kept=f"{report.kept:,}", items=f"{report.judged:,}"
    )
    unjudged = report.items - report.judged
    if unjudged:
        left_out = ngettext(
            "{count} more item counts for nothing: nobody has judged its answers.",
            "{count} more items count for nothing: nobody has judged their answers.",
            unjudged,
        )
        kept = f"{kept} {left_out}"
    pictures = [
        histogram(_("Characters of an answer"), report.lengths),
        histogram(_("Characters by which the chosen answer is longer"), report.length_gaps),
        bars(_("Languages of chosen answers"), _languages(report)),
        agreement,
    ]
    caveats = Markup("").join(
        Markup("<li><b>{}</b> {}</li>").format(_(quality_strip.PARTS[part.key]), texts.sentence(part.gaming))
        for part in report.parts
    )
    return Markup(
        '{}<p class="al-note">{}</p><div class="al-figures">{}</div>'
        '<p class="al-note"><b>{}</b></p><ul class="al-note al-caveats">{}</ul>'
    ).format(ingredients, kept, Markup("").join(pictures), _("What the score does not see"), caveats)


def _part_rows(part: Part) -> list[list[tables.Cell]]:
    name = Markup("<b>{}</b>").format(_(quality_strip.PARTS[part.key]))
    if part.value is None:
        head: list[tables.Cell] = [name, "–", "", "", quality_strip.not_measured(part)]
    else:
        weight = _("{share} of the score").format(share=texts.percent(part.weight))
        head = [name, Markup("<b>{}</b>").format(f"{part.value:.2f}"), "", "", weight]
    return [head, *map(_row, part.ingredients)]


def _row(ingredient: Ingredient) -> list[tables.Cell]:
    interval = ""
    if ingredient.low is not None and ingredient.high is not None:
        interval = f"{ingredient.low:.2f} – {ingredient.high:.2f}"
    value = "–" if ingredient.value is None else f"{ingredient.value:.2f}"
    note = texts.sentence(ingredient.note)
    return [texts.sentence(ingredient.title), value, interval, f"{ingredient.n:,}" if ingredient.n else "", note]


def _languages(report: QualityReport) -> dict[str, int]:
    ranked = sorted(report.languages.items(), key=lambda language: -language[1])
    names = Locale(current_language()).languages
    return {
        _("Latin letters") if code == "latin" else names.get(code, code): count
        for code, count in ranked[:MOST_LANGUAGES]
    }


def histogram(title: str, counts: Histogram | None) -> Markup:
    """Bars over bins, one a side; each bin is named by where it begins."""
    if counts is None:
        return Markup("")
    most = max(max(values) for values in counts.counts.values()) or 1
    bins = []
    for index, start in enumerate(counts.edges[:-1]):
        columns = Markup("").join(
            Markup('<i class="al-{side}" style="height:{height}%" title="{count}"></i>').format(
                side=f"side-{side}", height=round(100 * values[index] / most), count=f"{values[index]:,}"
            )
            for side, values in counts.counts.items()
        )
        bins.append(Markup("<span><span>{}</span><small>{}</small></span>").format(columns, _short(start)))
    legend = Markup(" ").join(
        Markup('<small><i class="al-side-{}"></i>{}</small>').format(side, _(SIDES[side])) for side in counts.counts
    )
    return Markup(
        '<figure class="al-histogram"><figcaption>{}{}</figcaption><div role="img" aria-label="{}">{}</div></figure>'
    ).format(title, legend if len(counts.counts) > 1 else "", title, Markup("").join(bins))


def bars(title: str, counts: dict[str, int]) -> Markup:
    """One lying bar a name, with its count."""
    if not counts:
        return Markup("")
    most = max(counts.values())
    rows = Markup("").join(
        Markup('<dt>{}</dt><dd><i class="al-side-gap" style="width:{}%"></i>{}</dd>').format(
            name, round(80 * count / most), f"{count:,}"
        )
        for name, count in counts.items()
    )
    return Markup('<figure class="al-bars"><figcaption>{}</figcaption><dl>{}</dl></figure>').format(title, rows)


def _short(number: float) -> str:
    """1000 as 1k.

    >>> _short(5000.0), _short(-30.0)
    ('5k', '−30')
    """
    text = f"{abs(number) / 1000:.0f}k" if abs(number) >= 1000 else f"{abs(number):.0f}"
    return f"−{text}" if number < 0 else text
