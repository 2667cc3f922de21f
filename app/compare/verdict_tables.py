"""A verdict as markup: its sentences, its methods, its pairs, and the same at one KL. Page and report show the same.

Left out: the numbers (`group_verdicts`).
"""

from typing import NamedTuple

from markupsafe import Markup, escape

from app.compare import group_verdicts
from app.compare.group_verdicts import GroupVerdict
from app.markup import texts
from app.markup.tables import Cell
from app.translations import _
from engine.analysis import verdict_words
from engine.analysis.verdict import MOST_RESAMPLED, Pair, Verdict
from engine.analysis.verdict_bootstrap import Interval


class Columns(NamedTuple):
    """A table: its heads and its rows of as many cells."""

    heads: list[Cell]
    rows: list[list[Cell]]

    @property
    def kinds(self) -> list[str]:
        """The class of each column: all but the first hold numbers."""
        return ["al-first", *["al-num"] * (len(self.heads) - 1)]


def lines(judged: GroupVerdict) -> Markup:
    """The sentences: the answer as a paragraph, what it rests on and what it would take below it."""
    answer, *rest = map(texts.sentence, group_verdicts.sentences(judged))
    # A refusal is no finding: it is not set in the weight of one.
    first = Markup('<p class="al-answer-line">{}</p>' if judged.verdict else "<p>{}</p>").format(answer)
    return first + (Markup('<p class="al-soft">{}</p>').format(Markup(" ").join(rest)) if rest else Markup(""))


def methods(of: Verdict) -> Columns:
    """A row for each method, best mean first."""
    heads: list[Cell] = [_("Method"), _("Mean reward"), _("95 %"), _("Seeds")]
    shown = [of.methods[index] for index in of.ranking]
    return Columns(
        heads, [[each.name, _bold(texts.number(each.mean)), _ends(each.interval), str(each.seeds)] for each in shown]
    )


def pairs(of: Verdict, *, notes: bool = True) -> Columns:
    """A row for each pair, that of the two best means first; of very many the first. `notes` explain the heads."""
    heads = [
        (_("Pair"), ""),
        (
            _("Prompts"),
            _("On how many prompts the first has the higher mean over its seeds, and on how many the order turns."),
        ),
        (_("Difference"), _("Of mean rewards, with the 95 % interval over seeds and prompts of this pair.")),
        ("p", _("Of no difference, corrected for all pairs (Holm). Below 0.05 the first beats the second.")),
        (
            _("Improvement"),
            _("Probability that a seed of the first has the higher reward on a prompt, and its bootstrap interval."),
        ),
        (
            _("Bootstrap"),
            _("The difference again, by drawing seeds and prompts anew: a check, too sure of itself with few seeds."),
        ),
        (
            _("Seeds needed"),
            _("Seeds of each with which a true difference of this size would be seen in 80 % of studies; rough."),
        ),
    ]
    shown: list[Cell] = [_with_help(*head) if notes else head[0] for head in heads]
    return Columns(shown, [_pair(pair, of) for pair in of.pairs[:MOST_RESAMPLED]])


def turned(judged: GroupVerdict, of: Verdict) -> Columns:
    """Prompts on which the order of the two best turns, the most first."""
    best = of.pairs[0]
    names = [of.methods[index].name for index in (best.first, best.second)]
    rows: list[list[Cell]] = [
        [texts.conversation(prompt.messages), texts.number(prompt.first), _bold(texts.number(prompt.second))]
        for prompt in judged.turned
    ]
    return Columns([_("Prompt"), *names], rows)


def hidden_pairs(of: Verdict) -> str:
    """How many pairs the table leaves out; empty for none."""
    count = len(of.pairs) - MOST_RESAMPLED
    return _("{count} further pairs stand in the CSV.").format(count=count) if count > 0 else ""


def _pair(pair: Pair, of: Verdict) -> list[Cell]:
    sign = ">" if pair.is_told_apart else "≈"
    names = Markup("<b>{}</b> {} {}").format(of.methods[pair.first].name, sign, of.methods[pair.second].name)
    resampled = pair.resampled
    return [
        names,
        _prompts(pair),
        _bold(texts.number(pair.difference)) + " " + _ends(pair.interval),
        _("one seed") if pair.adjusted_p is None else _p(pair.adjusted_p),
        Markup("{} {}").format(
            texts.number(pair.improvement, 2), _ends(resampled.improvement, 2) if resampled else Markup("")
        ),
        _ends(resampled.difference) if resampled else "–",
        _needed(pair),
    ]


def _prompts(pair: Pair) -> Markup:
    turned = _("{flips} turned").format(flips=pair.flips)
    equal = Markup(" · ") + _("{equal} equal").format(equal=pair.equal) if pair.equal else Markup("")
    return Markup('{} <small class="al-soft">{}{}</small>').format(pair.better, turned, equal)


def _p(value: float) -> str:
    return "< 0.0001" if value < 1e-4 else f"{value:.2g}"


def _needed(pair: Pair) -> str:
    if pair.adjusted_p is None or pair.is_told_apart:
        return "–"
    return _("more prompts") if pair.seeds_needed is None else str(pair.seeds_needed)


def _ends(ends: Interval, digits: int = 3) -> Markup:
    return Markup('<span class="al-soft">[{}, {}]</span>').format(
        texts.number(ends.low, digits), texts.number(ends.high, digits)
    )


def _bold(text: str) -> Markup:
    return Markup("<b>{}</b>").format(text)


def _with_help(head: str, explanation: str) -> Cell:
    return head if not explanation else escape(head) + " " + texts.help_mark(explanation)


def at_equal_kl(judged: GroupVerdict) -> Markup:
    """What is said at one KL, or that nothing is; the tables are those of `judged.matched`."""
    if judged.matched is None or judged.kl is None:
        return Markup('<p class="al-soft">{}</p>').format(
            _("Not compared at one KL: a run has hardly moved from its reference, or lacks KL or answers.")
        )
    where = _(
        "At a KL of {kl}, the largest that all runs reach, on straight lines between their evaluations, {prompts} "
        "prompts."
    ).format(kl=texts.number(judged.kl), prompts=judged.matched.prompts)
    answer = texts.sentence(group_verdicts.rounded(verdict_words.headline(judged.matched)))
    return Markup('<p>{} <span class="al-soft">{}</span></p>').format(answer, where)
