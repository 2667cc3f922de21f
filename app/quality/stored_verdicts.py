"""Stored verdicts of people as `engine.analysis` takes them. Left out: verdicts of machines, and rankings."""

from collections.abc import Sequence

from engine.analysis.judged import Judged, Verdict
from storage.database import Database
from storage.judging import judgements, rounds, verdict_counts
from storage.judging.judgement_records import Judgement

VERDICTS: dict[str, Verdict] = {"a": "a", "b": "b", "tie": "tie", "both_bad": "both_bad", "skip": "skip"}


def effective(db: Database, name: str) -> Sequence[Judged]:
    """The verdicts on items of the dataset that hold, in time; late ones count for nothing. Raises NotFound."""
    expected = _expected(db, name)
    return [
        judged(verdict, expected.get(verdict.question_id or ""))
        for verdict in judgements.listing(db, name, source="human")
        if not verdict.late and verdict.verdict in VERDICTS and verdict.response_a and verdict.response_b
    ]


def judged(verdict: Judgement, expected: Verdict | None = None) -> Judged:
    """One verdict on two responses."""
    return Judged(
        item=verdict.item_id,
        first=verdict.response_a or "",
        second=verdict.response_b or "",
        account=verdict.account or "",
        verdict=VERDICTS[verdict.verdict],
        turn=verdict.turn,
        seconds=verdict.seconds,
        guideline=verdict.guideline_version,
        expected=expected,
    )


def guideline(db: Database, name: str) -> int | None:
    """The version of the guideline that judges of the dataset read now; None without one. Raises NotFound."""
    current = rounds.guideline(db, name)
    return None if current is None else current.version


def state(db: Database, name: str) -> tuple[int, int | None]:
    """How many verdicts were ever given, and the guideline's version: quality changes with them without an edit."""
    return verdict_counts.given(db, name), guideline(db, name)


def _expected(db: Database, name: str) -> dict[str, Verdict]:
    """The verdict that each planted question should get, by the question's id."""
    return {
        question.id: VERDICTS[question.expected]
        for row in rounds.listing(db, name)
        for question in rounds.questions(db, name, row.number)
        if question.kind == "gold" and question.expected in VERDICTS
    }
