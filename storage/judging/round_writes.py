"""Writes to rounds: open and close them, assign their questions, write guidelines.

Left out: reading (`rounds`), and verdicts (`judgement_writes`).
"""

import re
import secrets
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from storage import tables, working_copy
from storage.database import Database
from storage.errors import Invalid
from storage.item_content import check_values
from storage.judging import candidates, questions, rounds
from storage.judging.judgement_records import (
    EVERYBODY,
    LONGEST_NAME,
    MOST_PEOPLE,
    Guideline,
    Question,
    Round,
    RoundSettings,
)
from words import N_, Text

CRITERION = re.compile(r"\S(.{0,38}\S)?")
MOST_CRITERIA = 6
MODES: tuple[str, ...] = ("pairs", "ranking")
ORDERS: tuple[str, ...] = ("given", "random", "uncertain")


def open_round(
    db: Database,
    dataset: str,
    settings: RoundSettings,
    account: str | None,
    now: float,
    *,
    name: str = "",
    accounts: Collection[str] = (),
    divided: bool = False,
) -> Round:
    """Make a round of the items that the settings select, of everybody or `accounts`, who share it as `assign` says.

    Raises Invalid where the settings make no sense, NotFound.
    """
    check(settings, name)
    settings = replace(settings, seed=settings.seed or secrets.token_hex(8))
    with db.read() as connection:  # a large dataset takes a while, during which others write
        row = working_copy.find(connection, dataset)
        selected = candidates.selected(connection, row.id, settings.selection)
        made = questions.make(selected, settings, new_question_id)
    if not made:
        raise Invalid(
            N_(
                "No item of {name} that the round asks for has two answers to compare: choose other items, or import "
                "or sample answers first."
            ),
            name=dataset,
        )
    with db.write() as connection:
        number = _next(connection, tables.Round.number, tables.Round.dataset_id == row.id)
        values = {"dataset_id": row.id, "number": number, "name": name.strip(), "settings": settings.to_json()}
        connection.execute(sa.insert(tables.Round).values(**values, created_by=account, created_at=now))
        rows = [_question_row(question, row.id, number) for question in made]
        connection.execute(sa.insert(tables.Question), rows)
        round_ = rounds.find(connection, dataset, number)
        _assign(connection, round_, made, accounts, now, divided=divided)
        return round_


def close(db: Database, dataset: str, number: int, now: float) -> Round:
    """End the round: nobody is asked any more. Closing it twice changes nothing. Raises NotFound."""
    with db.write() as connection:
        round_ = rounds.find(connection, dataset, number)
        table = tables.Round
        own = table.dataset_id == round_.dataset_id, table.number == number, table.closed_at.is_(None)
        connection.execute(sa.update(table).where(*own).values(closed_at=now))
        leased = sa.select(tables.Question.id).where(*rounds.of_round(round_))
        connection.execute(sa.delete(tables.Lease).where(tables.Lease.question_id.in_(leased)))
        return rounds.find(connection, dataset, number)


def assign(
    db: Database,
    dataset: str,
    number: int,
    accounts: Collection[str],
    question_ids: Collection[str] | None,
    now: float,
    *,
    divided: bool = False,
) -> int:
    """Ask these questions, or all of the round, of these people, not of everybody; returns how many questions.

    divided: each question is asked of as many of them as it wants, in turns. Without people the questions are
    everybody's again. Raises Invalid for a question of another round and for too few people, NotFound.
    """
    with db.write() as connection:
        round_ = rounds.find(connection, dataset, number)
        query = sa.select(*rounds.QUESTION_COLUMNS).where(*rounds.of_round(round_)).order_by(tables.Question.position)
        own = {row["id"]: rounds.question(row) for row in connection.execute(query).mappings()}
        ids = own if question_ids is None else dict.fromkeys(question_ids)
        for question_id in ids.keys() - own.keys():
            raise Invalid(N_("The round {number} has no question {id}."), number=number, id=question_id)
        _assign(connection, round_, [own[key] for key in ids], accounts, now, divided=divided)
        return len(ids)


def write_guideline(db: Database, dataset: str, text: str, account: str | None, now: float) -> Guideline:
    """Make the text the dataset's guideline; the same text again is no new version. Raises NotFound, Invalid."""
    check_values({"text": text})
    table = tables.Guideline
    with db.write() as connection:
        dataset_id = working_copy.find(connection, dataset).id
        version = _next(connection, table.version, table.dataset_id == dataset_id)
        latest = sa.select(table.text).where(table.dataset_id == dataset_id, table.version == version - 1)
        if connection.execute(latest).scalar() != text:
            values = {"dataset_id": dataset_id, "version": version, "text": text, "created_by": account}
            connection.execute(sa.insert(table).values(**values, created_at=now))
    return rounds.guidelines(db, dataset)[0]


def check(settings: RoundSettings, name: str = "") -> None:
    """Raise Invalid with a sentence for the first setting that makes no sense."""
    for msgid, values in _problems(settings, name):
        raise Invalid(msgid, **values)


def new_question_id() -> str:
    """A short id that tells nothing."""
    return secrets.token_hex(8)


def _assign(
    connection: sa.Connection,
    round_: Round,
    asked: Sequence[Question],
    accounts: Collection[str],
    now: float,
    *,
    divided: bool,
) -> None:
    """Replace the assignments of these questions. Raises Invalid for too few people."""
    people, wanted = tuple(dict.fromkeys(accounts)), round_.settings.most_people
    if people and len(people) < wanted:
        text = N_("Each question may be asked of {wanted} people, and {count} are chosen: choose more of them.")
        raise Invalid(text, wanted=wanted, count=len(people))
    of_question = tables.Assignment.question_id == sa.bindparam("asked")
    connection.execute(sa.delete(tables.Assignment).where(of_question), [{"asked": own.id} for own in asked])
    rows = [
        {"question_id": question.id, "account": account, "assigned_at": now}
        for place, question in enumerate(asked)
        for account in (_share(people, question, place, wanted) if divided else people)
    ]
    if rows:
        connection.execute(sa.insert(tables.Assignment), rows)
        _end_leases(connection, round_)


def _share(people: Sequence[str], question: Question, place: int, wanted: int) -> Sequence[str]:
    """Those of the people who are asked the question at this place; all where everybody is."""
    if not people or question.wanted >= EVERYBODY:
        return people
    return [people[(place * wanted + turn) % len(people)] for turn in range(wanted)]


def _end_leases(connection: sa.Connection, round_: Round) -> None:
    """Take back what lies before somebody whom it is not assigned to any more."""
    lease, assignment = tables.Lease, tables.Assignment
    of_round = sa.select(tables.Question.id).where(*rounds.of_round(round_))
    assigned = sa.exists().where(assignment.question_id == lease.question_id)
    connection.execute(
        sa.delete(lease).where(
            lease.question_id.in_(of_round), assigned, ~assigned.where(assignment.account == lease.account)
        )
    )


def _problems(settings: RoundSettings, name: str) -> Iterator[Text]:
    if len(name) > LONGEST_NAME:
        yield N_("The name of a round has at most {most} characters."), {"most": LONGEST_NAME}
    check_values({"name": name, "criteria": list(settings.criteria)})
    if not 1 <= settings.overlap <= MOST_PEOPLE:
        text = N_("The overlap is between 1 and {most} people, not {overlap}.")
        yield text, {"most": MOST_PEOPLE, "overlap": settings.overlap}
    if settings.adaptive and settings.overlap > 2:
        yield (
            N_("An adaptive round asks two people, and a third where they disagree: set its overlap to 2 at most."),
            {},
        )
    if len(settings.criteria) > MOST_CRITERIA or len(set(settings.criteria)) < len(settings.criteria):
        yield N_("A round has at most {most} criteria, each with another name."), {"most": MOST_CRITERIA}
    for criterion in settings.criteria:
        if not CRITERION.fullmatch(criterion):
            yield N_("The name of a criterion has 1 to 40 characters; {name} has not."), {"name": criterion or '""'}
    yield from _bound_problems(settings)


def _bound_problems(settings: RoundSettings) -> Iterator[Text]:
    for field, value in (("repeats", settings.repeats), ("random_share", settings.random_share)):
        if not 0 <= value <= 1:
            yield N_("{field} is a share between 0 and 1, not {value}."), {"field": field, "value": value}
    if not 0 <= settings.norming <= 100:
        yield N_("A norming round has 0 to 100 questions, not {count}."), {"count": settings.norming}
    if not 10 <= settings.lease_seconds <= 86_400:
        text = N_("Questions are leased for 10 seconds to a day, not for {seconds} s.")
        yield text, {"seconds": settings.lease_seconds}
    for field, choice, known in (("mode", settings.mode, MODES), ("order", settings.order, ORDERS)):
        if choice not in known:
            text = N_("{field} is one of {known}, not {value}.")
            yield text, {"field": field, "known": ", ".join(known), "value": choice}


def _question_row(question: Question, dataset_id: int, number: int) -> dict[str, Any]:
    return {**vars(question), "responses": list(question.responses), "dataset_id": dataset_id, "round": number}


def _next(connection: sa.Connection, column: Any, *conditions: sa.ColumnElement[bool]) -> int:
    """The number after the highest."""
    return (connection.execute(sa.select(sa.func.max(column)).where(*conditions)).scalar() or 0) + 1
