"""The queue and the votes over HTTP: blind, idempotent, and answered in words where something is wrong."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from app import people
from app.actions import judging
from app.people import Person, SignedOut
from app.routes import ROUTES
from storage import dataset_writes
from storage.database import Database
from storage.errors import DatabaseBusy
from storage.judging import judgements, round_writes
from tests.storage.talks import fill, open_round

HEADERS = {"X-AlignLab": "1"}
PATH = "/alignlab/annotate/judgements"


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(routes=ROUTES))


@contextmanager
def signed_in(monkeypatch: pytest.MonkeyPatch, account: str) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setattr(people, "of", lambda _request: Person(account, account, "annotator"))
        yield


def queue(client: TestClient, status: int = 200, **query: Any) -> dict[str, Any]:
    answer = client.get("/alignlab/annotate/queue", params={"dataset": "talks", "round": 1, **query})
    assert answer.status_code == status, answer.text
    return answer.json()


def sent(question: dict[str, Any], verdict: str = "left", **more: Any) -> dict[str, Any]:
    return {"id": str(uuid.uuid4()), "question": question["id"], "turn": question["turn"], "verdict": verdict, **more}


def post(client: TestClient, *votes: Any, status: int = 200, **body: Any) -> dict[str, Any]:
    body = {"dataset": "talks", "round": 1, "judgements": list(votes), **body}
    answer = client.post(PATH, content=json.dumps(body), headers=HEADERS)  # which escapes what UTF-8 cannot hold
    assert answer.status_code == status, answer.text
    return answer.json()


def test_a_queue_brings_questions_as_their_person_sees_them(client: TestClient, empty: Database):
    fill(empty)
    open_round(empty, criteria=("helpful",), ask_quality=True)
    round_writes.write_guideline(empty, "talks", "Be *kind*.", None, 1.0)
    answer = queue(client, count=3)
    assert answer["round"] == {
        "dataset": "talks",
        "number": 1,
        "name": "",
        "mode": "pairs",
        "criteria": ["helpful"],
        "ask_quality": True,
        "guideline_version": 1,
        "guideline": "Be *kind*.",
        "guideline_blocks": [
            {"tag": "p", "children": [{"text": "Be "}, {"tag": "em", "children": [{"text": "kind"}]}, {"text": "."}]}
        ],
        "closed": False,
    }
    assert answer["progress"] == {"mine": 0, "skipped": 0, "total_for_me": 4, "median_seconds": None}
    assert len(answer["questions"]) == 3
    question = answer["questions"][0]
    assert question["prompt"] == [{"role": "user", "content": "prompt 0"}]
    assert [response["key"] for response in question["responses"]] == ["L", "R"]
    assert {response["text"] for response in question["responses"]} == {"answer c0", "answer r0"}
    assert (question["turn"], question["phase"], answer["last"]) == (0, "blind", [])
    assert queue(client, count=3)["questions"] == answer["questions"]


def test_a_vote_for_a_side_is_stored_for_the_response_that_stood_there(client: TestClient, empty: Database):
    fill(empty, count=30)
    open_round(empty, ask_quality=True)
    questions = queue(client, count=30)["questions"]
    votes = []
    for question in questions:
        kind = next(response for response in question["responses"] if response["text"].startswith("answer c"))
        verdict = "left" if kind["key"] == "L" else "right"
        votes.append(sent(question, verdict, quality={kind["id"]: "good"}, edits={kind["id"]: "edited"}))
    answer = post(client, *votes)
    assert [receipt["stored"] for receipt in answer["receipts"]] == ["stored"] * 30
    assert answer["progress"]["mine"] == 30
    assert {vote["verdict"] for vote in votes} == {"left", "right"}, "sides are shuffled"
    for row in judgements.listing(empty, "talks"):
        assert (row.verdict, row.quality, row.edits) == ("a", {"chosen": "good"}, {"chosen": "edited"})


def test_nothing_in_the_answers_tells_which_response_is_which_or_what_others_said(
    client: TestClient, empty: Database, monkeypatch: pytest.MonkeyPatch
):
    fill(empty, count=40)
    open_round(empty, overlap=2, criteria=("helpful",))
    with signed_in(monkeypatch, "ann"):
        for question in queue(client, count=40)["questions"]:
            post(client, sent(question, "left", comment="secret of ann", criteria={"helpful": "left"}))
    with signed_in(monkeypatch, "bob"):
        answer = queue(client, count=40)
        text = json.dumps(answer)
        for hidden in ("chosen", "rejected", "model-", "0.9", "0.8", "secret", "ann", "label", "origin", "score"):
            assert hidden not in text, hidden
        assert answer["progress"]["mine"] == 0
        assert answer["last"] == []
        assert set(answer["questions"][0]) == {"id", "turn", "kind", "phase", "prompt", "responses"}
        assert set(answer["questions"][0]["responses"][0]) == {"key", "id", "text", "thinking", "blocks"}
        texts = [[response["text"][7] for response in question["responses"]] for question in answer["questions"]]
        tokens = [sorted(response["id"] for response in question["responses"]) for question in answer["questions"]]
        first = [
            question["responses"][0]["id"] == own[0] for question, own in zip(answer["questions"], tokens, strict=True)
        ]
        for signs in ([pair == ["c", "r"] for pair in texts], first):
            assert 8 < sum(signs) < 32
        refused = post(client, sent(answer["questions"][0], quality={"chosen": "good"}))
        assert "rejected" not in json.dumps(refused["receipts"])
        assert refused["receipts"][0]["stored"] == "refused"
    with signed_in(monkeypatch, "cat"):
        others = {
            response["id"] for question in queue(client, count=40)["questions"] for response in question["responses"]
        }
        assert others.isdisjoint(token for pair in tokens for token in pair)


def test_own_verdicts_come_back_for_undo_as_they_were_given(client: TestClient, empty: Database):
    fill(empty)
    open_round(empty)
    first, second, *_ = queue(client)["questions"]
    token = first["responses"][1]["id"]
    given = sent(first, "right", strength=2, quality={token: "bad"}, reasons=["x"], comment="c", flag="f")
    post(client, given)
    post(client, sent(second, "tie"))
    latest, earlier = queue(client)["last"]
    assert (latest["question"], latest["verdict"]) == (second, "tie")
    assert earlier["question"] == first
    assert earlier["judgement_id"] == given["id"]
    for name in ("verdict", "strength", "quality", "reasons", "comment", "flag"):
        assert earlier[name] == given[name], name
    undo = sent(first, "withdrawn", supersedes=given["id"])
    assert post(client, undo)["receipts"][0]["stored"] == "stored"
    assert first in queue(client)["questions"]
    assert len(queue(client)["last"]) == 1


def test_a_ranking_names_answers_by_their_tokens(client: TestClient, empty: Database):
    fill(empty, count=1, answers=4)
    open_round(empty, mode="ranking")
    (question,) = queue(client)["questions"]
    assert [response["key"] for response in question["responses"]] == ["1", "2", "3", "4"]
    tokens = [response["id"] for response in question["responses"]]
    ranking = [[tokens[2]], [tokens[0], tokens[1]]]
    assert post(client, sent(question, "ranking", ranking=ranking))["receipts"][0]["stored"] == "stored"
    (own,) = queue(client)["last"]
    assert (own["verdict"], own["ranking"]) == ("ranking", ranking)
    (row,) = judgements.listing(empty, "talks")
    assert row.ranking == ((row.shown[2],), (row.shown[0], row.shown[1]))


def test_a_norming_round_reveals_who_said_what_on_the_sides_of_the_reader(
    client: TestClient, empty: Database, monkeypatch: pytest.MonkeyPatch
):
    fill(empty, count=1)
    open_round(empty, norming=1)
    for account in ("ann", "bob"):
        with signed_in(monkeypatch, account):
            (question,) = queue(client)["questions"]
            better = next(response for response in question["responses"] if response["text"] == "answer c0")
            post(client, sent(question, "left" if better["key"] == "L" else "right", comment=f"said {account}"))
    with signed_in(monkeypatch, "ann"):
        (question,) = queue(client)["questions"]
        assert question["phase"] == "reveal"
        side = next(response["key"] for response in question["responses"] if response["text"] == "answer c0")
        said = {verdict["account"]: verdict for verdict in question["verdicts"]}
        assert {verdict["verdict"] for verdict in said.values()} == {"left" if side == "L" else "right"}
        assert said["ann"]["mine"]
        assert not said["bob"]["mine"]
        assert "judgement_id" not in said["bob"]
        kept = sent(question, "tie", supersedes=said["ann"]["judgement_id"], reasons=["norming"])
        post(client, kept)
        assert queue(client)["questions"] == []


def test_in_a_reveal_all_of_the_own_verdict_comes_back_and_of_others_the_verdict_alone(
    client: TestClient, empty: Database, monkeypatch: pytest.MonkeyPatch
):
    fill(empty, count=1)
    open_round(empty, norming=1, ask_quality=True)
    own = {}
    for account in ("ann", "bob"):
        with signed_in(monkeypatch, account):
            (question,) = queue(client)["questions"]
            first, second = (response["id"] for response in question["responses"])
            own[account] = {"quality": {first: "good"}, "edits": {second: "mended"}, "flag": "harmful"}
            post(client, sent(question, **own[account]))
    with signed_in(monkeypatch, "ann"):
        said = {verdict["account"]: verdict for verdict in queue(client)["questions"][0]["verdicts"]}
    assert own["ann"].items() <= said["ann"].items()
    assert not {"quality", "edits", "flag"} & said["bob"].keys()


def test_a_page_of_another_person_neither_votes_nor_is_asked(
    client: TestClient, empty: Database, monkeypatch: pytest.MonkeyPatch
):
    fill(empty)
    open_round(empty)
    with signed_in(monkeypatch, "ann"):
        question = queue(client, account="ann")["questions"][0]
    with signed_in(monkeypatch, "bob"):
        assert "Somebody else" in post(client, sent(question), status=403, account="ann")["error"]
        assert "Somebody else" in queue(client, 403, account="ann")["error"]
        body = {"dataset": "talks", "round": 1, "account": "ann"}
        assert client.post("/alignlab/annotate/leave", json=body, headers=HEADERS).status_code == 403
    assert judgements.listing(empty, "talks") == []
    with signed_in(monkeypatch, "ann"):
        assert post(client, sent(question), account="ann")["receipts"][0]["stored"] == "stored"


def test_a_vote_refused_for_another_names_the_one_that_stands_and_may_take_its_place(
    client: TestClient, empty: Database
):
    fill(empty)
    open_round(empty)
    question = queue(client)["questions"][0]
    first = sent(question)
    assert post(client, first)["receipts"][0]["standing"] is None
    (refusal,) = post(client, sent(question, "right"))["receipts"]
    assert (refusal["stored"], refusal["standing"]) == ("refused", first["id"])
    again = sent(question, "right", supersedes=refusal["standing"])
    assert post(client, again)["receipts"][0]["stored"] == "stored"
    post(client, sent(question, "withdrawn", supersedes=again["id"]))
    (refusal,) = post(client, sent(question, supersedes=first["id"]))["receipts"]
    assert (refusal["stored"], refusal["standing"]) == ("refused", None)


def test_who_leaves_gives_back_what_lay_before_them_and_no_more(
    client: TestClient, empty: Database, monkeypatch: pytest.MonkeyPatch
):
    fill(empty, count=2)
    fill(empty, "others", count=1)
    open_round(empty)
    open_round(empty, "others")
    with signed_in(monkeypatch, "ann"):
        assert len(queue(client)["questions"]) == 2
        assert len(queue(client, dataset="others")["questions"]) == 1
    with signed_in(monkeypatch, "bo"):
        assert queue(client)["questions"] == []
        assert client.post("/alignlab/annotate/leave", json={"dataset": "talks", "round": 1}).status_code == 400
    with signed_in(monkeypatch, "ann"):
        body = {"dataset": "talks", "round": 1}
        assert client.post("/alignlab/annotate/leave", json=body, headers=HEADERS).status_code == 200
    with signed_in(monkeypatch, "bo"):
        assert len(queue(client)["questions"]) == 2
        assert queue(client, dataset="others")["questions"] == []


def test_the_same_post_again_is_answered_and_changes_nothing(client: TestClient, empty: Database):
    fill(empty)
    open_round(empty)
    vote = sent(queue(client)["questions"][0], seconds=1.5)
    assert [post(client, vote)["receipts"][0]["stored"] for _ in range(3)] == ["stored", "again", "again"]
    assert len(judgements.listing(empty, "talks", history=True)) == 1


def test_a_vote_that_cannot_be_read_is_refused_alone(client: TestClient, empty: Database):
    fill(empty)
    open_round(empty)
    question = queue(client)["questions"][0]
    good = sent(question)
    broken = [
        None,
        {},
        {"id": 5},
        sent(question, "up"),
        sent(question, "a"),
        sent({**question, "id": "nope"}),
        sent({**question, "turn": 7}),
        sent({**question, "id": "\ud800"}),
        sent(question, comment="\ud800"),
        sent(question, supersedes="\ud800"),
        {**sent(question), "id": "\ud800" * 9},
        sent(question, guideline_version=10**30),
        sent(question, seconds="fast"),
        sent(question, ranking=[["nope"]]),
        sent(question, edits={"nope": "x"}),
        sent(question, criteria={"helpful": "left"}),
    ]
    receipts = post(client, *broken, good)["receipts"]
    refused = [receipt for receipt in receipts if receipt["stored"] == "refused"]
    assert len(refused) == len(broken)
    assert all(receipt["error"] for receipt in refused)
    assert {receipt["id"] for receipt in receipts if receipt["stored"] == "stored"} == {good["id"]}


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"dataset": "nope"}, 404),
        ({"round": 9}, 404),
        ({"round": "x"}, 400),
        ({"round": ""}, 400),
        ({"count": "-1"}, 400),
        ({"count": "9" * 5_000}, 400),
        ({"dataset": "\0"}, 400),
        ({"count": 0}, 200),
        ({"count": 999_999}, 200),
    ],
)
def test_a_queue_that_is_not_there_is_said_in_words(client: TestClient, empty: Database, query: dict, status: int):
    fill(empty)
    open_round(empty)
    answer = queue(client, status, **query)
    assert status == 200 or answer["error"].endswith(".")


def test_votes_that_waited_while_their_dataset_was_renamed_are_not_lost(client: TestClient, empty: Database):
    fill(empty)
    open_round(empty)
    vote = sent(queue(client)["questions"][0])
    dataset_writes.rename(empty, "talks", "chats")
    queue(client, 404)
    assert post(client, vote)["receipts"][0]["stored"] == "stored"
    assert len(judgements.listing(empty, "chats")) == 1
    dataset_writes.delete(empty, "chats", 1.0)
    assert "not there any more" in post(client, vote, status=404)["error"]
    assert "no dataset named" in post(client, status=404)["error"]


def test_a_closed_round_is_gone_and_says_so_in_the_readers_language(client: TestClient, empty: Database):
    fill(empty)
    open_round(empty)
    question = queue(client)["questions"][0]
    round_writes.close(empty, "talks", 1, 1.0)
    assert "closed" in queue(client, 410)["error"]
    assert post(client, sent(question))["receipts"][0]["stored"] == "late", "nobody's work is lost"


def test_while_the_database_is_busy_a_browser_is_told_to_come_again(
    client: TestClient, empty: Database, monkeypatch: pytest.MonkeyPatch
):
    def busy(*_arguments: object) -> None:
        raise DatabaseBusy("The database is busy.")

    fill(empty)
    open_round(empty)
    vote = sent(queue(client)["questions"][0])
    with monkeypatch.context() as patch:
        patch.setattr(judging, "record", busy)
        assert post(client, vote, status=503)["error"] == "The database is busy."
    assert post(client, vote)["receipts"][0]["stored"] == "stored"


def test_who_is_signed_out_is_told_so(client: TestClient, empty: Database, monkeypatch: pytest.MonkeyPatch):
    def nobody(_request: object) -> Person:
        raise SignedOut

    fill(empty)
    open_round(empty)
    monkeypatch.setattr(people, "of", nobody)
    assert "signed out" in queue(client, 401)["error"]
    assert "signed out" in post(client, status=401)["error"]


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{", b"null", b"[" * 100_000, b'{"dataset": "talks", "round": 1}', b"\xff", b" " * 1_000_001],
    ids=["empty", "list", "cut", "null", "deep", "lacking", "bytes", "large"],
)
def test_a_body_that_is_none_of_ours_is_a_bad_request(client: TestClient, empty: Database, content: bytes):
    fill(empty)
    open_round(empty)
    answer = client.post(PATH, content=content, headers=HEADERS)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_votes_without_our_header_and_too_many_at_once_are_refused(client: TestClient, empty: Database):
    fill(empty)
    open_round(empty)
    vote = sent(queue(client)["questions"][0])
    body = {"dataset": "talks", "round": 1, "judgements": [vote]}
    assert client.post(PATH, json=body).status_code == 400
    assert "200" in post(client, *([vote] * 201), status=400)["error"]
    assert client.get(PATH).status_code == 404
    assert judgements.listing(empty, "talks") == []


def test_a_viewer_neither_asks_for_questions_nor_votes(
    client: TestClient, empty: Database, monkeypatch: pytest.MonkeyPatch
):
    fill(empty)
    open_round(empty)
    monkeypatch.setattr(people, "of", lambda _request: Person("eve", "eve", "viewer"))
    assert "Your role, viewer" in queue(client, 403)["error"]
    assert "Your role, viewer" in post(client, status=403)["error"]
