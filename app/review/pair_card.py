"""One pair: prompt, both answers, and who said what of it.

Left out: which pairs there are (`disagreements`), and the buttons that decide (`review_page`).
"""

from collections.abc import Iterable, Mapping

from markupsafe import Markup

from app.markup import tables, texts
from app.review import disagreements, judged_pairs
from app.review.judged_pairs import JudgedPair
from app.translations import N_, _
from storage.judging.judgement_records import MUCH_BETTER, Judgement

LETTERS = {"a": "A", "b": "B"}
OTHER_VERDICTS = {"tie": N_("tie"), "both_bad": N_("both bad"), "skip": N_("skipped")}
MACHINES = {"judge": N_("judge"), "reward": N_("reward model")}
_CARD = Markup(
    '<div class="al-pair al-review-pair"><div class="al-prompt">{prompt}</div><div class="al-two">'
    '<div class="al-answer"><span class="al-label"><b>{a}</b></span>{first}</div>'
    '<div class="al-answer"><span class="al-label"><b>{b}</b></span>{second}</div></div>{verdicts}</div>'
)
_OPEN = Markup('<button type="button" class="al-act" data-do="open" data-id="{place}">{text}</button>')


def card(pair: JudgedPair, decision: Judgement | None, names: Mapping[str, str]) -> Markup:
    """All of it. A and B are the item's order; where an answer came from is not said, so as not to sway who decides."""
    texts_by_id = {response.id: response.text for response in pair.item.responses}
    first, second = texts.differing(*(texts_by_id[response] for response in pair.responses))
    return _CARD.format(
        prompt=texts.conversation(pair.item.messages),
        first=first,
        second=second,
        verdicts=_verdicts(pair, decision, names),
        **LETTERS,
    )


def rows(pairs: Iterable[tuple[int, JudgedPair]]) -> Markup:
    """Pairs as a list, each with what was said in short; a press opens one. `pairs` have their place in the queue."""
    heads = [_("Prompt"), _("Said"), _("Agreement"), ""]
    cells = [
        [
            _OPEN.format(place=place, text=_excerpt(pair)),
            " · ".join(f"{verdict_word(verdict)} {count}" for verdict, count in disagreements.tally(pair).items()),
            _share(disagreements.agreement(pair)),
            " ".join(_marks(pair)),
        ]
        for place, pair in pairs
    ]
    return tables.table(heads, cells, ["al-first al-wide", "", "al-num", "al-soft"], name="al-review-rows")


def changes(pairs: Iterable[JudgedPair], names: Mapping[str, str]) -> Markup:
    """What people said of norming pairs before they saw the others, and what after."""
    cells = [
        [
            texts.name(names.get(after.account or "", after.account or "")),
            _excerpt(pair),
            f"{_verdict(before, pair)} → {_verdict(after, pair)}",
            after.comment or "",
            texts.moment(after.created_at, "both"),
        ]
        for pair in pairs
        for before, after in pair.changes
    ]
    heads = [_("Person"), _("Prompt"), _("Change"), _("Comment"), _("When")]
    return tables.table(heads, cells, ["al-first"], name="al-changes")


def verdict_word(verdict: str) -> str:
    """A verdict in short: A, B, tie."""
    return LETTERS.get(verdict) or _(OTHER_VERDICTS[verdict])


def _verdicts(pair: JudgedPair, decision: Judgement | None, names: Mapping[str, str]) -> Markup:
    heads = [_("Person"), _("Verdict"), _("Comment"), _("Seconds")]
    cells = [
        _row(pair, judgement, texts.name(names.get(judgement.account or "", judgement.account or "")))
        for judgement in pair.verdicts
    ]
    for judgement in pair.machines:
        who = Markup("{} <small>{}</small>").format(texts.name(judgement.machine or ""), _(MACHINES[judgement.source]))
        cells.append(_row(pair, judgement, who))
    if decision is not None:
        account = decision.account or ""
        who = Markup("<b>{}</b> {}").format(_("decided"), texts.name(names.get(account, account)))
        cells.append(_row(pair, decision, who))
    return tables.table(heads, cells, ["al-first", "", "al-wide", "al-num"], name="al-said")


def _row(pair: JudgedPair, judgement: Judgement, who: Markup) -> list[tables.Cell]:
    marks = [texts.tone(judgement.flag, "warning", "⚑")] if judgement.flag else []
    marks += [texts.tone(_("late"), "soft")] if judgement.late else []
    said = Markup(" ").join([_verdict(judgement, pair), *_criteria(pair, judgement)])
    comment = Markup(" ").join([*marks, judgement.comment or ""])
    return [who, said, comment, "" if judgement.seconds is None else f"{judgement.seconds:.1f}"]


def _verdict(judgement: Judgement, pair: JudgedPair) -> str:
    """What it says of the two, in words."""
    verdict = judged_pairs.verdict_on(judgement, *pair.responses)
    if verdict not in LETTERS:
        return _(OTHER_VERDICTS[verdict]) if verdict in OTHER_VERDICTS else "–"
    much = judgement.strength == MUCH_BETTER
    words = _("{letter} is much better") if much else _("{letter} is better")
    return words.format(letter=LETTERS[verdict])


def _criteria(pair: JudgedPair, judgement: Judgement) -> list[Markup]:
    first_is_a = judgement.response_a == pair.responses[0]
    return [
        Markup('<small class="al-soft">{}: {}</small>').format(
            name, verdict_word(verdict if first_is_a else judged_pairs.swapped(verdict))
        )
        for name, verdict in judgement.criteria.items()
    ]


def _marks(pair: JudgedPair) -> list[str]:
    marks = {
        "⚑": any(judgement.flag for judgement in pair.verdicts),
        "“”": any(judgement.comment for judgement in pair.verdicts),
    }
    return [mark for mark, holds in marks.items() if holds]


def _excerpt(pair: JudgedPair, length: int = 90) -> str:
    text = " ".join(str(pair.item.messages[-1].get("content", "")).split()) if pair.item.messages else ""
    return text if len(text) <= length else text[:length] + "…"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
