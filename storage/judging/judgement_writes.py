"""Writes of verdicts: append-only, and idempotent by the id that the client makes.

Left out: reading them (`judgements`), what a vote may hold (`vote_checks`), leases
(`leases`).
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from storage import tables
from storage.database import Database
from storage.errors import Invalid
from storage.judging import judgements, questions, rounds, vote_checks
from storage.judging.judgement_records import Judgement, NewJudgement, Question, Receipt, Round
from words import N_

TICK = 1e-6  # seconds between the votes of one call, so that their order is known
NO_PLACE = ("skip", "withdrawn")
"""Verdicts that leave their question open for somebody else."""
_QUESTION, _LEASE, _JUDGEMENT = tables.Question, tables.Lease, tables.Judgement


def record(db: Database, votes: Sequence[NewJudgement], account: str, now: float) -> list[Receipt]:
    """Store this person's votes and say for each what became of it. One that is refused keeps no other from its place.

    A vote whose id is stored already is not stored again; with another content it is refused. One that comes when its
    question wants no more answers is kept as late, and counts for nothing until another one is taken back.
    """
    with db.write() as connection:
        return [_receipt(connection, vote, account, now + index * TICK) for index, vote in enumerate(votes)]


def _receipt(connection: sa.Connection, vote: NewJudgement, account: str, now: float) -> Receipt:
    try:
        return _record(connection, vote, account, now)
    except Invalid as refusal:
        return Receipt(vote.id, "refused", refusal.text, _standing(connection, vote, account))


def _record(connection: sa.Connection, vote: NewJudgement, account: str, now: float) -> Receipt:
    """Store one vote. Raises Invalid before anything is written."""
    question, round_ = _question(connection, vote.question_id)
    vote_checks.check(vote, question, round_.settings)
    values = _values(vote, question, round_, account)
    stored = connection.execute(sa.select(*judgements.COLUMNS).where(_JUDGEMENT.id == vote.id)).mappings().first()
    if stored is not None:
        if any(stored[name] != value for name, value in values.items()):
            raise Invalid(N_("Another verdict was stored under this id, so this one was not: give it again."))
        return Receipt(vote.id, "again")
    old = _superseded(connection, vote, account)
    late = _is_late(connection, vote, question, round_, account, old)
    connection.execute(sa.insert(_JUDGEMENT).values(**values, late=late, created_at=now))
    _renew_leases(connection, vote, account, round_, now)
    _count_answers(connection, question, round_)
    return Receipt(vote.id, "late" if late else "stored")


def _question(connection: sa.Connection, question_id: str) -> tuple[Question, Round]:
    """The question, locked until the transaction ends where the database locks rows, and its round."""
    columns = *rounds.QUESTION_COLUMNS, _QUESTION.round.label("number"), tables.Dataset.name.label("dataset")
    query = (
        sa.select(*columns)
        .join(tables.Dataset, tables.Dataset.id == _QUESTION.dataset_id)
        .where(_QUESTION.id == question_id, tables.Dataset.deleted_at.is_(None))
        .with_for_update(of=_QUESTION)
    )
    row = connection.execute(query).mappings().first()
    if row is None:
        raise Invalid(N_("The question that was answered is not there any more."))
    values = dict(row)
    round_ = rounds.find(connection, values.pop("dataset"), values.pop("number"))
    return Question(**{**values, "responses": tuple(values["responses"])}), round_


def _values(vote: NewJudgement, question: Question, round_: Round, account: str) -> dict[str, Any]:
    """The columns that the vote decides: the same for the same vote, as JSON would give them back."""
    pair = question.responses if len(question.responses) == 2 else (None, None)
    content = {**vars(vote), "reasons": list(vote.reasons)}
    content["ranking"] = None if vote.ranking is None else [list(group) for group in vote.ranking]
    return {
        **content,
        "dataset_id": round_.dataset_id,
        "item_id": question.item_id,
        "round": round_.number,
        "response_a": pair[0],
        "response_b": pair[1],
        "shown": list(questions.shown(question, account, vote.turn, round_.settings.seed)),
        "source": "human",
        "account": account,
    }


def _standing(connection: sa.Connection, vote: NewJudgement, account: str) -> str | None:
    own = _latest(connection, vote.question_id, account).get(vote.turn)
    return own.id if own is not None and own.verdict != "withdrawn" else None


def _superseded(connection: sa.Connection, vote: NewJudgement, account: str) -> Judgement | None:
    """The own verdict in whose place this one comes, if any. Raises Invalid where it may not."""
    own = _latest(connection, vote.question_id, account)
    current = own.get(vote.turn)
    holds = current is not None and current.verdict != "withdrawn"
    if vote.turn == 1 and 0 not in own:
        raise Invalid(N_("A repeat was answered whose first turn was not."))
    if vote.supersedes is None:
        if holds:
            raise Invalid(N_("You have judged this pair already, perhaps in another tab: that verdict stands."))
        if vote.verdict == "withdrawn":
            raise Invalid(N_("There is no verdict of yours to take back."))
        return None
    if current is None or current.id != vote.supersedes or (vote.verdict == "withdrawn" and not holds):
        raise Invalid(N_("The verdict that you change was changed since, perhaps in another tab: look at it again."))
    return current


def _latest(connection: sa.Connection, question_id: str, account: str) -> dict[int, Judgement]:
    """turn -> the person's verdict that nothing supersedes, be it withdrawn or not."""
    query = sa.select(*judgements.COLUMNS).where(
        _JUDGEMENT.question_id == question_id,
        _JUDGEMENT.account == account,
        _JUDGEMENT.source == "human",
        rounds.not_superseded(),
    )
    rows = connection.execute(query.order_by(_JUDGEMENT.created_at)).mappings()
    return {row["turn"]: judgements.judgement(row) for row in rows}


def _is_late(
    connection: sa.Connection,
    vote: NewJudgement,
    question: Question,
    round_: Round,
    account: str,
    old: Judgement | None,
) -> bool:
    if old is not None and old.verdict not in NO_PLACE:
        return old.late
    if vote.verdict in NO_PLACE:
        return False
    full = vote.turn == 0 and question.answers >= question.wanted
    if full or round_.closed_at is not None:
        return True
    accounts = _assigned(connection, question)
    return bool(accounts) and account not in accounts


def _renew_leases(connection: sa.Connection, vote: NewJudgement, account: str, round_: Round, now: float) -> None:
    """Who votes is at work: what lies before them stays theirs. A verdict taken back puts its question there again."""
    until = now + round_.settings.lease_seconds
    lease = {"question_id": vote.question_id, "account": account, "turn": vote.turn}
    own = _LEASE.account == account
    done = own & (_LEASE.question_id == vote.question_id) & (_LEASE.turn == vote.turn)
    connection.execute(sa.delete(_LEASE).where(done))
    connection.execute(sa.update(_LEASE).where(own, _LEASE.leased_until > now).values(leased_until=until))
    if vote.verdict == "withdrawn" and round_.closed_at is None:
        connection.execute(sa.insert(_LEASE).values(**lease, leased_until=until))


def _count_answers(connection: sa.Connection, question: Question, round_: Round) -> None:
    """Set how many people have answered, and whether a third is wanted; late verdicts take the places that are free."""
    wanted, answers = _answers(connection, question, round_)
    while answers < wanted and _promote(connection, question, round_):
        wanted, answers = _answers(connection, question, round_)
    values = {"wanted": wanted, "answers": answers}
    connection.execute(sa.update(_QUESTION).where(_QUESTION.id == question.id).values(**values))


def _answers(connection: sa.Connection, question: Question, round_: Round) -> tuple[int, int]:
    """How many people shall answer, and how many have."""
    query = sa.select(_JUDGEMENT.verdict, _JUDGEMENT.ranking).where(*_has_place(question), _JUDGEMENT.late.is_(False))
    answers = connection.execute(query).all()
    settings = round_.settings
    if not settings.adaptive or question.kind != "plain":
        return question.wanted, len(answers)
    differ = len({str(tuple(answer)) for answer in answers}) > 1
    return settings.most_people if differ else settings.people, len(answers)


def _promote(connection: sa.Connection, question: Question, round_: Round) -> bool:
    """Let the first late verdict count; returns whether there is one.

    One that came after the round was closed, or of somebody whom the question is not assigned to, never counts.
    """
    late = sa.select(_JUDGEMENT.id).where(*_has_place(question), _JUDGEMENT.late.is_(True))
    if round_.closed_at is not None:
        late = late.where(_JUDGEMENT.created_at < round_.closed_at)
    if accounts := _assigned(connection, question):
        late = late.where(_JUDGEMENT.account.in_(accounts))
    first = connection.execute(late.order_by(_JUDGEMENT.created_at, _JUDGEMENT.id).limit(1)).scalar()
    if first is None:
        return False
    connection.execute(sa.update(_JUDGEMENT).where(_JUDGEMENT.id == first).values(late=False))
    return True


def _has_place(question: Question) -> tuple[sa.ColumnElement[bool], ...]:
    """The conditions of people's first verdicts on the question that hold and say something."""
    return (
        _JUDGEMENT.question_id == question.id,
        _JUDGEMENT.turn == 0,
        _JUDGEMENT.source == "human",
        _JUDGEMENT.verdict.not_in(NO_PLACE),
        rounds.not_superseded(),
    )


def _assigned(connection: sa.Connection, question: Question) -> set[str]:
    """The people whom the question is asked of; none where it is asked of everybody."""
    table = tables.Assignment
    accounts = sa.select(table.account).where(table.question_id == question.id)
    return set(connection.execute(accounts).scalars())
