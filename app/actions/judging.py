"""What people do about judging: open and close rounds, assign questions, answer them, write guidelines.

Left out: what a round or a verdict may be, which storage checks; who is asked what (`storage.leases`).
"""

from collections.abc import Collection, Sequence

from app.people import Person
from storage import judgement_writes, leases, round_writes
from storage.database import Database
from storage.judgement_records import Ask, Guideline, NewJudgement, Receipt, Round, RoundSettings

NOBODY = "command line"  # who judges without an account


def open_round(
    db: Database, person: Person, dataset: str, settings: RoundSettings, now: float, *, name: str = ""
) -> Round:
    """Ask people about items of a dataset. Raises Invalid for settings that make no sense, NotFound."""
    return round_writes.open_round(db, dataset, settings, person.account, now, name=name)


def close_round(db: Database, person: Person, dataset: str, number: int, now: float) -> Round:
    """End a round: nobody is asked any more, and what still comes in counts for nothing. Raises NotFound."""
    return round_writes.close(db, dataset, number, now)


def assign(
    db: Database,
    person: Person,
    dataset: str,
    number: int,
    now: float,
    *,
    accounts: Collection[str],
    question_ids: Collection[str],
) -> int:
    """Ask these questions of these people only; without people, of everybody again. Raises Invalid, NotFound."""
    return round_writes.assign(db, dataset, number, accounts, question_ids, now)


def next_questions(db: Database, person: Person, dataset: str, number: int, count: int, now: float) -> list[Ask]:
    """Lease questions of a round to the person; none of a closed one. Raises NotFound."""
    return leases.next_questions(db, dataset, number, account(person), count, now)


def record(db: Database, person: Person, votes: Sequence[NewJudgement], now: float) -> list[Receipt]:
    """Store the person's own votes; what is refused says why in its receipt."""
    return judgement_writes.record(db, votes, account(person), now)


def write_guideline(db: Database, person: Person, dataset: str, text: str, now: float) -> Guideline:
    """Tell annotators of a dataset what to look for. Raises NotFound, Invalid."""
    return round_writes.write_guideline(db, dataset, text, person.account, now)


def account(person: Person) -> str:
    """Under which account the person judges."""
    return person.account or NOBODY
