"""Rounds of judging as they are read: their settings, questions and progress; guidelines of datasets.

Left out: every write (`round_writes`), and who is asked what (`leases`).
"""

import statistics
from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from storage import tables, working_copy
from storage.database import Database
from storage.errors import NotFound
from storage.judging.judgement_records import (
    EVERYBODY,
    Guideline,
    OwnProgress,
    Progress,
    Question,
    Round,
    RoundSettings,
)
from words import N_

RECENT = 50  # verdicts that the pace is taken of
_QUESTION = tables.Question
QUESTION_COLUMNS = tuple(column for column in _QUESTION.__table__.columns if column.name not in ("dataset_id", "round"))
_SUCCESSOR = sa.orm.aliased(tables.Judgement)
# built once: SQLAlchemy takes a millisecond for an alias
_NOT_SUPERSEDED = ~sa.exists().where(_SUCCESSOR.supersedes == tables.Judgement.id)


def listing(db: Database, dataset: str | None = None) -> list[Round]:
    """The rounds of a dataset, or of all, the newest first. Raises NotFound."""
    with db.read() as connection:
        conditions = () if dataset is None else (tables.Round.dataset_id == working_copy.find(connection, dataset).id,)
        return _records(connection, *conditions)


def get(db: Database, dataset: str, number: int) -> Round:
    """One round. Raises NotFound."""
    with db.read() as connection:
        return find(connection, dataset, number)


def questions(db: Database, dataset: str, number: int) -> list[Question]:
    """The round's questions in their order. Raises NotFound."""
    with db.read() as connection:
        query = sa.select(*QUESTION_COLUMNS).where(*of_round(find(connection, dataset, number)))
        return [question(row) for row in connection.execute(query.order_by(_QUESTION.position)).mappings()]


def questions_named(db: Database, round_: Round, ids: Collection[str]) -> list[Question]:
    """Those of the round's questions that have these ids, in their order."""
    with db.read() as connection:
        return named(connection, round_, ids)


def of_question(db: Database, question_id: str) -> Round:
    """The round that asks the question, whatever its dataset is called by now. Raises NotFound."""
    table = tables.Round
    has_question = sa.exists().where(
        _QUESTION.id == question_id, _QUESTION.dataset_id == table.dataset_id, _QUESTION.round == table.number
    )
    with db.read() as connection:
        rows = _records(connection, has_question)
    if not rows:
        raise NotFound(N_("The question that was answered is not there any more."))
    return rows[0]


def progress(db: Database, dataset: str, number: int, account: str | None = None) -> Progress:
    """How far the round is, and this person in it. Raises NotFound."""
    with db.read() as connection:
        round_ = find(connection, dataset, number)
        total, done, wanted, answered = connection.execute(_counts(round_)).one()
        own = OwnProgress() if account is None else _own_progress(connection, round_, account)
        people = connection.execute(_people(round_)).scalar_one()
        skipped = connection.execute(_skipped(round_)).scalar_one()
    return Progress(total, done, wanted, answered, people, skipped, **vars(own))


def own_progress(db: Database, round_: Round, account: str) -> OwnProgress:
    """How far this person is in the round."""
    with db.read() as connection:
        return _own_progress(connection, round_, account)


def guidelines(db: Database, dataset: str) -> list[Guideline]:
    """The versions of the dataset's guideline, the newest first. Raises NotFound."""
    table = tables.Guideline
    with db.read() as connection:
        query = sa.select(table.version, table.text, table.created_by, table.created_at).where(
            table.dataset_id == working_copy.find(connection, dataset).id
        )
        return [Guideline(**row) for row in connection.execute(query.order_by(table.version.desc())).mappings()]


def guideline(db: Database, dataset: str) -> Guideline | None:
    """The guideline that holds now; None where none was written. Raises NotFound."""
    return next(iter(guidelines(db, dataset)), None)


def guideline_version(db: Database, dataset: str) -> int | None:
    """The number of the guideline that judges read now; None without one. Raises NotFound."""
    current = guideline(db, dataset)
    return None if current is None else current.version


def find(connection: sa.Connection, dataset: str, number: int) -> Round:
    """The round, inside the caller's transaction. Raises NotFound."""
    dataset_id = working_copy.find(connection, dataset).id
    rounds = _records(connection, tables.Round.dataset_id == dataset_id, tables.Round.number == number)
    if not rounds:
        raise NotFound(N_("The dataset {name} has no round {number}."), name=dataset, number=number)
    return rounds[0]


def named(connection: sa.Connection, round_: Round, ids: Collection[str]) -> list[Question]:
    """Those of the round's questions that have these ids, in their order, inside the caller's transaction."""
    columns = *QUESTION_COLUMNS, _QUESTION.dataset_id, _QUESTION.round
    # by id alone: SQLite would go through all questions of the round if it were asked for its own in their order
    query = sa.select(*columns).where(_QUESTION.id.in_(ids))
    rows = [dict(row) for row in connection.execute(query).mappings()] if ids else []
    own = [row for row in rows if (row.pop("dataset_id"), row.pop("round")) == (round_.dataset_id, round_.number)]
    return sorted(map(question, own), key=lambda question: question.position)


def of_round(round_: Round) -> tuple[sa.ColumnElement[bool], ...]:
    """The conditions that select the round's questions."""
    return _QUESTION.dataset_id == round_.dataset_id, _QUESTION.round == round_.number


def assigned(db: Database, round_: Round) -> dict[str, int]:
    """account -> how many of the round's questions are assigned to it; empty where everybody is asked."""
    table = tables.Assignment
    query = (
        sa.select(table.account, sa.func.count())
        .join(_QUESTION, _QUESTION.id == table.question_id)
        .where(*of_round(round_))
        .group_by(table.account)
        .order_by(table.account)
    )
    with db.read() as connection:
        return {row[0]: row[1] for row in connection.execute(query)}


def is_open(round_: Round) -> tuple[sa.ColumnElement[bool], ...]:
    """The conditions of questions that want more answers; written as the index `ix_questions_open` is."""
    return *of_round(round_), _QUESTION.answers < _QUESTION.wanted


def may_answer(connection: sa.Connection, round_: Round, account: str) -> list[sa.ColumnElement[bool]]:
    """The condition of questions that this person may be asked: the own ones where questions are assigned."""
    assignment = tables.Assignment
    of_question = sa.exists().where(assignment.question_id == _QUESTION.id)
    number = sa.select(_QUESTION.round).where(
        _QUESTION.id == assignment.question_id, _QUESTION.dataset_id == round_.dataset_id
    )
    assigned = sa.select(assignment.account).where(number.scalar_subquery() == round_.number).limit(1)
    if connection.execute(assigned).first() is None:
        return []  # the usual case, which saves a look for every question
    return [sa.or_(~of_question, of_question.where(assignment.account == account))]


def is_answered(account: str) -> sa.ColumnElement[bool]:
    """The condition of questions on which a verdict of this person holds."""
    table = tables.Judgement
    return sa.exists().where(
        table.question_id == _QUESTION.id,
        table.account == account,
        table.turn == 0,
        table.source == "human",
        table.verdict != "withdrawn",
        not_superseded(),
    )


def effective(round_: Round, account: str) -> sa.Select[Any]:
    """The person's verdicts in the round that hold: neither superseded nor withdrawn."""
    table = tables.Judgement
    return sa.select(table.id).where(
        table.account == account,
        table.dataset_id == round_.dataset_id,
        table.round == round_.number,
        table.source == "human",
        table.verdict != "withdrawn",
        not_superseded(),
    )


def not_superseded() -> sa.ColumnElement[bool]:
    """The condition of judgements that no later one stands in the place of."""
    return _NOT_SUPERSEDED


def _own_progress(connection: sa.Connection, round_: Round, account: str) -> OwnProgress:
    table = tables.Judgement
    mine = effective(round_, account)
    permitted = may_answer(connection, round_, account)
    # the person's verdicts are fewer than the questions: so it is they that are looked up, not each question
    still_open = sa.and_(table.turn == 0, _QUESTION.answers < _QUESTION.wanted, *permitted)
    counts = (
        mine.with_only_columns(sa.func.count(), _number_of(still_open), _number_of(table.verdict == "skip"))
        .select_from(table)
        .join(_QUESTION, _QUESTION.id == table.question_id)
    )
    answered, answered_and_open, skipped = connection.execute(counts).one()
    open_questions = sa.select(sa.func.count()).select_from(_QUESTION).where(*is_open(round_), *permitted)
    total = answered + connection.execute(open_questions).scalar_one() - answered_and_open
    latest = mine.with_only_columns(table.seconds).order_by(table.created_at.desc()).limit(RECENT)
    seconds = [value for value in connection.execute(latest).scalars() if value is not None]
    return OwnProgress(answered, total, statistics.median(seconds) if seconds else None, skipped)


def _number_of(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)


def _people(round_: Round) -> sa.Select[Any]:
    """How many people have judged."""
    table = tables.Judgement
    own = table.dataset_id == round_.dataset_id, table.round == round_.number, table.source == "human"
    return sa.select(sa.func.count(sa.distinct(table.account))).where(*own)


def _skipped(round_: Round) -> sa.Select[Any]:
    """How many skips stand on questions of the round that still want a verdict."""
    table = tables.Judgement
    skips = table.dataset_id == round_.dataset_id, table.round == round_.number, table.verdict == "skip"
    wanting = _QUESTION.answers < _QUESTION.wanted, _QUESTION.wanted < EVERYBODY
    query = sa.select(sa.func.count()).select_from(table).join(_QUESTION, _QUESTION.id == table.question_id)
    return query.where(*skips, table.source == "human", table.turn == 0, not_superseded(), *wanting)


def question(row: sa.RowMapping | dict[str, Any]) -> Question:
    """A row of `QUESTION_COLUMNS` as the record that may leave storage."""
    return Question(**{**row, "responses": tuple(row["responses"])})


def _counts(round_: Round) -> sa.Select[Any]:
    """(questions, those that are done, verdicts wanted, verdicts given) of the round."""
    table, plain = _QUESTION, _QUESTION.wanted < EVERYBODY

    def total(value: Any) -> Any:
        return sa.func.coalesce(sa.func.sum(sa.case((plain, value), else_=0)), 0)

    done = sa.case((table.answers >= table.wanted, 1), else_=0)
    columns = sa.func.count(), total(done), total(table.wanted), total(table.answers)
    return sa.select(*columns).where(*of_round(round_))


def _records(connection: sa.Connection, *conditions: sa.ColumnElement[bool]) -> list[Round]:
    table, dataset = tables.Round, tables.Dataset
    query = (
        sa.select(dataset.name.label("dataset"), *table.__table__.columns)
        .join(dataset, dataset.id == table.dataset_id)
        .where(dataset.deleted_at.is_(None), *conditions)
        .order_by(table.created_at.desc(), table.number.desc())
    )
    rows = connection.execute(query).mappings()
    return [Round(**{**row, "settings": RoundSettings.from_json(row["settings"])}) for row in rows]
