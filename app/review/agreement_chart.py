"""A chart of agreement: alpha of everybody, of each two people, and on each criterion, with its interval.

Left out: the figures (`engine.analysis.people_agreement`), and of which verdicts they are (`judged_pairs`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import floor, isnan

from markupsafe import Markup

from app.markup import texts
from app.review import estimates, figures_strip
from app.review.judged_pairs import Filter, JudgedDataset
from app.translations import _
from engine.analysis.comparisons import Estimate
from engine.analysis.people_agreement import alpha, alpha_of_each_two

MOST_ROWS = 12  # of people, and of criteria
_FIGURE = Markup('<figure class="al-bars al-alphas"><figcaption><span>{}{}</span></figcaption><dl>{}</dl></figure>')
_ROW = Markup(
    '<dt>{name}</dt><dd class="{tone}"><span class="al-range" role="img" aria-label="{words}">'
    '<i style="left:{low:.1f}%;width:{width:.1f}%"></i><b style="left:{value:.1f}%"></b></span>'
    "<small>{words}</small></dd>"
)


@dataclass(frozen=True)
class Alphas:
    """Alpha of all verdicts, of those of each two people, and on each criterion."""

    everybody: Estimate
    people: tuple[tuple[tuple[str, str], Estimate], ...]
    criteria: tuple[tuple[str, Estimate], ...]


def chart(judged: JudgedDataset, wanted: Filter, names: Mapping[str, str]) -> Markup:
    """The chart; empty where no two people judged the same pair. `names`: account -> name."""
    alphas = _alphas(judged, wanted)
    people = [
        (_("{first} and {second}").format(first=names.get(first, first), second=names.get(second, second)), estimate)
        for (first, second), estimate in alphas.people
    ]
    rows = [(_("everybody"), alphas.everybody), *people, *alphas.criteria]
    shown = [(name, estimate) for name, estimate in rows if _is_drawn(estimate)]
    if not shown:
        return Markup("")
    lowest = min(0.0, *(estimate.low or 0.0 for _name, estimate in shown))
    start = floor(lowest * 2) / 2  # the axis begins at a half
    drawn = Markup("").join(_row(name, estimate, start) for name, estimate in shown)
    axis = Markup('<dt></dt><dd class="al-axis"><span class="al-range"><s>{}</s><s>1</s></span></dd>').format(
        f"{start:g}".replace("-", "−")
    )
    help = texts.help_mark(_(figures_strip.ALPHA))
    return _FIGURE.format(_("Agreement beyond chance (alpha)"), help, drawn + axis)


@lru_cache(maxsize=4)  # as many as datasets are kept
def _alphas(judged: JudgedDataset, wanted: Filter) -> Alphas:
    """Kept, as the dataset's verdicts are."""
    comparisons = judged.chosen(wanted)
    criteria = sorted(judged.by_criterion(wanted).items())[:MOST_ROWS]
    return Alphas(
        alpha(comparisons),
        tuple(_most_shared(alpha_of_each_two(comparisons))),
        tuple((name, alpha(verdicts)) for name, verdicts in criteria),
    )


def _most_shared(rows: Iterable[tuple[tuple[str, str], Estimate]]) -> list[tuple[tuple[str, str], Estimate]]:
    """Those with the most items; where there are only two people they are everybody."""
    ranked = sorted(rows, key=lambda row: (-row[1].n, row[0]))
    return ranked[:MOST_ROWS] if len(ranked) > 1 else []


def _is_drawn(estimate: Estimate) -> bool:
    return estimate.value is not None and not isnan(estimate.value) and estimate.low is not None


def _row(name: str, estimate: Estimate, start: float) -> Markup:
    value, low, high = (_place(figure, start) for figure in (estimate.value, estimate.low, estimate.high))
    tone = "" if estimate.is_sure else "al-unsure"
    words = estimates.in_words(estimate)
    return _ROW.format(name=texts.name(name), tone=tone, words=words, low=low, width=high - low, value=value)


def _place(figure: float | None, start: float) -> float:
    """Where it stands on the axis from `start` to 1, in percent."""
    return 100 * (min(1.0, max(start, figure or 0.0)) - start) / (1 - start)
