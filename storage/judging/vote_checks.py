"""What a vote may hold. Reads no table. Left out: whether its author may give it (`judgement_writes`)."""

import re
from collections.abc import Iterable, Iterator

from storage.errors import Invalid
from storage.item_content import check_values
from storage.judging.judgement_records import NewJudgement, Question, RoundSettings
from words import N_, Text

ID = re.compile(r"[0-9A-Za-z-]{8,64}")
PAIR_VERDICTS = ("a", "b", "tie", "both_bad", "skip", "withdrawn")
RANKING_VERDICTS = ("ranking", "both_bad", "skip", "withdrawn")
QUALITIES = ("good", "ok", "bad")
SIDES = ("a", "b", "tie")
LONGEST_NOTE = 10_000
LONGEST_EDIT = 200_000
MOST_REASONS = 20
MOST_VERSIONS = 1_000_000
MOST_SECONDS = 7 * 86_400


def check(vote: NewJudgement, question: Question, settings: RoundSettings) -> None:
    """Raise Invalid with the sentence for the first thing that is wrong with the vote."""
    for msgid, values in _problems(vote, question, settings):
        raise Invalid(msgid, **values)
    check_values({**vars(vote), "ranking": None})


def _problems(vote: NewJudgement, question: Question, settings: RoundSettings) -> Iterator[Text]:
    if not ID.fullmatch(vote.id):
        yield N_("The id of a verdict has 8 to 64 letters, digits and dashes."), {}
    verdicts = PAIR_VERDICTS if len(question.responses) == 2 else RANKING_VERDICTS
    yield from _unknown("verdict", [vote.verdict], verdicts)
    yield from _unknown("turn", [str(vote.turn)], ("0", "1"))
    yield from _unknown("strength", [] if vote.strength is None else [str(vote.strength)], ("1", "2"))
    yield from _unknown("criteria", vote.criteria, settings.criteria)
    yield from _unknown("criteria", vote.criteria.values(), SIDES)
    yield from _unknown("quality", vote.quality, question.responses)
    yield from _unknown("quality", vote.quality.values(), QUALITIES)
    yield from _unknown("edits", vote.edits, question.responses)
    yield from _ranking_problems(vote, question)
    yield from _size_problems(vote)


def _unknown(field: str, values: Iterable[str], known: Iterable[str]) -> Iterator[Text]:
    for value in values:
        if value not in known:
            text = N_("The verdict's field {field} holds {value}; it can be {known}.")
            yield text, {"field": field, "value": value, "known": ", ".join(known) or "-"}


def _ranking_problems(vote: NewJudgement, question: Question) -> Iterator[Text]:
    ranked = [response for group in vote.ranking or () for response in group]
    if (vote.verdict == "ranking") != bool(ranked):
        yield N_("A ranking names at least one answer, and only a ranking does."), {}
    yield from _unknown("ranking", ranked, question.responses)
    if len(set(ranked)) < len(ranked):
        yield N_("A ranking names each answer once."), {}


def _size_problems(vote: NewJudgement) -> Iterator[Text]:
    for field, text in (("comment", vote.comment), ("flag", vote.flag), ("reasons", "\n".join(vote.reasons))):
        if len(text or "") > LONGEST_NOTE:
            yield (
                N_("The verdict's field {field} has more than {most} characters."),
                {
                    "field": field,
                    "most": f"{LONGEST_NOTE:,}",
                },
            )
    for text in vote.edits.values():
        if len(text) > LONGEST_EDIT:
            yield (
                N_("The verdict's field {field} has more than {most} characters."),
                {
                    "field": "edits",
                    "most": f"{LONGEST_EDIT:,}",
                },
            )
    if len(vote.reasons) > MOST_REASONS:
        yield N_("A verdict has at most {most} reasons."), {"most": MOST_REASONS}
    if vote.guideline_version is not None and not 1 <= vote.guideline_version <= MOST_VERSIONS:
        yield N_("There is no version {version} of the guideline."), {"version": vote.guideline_version}
    if vote.seconds is not None and not 0 <= vote.seconds <= MOST_SECONDS:
        yield N_("A verdict takes between 0 s and a week, not {seconds} s."), {"seconds": vote.seconds}
