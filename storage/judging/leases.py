"""Who is asked what: questions are leased to a person, so that no more people than wanted answer one.

Left out: what happens to the answers (`judgement_writes`).
"""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from storage import tables, working_copy
from storage.database import Database
from storage.judging import judgements, questions, rounds
from storage.judging.judgement_records import Ask, Judgement, Question, Round

REPEAT_AFTER = 10  # verdicts between a question and its repeat
REPEAT_WITHIN = 300  # verdicts; one that could not be repeated by then is not
NORMING = "norming"
"""The reason by which a verdict says that its author saw those of the others."""
_QUESTION, _LEASE, _JUDGEMENT = tables.Question, tables.Lease, tables.Judgement


def next_questions(db: Database, dataset: str, number: int, account: str, count: int, now: float) -> list[Ask]:
    """Up to `count` questions for this person, leased to them: those that they hold already, then open ones.

    Nobody gets a question twice, except for a repeat (turn 1), or to see what the others said (phase reveal). A round
    that is closed asks nothing. Raises NotFound.
    """
    with db.write() as connection:
        round_ = rounds.find(connection, dataset, number)
        if round_.closed_at is not None:
            return []
        connection.execute(sa.select(tables.Round.number).where(*_is(round_)).with_for_update())
        connection.execute(sa.delete(_LEASE).where(_LEASE.leased_until <= now))
        until = now + round_.settings.lease_seconds
        asks = _reveals(connection, round_, account)[:count]
        repeats = _asks(connection, round_, account, 1, _repeats(connection, round_, account))
        held = _asks(connection, round_, account, 0, _held(connection, round_, account))
        renewed = [*repeats, *held][: count - len(asks)]
        _lease(connection, renewed, account, until)
        asks += renewed
        while len(asks) < count and (fresh := _open(connection, round_, account, count - len(asks), now)):
            leased = _asks(connection, round_, account, 0, fresh)
            _lease(connection, leased, account, until)
            asks += leased
        return asks


def give_back(db: Database, dataset: str, number: int, account: str) -> None:
    """Let others have what lies before this person. Raises NotFound."""
    with db.write() as connection:
        round_ = rounds.find(connection, dataset, number)
        of_round = sa.select(_QUESTION.id).where(
            _QUESTION.dataset_id == round_.dataset_id, _QUESTION.round == round_.number
        )
        connection.execute(sa.delete(_LEASE).where(_LEASE.account == account, _LEASE.question_id.in_(of_round)))


def _is(round_: Round) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return tables.Round.dataset_id == round_.dataset_id, tables.Round.number == round_.number


def _held(connection: sa.Connection, round_: Round, account: str) -> list[Question]:
    """The questions that the person holds at turn 0, in their order."""
    query = sa.select(_LEASE.question_id).where(_LEASE.account == account, _LEASE.turn == 0)
    return rounds.named(connection, round_, connection.execute(query).scalars().all())


def _open(connection: sa.Connection, round_: Round, account: str, count: int, now: float) -> list[Question]:
    """Questions that want one more person, this one, counting those before whom they lie now."""
    others = sa.select(sa.func.count()).where(
        _LEASE.question_id == _QUESTION.id, _LEASE.account != account, _LEASE.turn == 0, _LEASE.leased_until > now
    )
    held = sa.exists().where(_LEASE.question_id == _QUESTION.id, _LEASE.account == account, _LEASE.turn == 0)
    item = tables.Item
    query = (
        sa.select(*rounds.QUESTION_COLUMNS)
        .join(item, sa.and_(item.dataset_id == _QUESTION.dataset_id, item.id == _QUESTION.item_id))
        .where(
            *rounds.is_open(round_),
            item.deleted_at.is_(None),
            ~held,
            _QUESTION.answers + others.scalar_subquery() < _QUESTION.wanted,
            ~rounds.is_answered(account),
            *rounds.may_answer(connection, round_, account),
        )
        .order_by(_QUESTION.position)
        .limit(count)
    )
    return [rounds.question(row) for row in connection.execute(query).mappings()]


def _repeats(connection: sa.Connection, round_: Round, account: str) -> list[Question]:
    """Questions that the person answered some time ago and is to answer once more."""
    if not round_.settings.repeats:
        return []
    recent = (
        rounds.effective(round_, account)
        .where(_JUDGEMENT.turn == 0)
        .with_only_columns(_JUDGEMENT.question_id, _JUDGEMENT.verdict)
        .order_by(_JUDGEMENT.created_at.desc())
        .limit(REPEAT_WITHIN)
    )
    rows = connection.execute(recent).all()[REPEAT_AFTER:]
    drawn = [
        row.question_id
        for row in rows
        if row.verdict != "skip" and questions.is_repeated(row.question_id, account, round_.settings)
    ]
    # by question alone: SQLite would go through all verdicts of the person if it were asked for theirs
    repeated = sa.select(_JUDGEMENT.question_id, _JUDGEMENT.account).where(
        _JUDGEMENT.question_id.in_(drawn),
        _JUDGEMENT.turn == 1,
        _JUDGEMENT.verdict != "withdrawn",
        rounds.not_superseded(),
    )
    waiting = set(drawn) - {row.question_id for row in connection.execute(repeated) if row.account == account}
    return [question for question in rounds.named(connection, round_, waiting) if question.kind != NORMING]


def _reveals(connection: sa.Connection, round_: Round, account: str) -> list[Ask]:
    """The norming questions with everybody's verdicts, until this person has kept or changed the own one."""
    if not round_.settings.norming:
        return []
    query = sa.select(*rounds.QUESTION_COLUMNS).where(*rounds.of_round(round_), _QUESTION.kind == NORMING)
    rows = connection.execute(query.order_by(_QUESTION.position)).mappings()
    norming = {row["id"]: rounds.question(row) for row in rows}
    verdicts = _verdicts(connection, norming)
    if not _is_revealed(connection, round_, account, verdicts):
        return []
    undecided = [
        question
        for question in norming.values()
        if not any(own.account == account and NORMING in own.reasons for own in verdicts[question.id])
    ]
    return [
        Ask(ask.question, ask.item, 0, ask.shown, "reveal", tuple(verdicts[ask.question.id]))
        for ask in _asks(connection, round_, account, 0, undecided)
    ]


def _verdicts(connection: sa.Connection, question_ids: Iterable[str]) -> dict[str, list[Judgement]]:
    """question -> the verdicts on it that hold."""
    verdicts: dict[str, list[Judgement]] = {question_id: [] for question_id in question_ids}
    query = sa.select(*judgements.COLUMNS).where(
        _JUDGEMENT.question_id.in_(verdicts),
        _JUDGEMENT.turn == 0,
        _JUDGEMENT.verdict != "withdrawn",
        rounds.not_superseded(),
    )
    for row in connection.execute(query.order_by(_JUDGEMENT.created_at)).mappings():
        verdicts[row["question_id"]].append(judgements.judgement(row))
    return verdicts


def _is_revealed(connection: sa.Connection, round_: Round, account: str, verdicts: dict[str, list[Judgement]]) -> bool:
    """Whether this person, everybody whom the questions are assigned to, and enough others have answered them all."""
    accounts = [{str(own.account) for own in answers} for answers in verdicts.values()]
    finished = set.intersection(*accounts) if accounts else set()
    assigned = sa.select(tables.Assignment.account).where(tables.Assignment.question_id.in_(verdicts))
    needed = {account, *connection.execute(assigned).scalars()}
    return needed <= finished and len(finished) >= max(2, round_.settings.people)


def _asks(
    connection: sa.Connection, round_: Round, account: str, turn: int, candidates: Sequence[Question]
) -> list[Ask]:
    """The questions with their items, of those that are there. One whose item lost a response leaves the round."""
    items = working_copy.items_named(connection, round_.dataset_id, [question.item_id for question in candidates])
    asks = []
    for question in candidates:
        item = items.get(question.item_id)
        if item is None:
            continue
        if not set(question.responses) <= {response.id for response in item.responses}:
            connection.execute(sa.update(_QUESTION).where(_QUESTION.id == question.id).values(wanted=_QUESTION.answers))
            continue
        order = questions.shown(question, account, turn, round_.settings.seed)
        asks.append(Ask(question, item, turn, order))
    return asks


def _lease(connection: sa.Connection, asks: Sequence[Ask], account: str, until: float) -> None:
    """Give the leases, or renew them."""
    rows: list[dict[str, Any]] = [
        {"question_id": ask.question.id, "account": account, "turn": ask.turn, "leased_until": until} for ask in asks
    ]
    held = (_LEASE.account == account) & _LEASE.question_id.in_([ask.question.id for ask in asks])
    connection.execute(sa.delete(_LEASE).where(held))
    if rows:
        connection.execute(sa.insert(_LEASE), rows)
