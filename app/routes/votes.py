"""Votes as a browser sends them: sides and tokens, which become the responses that they stand for.

Left out: whether a vote makes sense and may be given, which storage says.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from storage.database import Database
from storage.errors import Invalid
from storage.judging import questions, rounds
from storage.judging.judgement_records import NewJudgement, Question, Receipt, Round, Shown
from words import N_

SIDES = {"left": 0, "right": 1}
OTHER_VERDICTS = ("tie", "both_bad", "skip", "ranking", "withdrawn")
NO_QUESTION = N_("The question that was answered is not there any more.")
NO_RESPONSE = N_("The vote names an answer or a side that the question does not have: load the page again.")
UNREADABLE = N_("The field {field} of a judgement is missing or cannot be read: load the page again.")
READABLE_ID = re.compile(r"[0-9A-Za-z-]{0,64}")


class SentVote(BaseModel):
    """One vote in the body of a request."""

    model_config = ConfigDict(strict=True, extra="ignore", allow_inf_nan=False)

    id: str
    question: str
    turn: int = 0
    verdict: str
    strength: int | None = None
    ranking: list[list[str]] | None = None
    criteria: dict[str, str] = Field(default_factory=dict)
    quality: dict[str, str] = Field(default_factory=dict)
    edits: dict[str, str] = Field(default_factory=dict)
    reasons: list[str] = Field(default_factory=list)
    comment: str | None = None
    flag: str | None = None
    seconds: float | None = None
    guideline_version: int | None = None
    supersedes: str | None = None


def read(db: Database, round_: Round, account: str, sent: Sequence[Any]) -> tuple[list[NewJudgement], list[Receipt]]:
    """The votes with responses in place of sides and tokens, and receipts for those that cannot be read."""
    asked = {question.id: question for question in rounds.questions_named(db, round_, question_ids(sent))}
    votes, refused = [], []
    for vote in sent:
        try:
            votes.append(_judgement(_parsed(vote), asked, round_, account))
        except Invalid as error:
            refused.append(Receipt(_readable_id(vote), "refused", error.text))
    return votes, refused


def question_ids(sent: Sequence[Any]) -> list[str]:
    """The questions that the votes, which may be anything, name."""
    ids = [vote.get("question") for vote in sent if isinstance(vote, dict)]
    return list(dict.fromkeys(own for own in ids if isinstance(own, str) and READABLE_ID.fullmatch(own)))


def _parsed(sent: Any) -> SentVote:
    try:
        vote = SentVote.model_validate(sent)
    except ValidationError as error:
        field = ".".join(map(str, error.errors()[0]["loc"][:1])) or "id"
        raise Invalid(UNREADABLE, field=field) from error
    if vote.id != _readable_id(sent):
        raise Invalid(UNREADABLE, field="id")
    return vote


def _readable_id(sent: Any) -> str:
    """The id of a vote that may be anything."""
    own = sent.get("id") if isinstance(sent, dict) else None
    return own if isinstance(own, str) and READABLE_ID.fullmatch(own) else ""


def _judgement(vote: SentVote, asked: Mapping[str, Question], round_: Round, account: str) -> NewJudgement:
    if vote.question not in asked or vote.turn not in (0, 1):
        raise Invalid(NO_QUESTION)
    question = asked[vote.question]
    seed = round_.settings.seed
    order = questions.shown(question, account, vote.turn, seed)
    responses = {questions.token(question.id, account, response, seed): response for response in order}
    unchanged = vote.model_dump(
        include={"id", "turn", "strength", "comment", "flag", "seconds", "guideline_version", "supersedes"}
    )
    return NewJudgement(
        **unchanged,
        question_id=question.id,
        verdict=_verdict(vote.verdict, order, question),
        ranking=None if vote.ranking is None else _ranking(vote.ranking, responses),
        criteria={name: _verdict(side, order, question) for name, side in vote.criteria.items()},
        quality={_response(token, responses): quality for token, quality in vote.quality.items()},
        edits={_response(token, responses): text for token, text in vote.edits.items()},
        reasons=tuple(vote.reasons),
    )


def _verdict(verdict: str, order: Shown, question: Question) -> Any:
    """`a` or `b` for the side that was shown left or right; what is no side stays as it is."""
    if verdict in SIDES and len(order) == 2:
        return "a" if order[SIDES[verdict]] == question.responses[0] else "b"
    if verdict in OTHER_VERDICTS:
        return verdict
    raise Invalid(NO_RESPONSE)


def _ranking(groups: list[list[str]], responses: Mapping[str, str]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(_response(token, responses) for token in group) for group in groups if group)


def _response(token: str, responses: Mapping[str, str]) -> str:
    if token not in responses:
        raise Invalid(NO_RESPONSE)
    return responses[token]
