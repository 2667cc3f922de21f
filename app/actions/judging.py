"""What people do about judging: open and close rounds, assign questions, answer them, decide, write guidelines.

Left out: what a round or a verdict may be, which storage checks; who is asked what (`storage.judging.leases`).
"""

from collections.abc import Collection, Sequence
from pathlib import Path

from app.actions.permissions import record as note
from app.actions.permissions import require
from app.people import Person
from storage import judgement_rows
from storage.database import Database
from storage.judging import decisions, judgement_writes, leases, round_writes
from storage.judging.judgement_records import (
    Adjudication,
    Ask,
    Guideline,
    Judgement,
    NewJudgement,
    Receipt,
    Round,
    RoundSettings,
)


def open_round(
    db: Database,
    person: Person,
    dataset: str,
    settings: RoundSettings,
    now: float,
    *,
    name: str = "",
    accounts: Collection[str] = (),
    divided: bool = False,
) -> Round:
    """Ask people, everybody or these accounts, about items of a dataset.

    Raises Forbidden, Invalid for settings that make no sense, NotFound.
    """
    require(person, "researcher")
    opened = round_writes.open_round(
        db, dataset, settings, person.account, now, name=name, accounts=accounts, divided=divided
    )
    note(db, person, "round.open", dataset, now, round=opened.number)
    return opened


def close_round(db: Database, person: Person, dataset: str, number: int, now: float) -> Round:
    """End a round: nobody is asked any more, and what still comes in counts for nothing. Raises Forbidden, NotFound."""
    require(person, "researcher")
    closed = round_writes.close(db, dataset, number, now)
    note(db, person, "round.close", dataset, now, round=number)
    return closed


def assign(
    db: Database,
    person: Person,
    dataset: str,
    number: int,
    now: float,
    *,
    accounts: Collection[str],
    question_ids: Collection[str] | None = None,
    divided: bool = False,
) -> int:
    """Ask these questions, or all of the round, of these people only; without people, of everybody again.

    divided: each question of as many of them as it wants, in turns. Raises Forbidden, Invalid for a question of
    another round and for too few people, NotFound.
    """
    require(person, "researcher")
    count = round_writes.assign(db, dataset, number, accounts, question_ids, now, divided=divided)
    details = {"round": number, "questions": count, "accounts": sorted(accounts), "divided": divided}
    note(db, person, "round.assign", dataset, now, **details)
    return count


def next_questions(db: Database, person: Person, dataset: str, number: int, count: int, now: float) -> list[Ask]:
    """Lease questions of a round to the person; none of a closed one. Raises Forbidden, NotFound."""
    require(person, "annotator")
    return leases.next_questions(db, dataset, number, person.judging_account, count, now)


def give_back(db: Database, person: Person, dataset: str, number: int) -> None:
    """Let others have the questions of a round that are leased to the person. Raises Forbidden, NotFound."""
    require(person, "annotator")
    leases.give_back(db, dataset, number, person.judging_account)


def record(db: Database, person: Person, votes: Sequence[NewJudgement], now: float) -> list[Receipt]:
    """Store the person's own votes; what is refused says why in its receipt. Raises Forbidden."""
    require(person, "annotator")
    receipts = judgement_writes.record(db, votes, person.judging_account, now)
    new = [receipt.id for receipt in receipts if receipt.stored in ("stored", "late")]
    if new:
        note(db, person, "judgement.record", new[0], now, count=len(new))
    return receipts


def adjudicate(db: Database, person: Person, dataset: str, decision: Adjudication, now: float) -> Judgement:
    """Decide a pair over the heads of those who judged it. Raises Forbidden, Invalid, NotFound."""
    require(person, "researcher")
    decided = decisions.adjudicate(db, dataset, decision, person.judging_account, now)
    note(db, person, "judgement.adjudicate", dataset, now, item=decision.item_id, verdict=decision.verdict)
    return decided


def write_guideline(db: Database, person: Person, dataset: str, text: str, now: float) -> Guideline:
    """Tell annotators of a dataset what to look for. Raises Forbidden, NotFound, Invalid."""
    require(person, "researcher")
    guideline = round_writes.write_guideline(db, dataset, text, person.account, now)
    note(db, person, "guideline.write", dataset, now, version=guideline.version)
    return guideline


def export_judgements(
    db: Database,
    person: Person,
    dataset: str,
    out: Path,
    now: float,
    *,
    round: int | None = None,
    history: bool = False,
) -> int:
    """Write each verdict with its author to a file; returns how many. Raises Forbidden, Invalid, NotFound."""
    require(person, "researcher")
    count = judgement_rows.export(db, dataset, out, round=round, history=history)
    note(db, person, "judgement.export", dataset, now, rows=count)
    return count
