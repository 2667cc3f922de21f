"""The queue of questions that lie before a person, and where their votes go: /alignlab/annotate/...

A browser keeps votes until it has a receipt, and sends them again: storage takes each once. Left out: what a browser
gets to see of a question (`app.routes.blind_questions`), and how its votes are read (`app.routes.votes`).
"""

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from anyio import from_thread
from starlette.requests import Request
from starlette.responses import JSONResponse

from app import clients, people
from app.actions import judging
from app.actions.permissions import Forbidden
from app.guard import OWN_SCRIPT
from app.people import Person, SignedOut
from app.routes import blind_questions, votes
from app.translations import N_, language_as, translate
from storage.database import Database
from storage.errors import NotFound, Outage, StorageError
from storage.judging import judgements as stored
from storage.judging import rounds
from storage.judging.judgement_records import Round
from words import Text

MOST_QUESTIONS = 50
MOST_VOTES = 200
MOST_BYTES = 1_000_000
LATEST = 20  # own verdicts that can be taken back
NUMBER = re.compile("[0-9]{1,9}")
OTHER_PERSON = N_(
    "Somebody else has signed in since this page was opened: sign in as yourself, or load the page again."
)
CLOSED = N_("This round is closed: nobody is asked any more.")
NO_ROUND = N_("A queue is asked for by dataset=NAME&round=NUMBER.")

Answer = Callable[[Database, Person, Mapping[str, Any]], dict[str, Any]]


class _BadRequest(StorageError):
    """What was sent is none of ours."""


class _OtherPerson(StorageError):
    """Who is signed in is not whom the page was made for."""


class _Closed(StorageError):
    """The round has ended."""


def queue(request: Request) -> JSONResponse:
    """What lies before the person: dataset=NAME&round=N&count=20. 401, 403, 404, and 410 for a round that is closed."""
    return _answered(request, _queue, lambda: dict(request.query_params))


def judgements(request: Request) -> JSONResponse:
    """Take votes; answers a receipt for each. 400 where the body is none of ours; needs the header X-AlignLab: 1."""
    return _answered(request, _take, lambda: _body(request))


def leave(request: Request) -> JSONResponse:
    """Give back what lies before the person, who leaves; the body names dataset and round, as with votes."""
    return _answered(request, _leave, lambda: _body(request))


def _leave(db: Database, person: Person, body: Mapping[str, Any]) -> dict[str, Any]:
    round_ = _round(db, body)
    judging.give_back(db, person, round_.dataset, round_.number)
    return {}


def _queue(db: Database, person: Person, query: Mapping[str, Any]) -> dict[str, Any]:
    round_ = _round(db, query)
    if round_.closed_at is not None:
        raise _Closed(CLOSED)
    count = min(_number(query.get("count", "20")), MOST_QUESTIONS)
    account = person.judging_account
    asks = judging.next_questions(db, person, round_.dataset, round_.number, count, time.time())
    latest = stored.latest(db, round_, account, LATEST)
    return {
        "round": blind_questions.round_as_json(round_, rounds.guideline(db, round_.dataset)),
        "progress": _progress(db, round_, account),
        "questions": [blind_questions.question(ask, round_, account) for ask in asks],
        "last": blind_questions.history(db, round_, account, latest),
    }


def _take(db: Database, person: Person, body: Mapping[str, Any]) -> dict[str, Any]:
    sent = body.get("judgements")
    if not isinstance(sent, list) or len(sent) > MOST_VOTES:
        raise _BadRequest(N_("Between 0 and {most} judgements are sent at once, as a list."), most=MOST_VOTES)
    round_ = _round_of_votes(db, body, sent)
    account = person.judging_account
    read, refused = votes.read(db, round_, account, sent)
    receipts = judging.record(db, person, read, time.time()) + refused
    return {
        "receipts": [blind_questions.receipt(receipt) for receipt in receipts],
        "progress": _progress(db, round_, account),
    }


def _round(db: Database, fields: Mapping[str, Any]) -> Round:
    dataset = fields.get("dataset")
    if not isinstance(dataset, str) or not dataset.isprintable():
        raise _BadRequest(NO_ROUND)
    return rounds.get(db, dataset, _number(fields.get("round")))


def _round_of_votes(db: Database, body: Mapping[str, Any], sent: Sequence[Any]) -> Round:
    """The round that the body names. Votes that waited while their dataset was given another name find theirs, too."""
    try:
        return _round(db, body)
    except NotFound:
        for question_id in votes.question_ids(sent)[:1]:
            return rounds.of_question(db, question_id)
        raise


def _number(value: object) -> int:
    if not isinstance(value, int | str) or isinstance(value, bool) or not NUMBER.fullmatch(str(value)):
        raise _BadRequest(NO_ROUND)
    return int(value)


def _progress(db: Database, round_: Round, account: str) -> dict[str, Any]:
    """The person's own: how far the others are is not theirs to know."""
    own = rounds.own_progress(db, round_, account)
    return {
        "mine": own.answered_by_me,
        "skipped": own.skipped_by_me,
        "total_for_me": own.total_for_me,
        "median_seconds": own.median_seconds,
    }


def _answered(request: Request, answer: Answer, fields: Callable[[], Mapping[str, Any]]) -> JSONResponse:
    """The answer, or the sentence of a refusal with its status, in the language that the query names."""
    with language_as(request.query_params.get("language", "en")):
        try:
            person = people.of(request)
            named = fields()
            _check_person(person, named)
            return JSONResponse(answer(clients.database(), person, named), headers={"Cache-Control": "no-store"})
        except StorageError as error:
            return _refused(error.text, _status(error))


def _check_person(person: Person, fields: Mapping[str, Any]) -> None:
    """A page names the account that it was made for: another person's session must not answer in that name.

    Raises _OtherPerson.
    """
    if fields.get("account", person.judging_account) != person.judging_account:
        raise _OtherPerson(OTHER_PERSON)


def _status(error: StorageError) -> int:
    statuses = {
        SignedOut: 401,
        Forbidden: 403,
        _OtherPerson: 403,
        _BadRequest: 400,
        NotFound: 404,
        _Closed: 410,
        Outage: 503,
    }
    # after an outage the same request may succeed: browsers send it again
    return next((status for kind, status in statuses.items() if isinstance(error, kind)), 409)


def _refused(text: Text, status: int) -> JSONResponse:
    return JSONResponse({"error": translate(text)}, status_code=status, headers={"Cache-Control": "no-store"})


def _body(request: Request) -> Mapping[str, Any]:
    """The JSON object that was sent. Raises _BadRequest."""
    if request.headers.get(OWN_SCRIPT) != "1":
        raise _BadRequest(N_("Votes are taken from the dashboard's own page only."))
    content, parts = bytearray(), request.stream()
    while (part := from_thread.run(anext, parts, None)) is not None:
        content += part
        if len(content) > MOST_BYTES:
            raise _BadRequest(N_("At most {most} bytes of judgements are sent at once."), most=f"{MOST_BYTES:,}")
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise _BadRequest(N_("Judgements are sent as a JSON object."))
    return body
