"""What the lens is answered: one prompt of one evaluation, with all that is known of its tokens."""

import math
import time
from dataclasses import replace

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from app.routes import ROUTES
from app.tokens import lens_view
from storage import queue, samples
from storage.database import Database
from storage.errors import NotFound
from storage.records import Lease, TokenRow
from tests.app import invented, invented_tokens


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(routes=ROUTES))


@pytest.fixture
def lease(empty: Database) -> Lease:
    """A run with evaluations at steps 0 and 25."""
    lease = invented.started(empty, "dpo", "looked at", time.time())
    invented.advance(empty, lease, 0, 25, time.time())
    return lease


def asked(client: TestClient, lease: Lease, query: str = "") -> dict:
    answer = client.get(f"/alignlab/tokens?run={lease.run_id}{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_newest_pairs_come_first_and_the_margin_is_the_difference_of_their_sums(client: TestClient, lease: Lease):
    view = asked(client, lease)
    assert (view["step"], view["steps"], view["part"], view["parts"]) == (25, [0, 25], "pairs", ["pairs", "answers"])
    assert [row["label"] for row in view["rows"]] == ["chosen", "rejected"]
    chosen, rejected = view["rows"]
    assert view["margin"]["log_ratio"] == pytest.approx(
        sum(chosen["values"]["log_ratio"]) - sum(rejected["values"]["log_ratio"]), abs=1e-4
    )
    assert view["quantities"] == ["log_ratio", "surprise"]
    assert "".join(chosen["pieces"]) == chosen["text"] == f"{invented.PROMPTS[0][2]}{invented_tokens.END}"
    assert len(chosen["ids"]) == len(chosen["special"]) == len(chosen["pieces"]) == chosen["tokens"]


def test_an_answer_has_the_prompt_and_the_scores_of_its_sample(client: TestClient, lease: Lease):
    view = asked(client, lease, "&step=0&part=answers&prompt=1")
    assert view["asked"] == {"earlier": [], "question": [{"role": "", "text": invented.PROMPTS[1][0]}]}
    assert view["rows"][0]["scores"] == {"polite": 0.2}
    assert view["prompts"][1] == [1, invented.PROMPTS[1][0]]
    assert "kl" in view["quantities"], "it is an estimate on the policy's own answers"


def test_earlier_turns_have_their_speakers_in_the_reader_s_language_and_their_calls(
    client: TestClient, empty: Database, lease: Lease
):
    call = {"type": "function", "function": {"name": "find", "arguments": {"place": "Rome"}}}
    turns = (
        {"role": "user", "content": "Rome?"},
        {"role": "assistant", "content": "", "tool_calls": [call]},
        *messages(0),
    )
    samples.add(empty, lease, [], [invented_tokens.row("x", 0, 5, part="rollout", messages=turns)], step=50)
    (first, second) = asked(client, lease, "&language=zh")["asked"]["earlier"]
    assert (first, second["role"]) == ({"role": "用户", "text": "Rome?"}, "助手")
    assert "find" in second["text"]


def test_a_score_that_is_no_number_travels_as_a_word(client: TestClient, empty: Database, lease: Lease):
    stored = samples.listing(empty, lease.run_id, step=25)
    samples.add(empty, lease, [replace(each, scores={"polite": math.nan}) for each in stored])
    assert asked(client, lease, "&part=answers")["rows"][0]["scores"] == {"polite": "nan"}


def test_the_same_prompt_is_found_in_another_run_by_its_key(client: TestClient, empty: Database, lease: Lease):
    queue.finish(empty, lease, "succeeded", now=time.time())
    other = invented.started(empty, "dpo", "another", time.time())
    rows = [invented_tokens.row("x", index, 5, part="rollout", messages=messages(index)) for index in (3, 1)]
    samples.add(empty, other, [], [*rows, invented_tokens.row("y", 7, 5, part="rollout", messages=messages(1))], step=5)
    here = asked(client, lease, "&part=pairs&prompt=1")
    there = asked(client, other, f"&part=rollout&like={here['key']}")
    assert there["prompt"] == 1
    again = asked(client, other, "&part=rollout&prompt=7")
    assert again["key"] == here["key"].replace(".0", ".1"), "a prompt that comes again has a key of its own"
    absent = asked(client, lease, "&part=pairs&prompt=2")["key"]
    answer = client.get(f"/alignlab/tokens?run={other.run_id}&like={absent}")
    assert (answer.status_code, "has not answered this prompt" in answer.text) == (404, True)


def test_the_data_s_responses_have_the_numbers_of_their_prompts_among_the_samples(
    client: TestClient, empty: Database, lease: Lease
):
    """Of three prompts the second was too long to be trained on, and the third has two pairs."""
    long = ({"role": "user", "content": "w" * 2000},)
    asks = [messages(0), messages(1), long]
    answers = [
        replace(sample, step=50, prompt_index=index, messages=ask)
        for index, ask in enumerate(asks)
        for sample in samples.listing(empty, lease.run_id, step=25)[:1]
    ]
    cut = ({"role": "user", "content": "w" * 999 + "…"},)
    stored = [
        invented_tokens.row(f"{label} {number}", number, 5, part="pairs", label=label, messages=ask)
        for number, ask in enumerate([cut, messages(0), cut])
        for label in ("chosen", "rejected")
    ]
    samples.add(empty, lease, answers, stored, step=50)
    first = asked(client, lease)
    assert [number for number, _text in first["prompts"]] == [0, 2]
    assert (first["prompt"], first["rows"][0]["text"][:8], bool(first["margin"])) == (0, "chosen 1", True)
    both = asked(client, lease, "&prompt=2")
    assert [row["text"][:10] for row in both["rows"]] == ["chosen 0<|", "rejected 0", "chosen 2<|", "rejected 2"]
    assert both["margin"] == {}, "of which pair?"


def messages(index: int) -> tuple[dict[str, str], ...]:
    return ({"role": "user", "content": invented.PROMPTS[index][0]},)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("&step=x", 400),
        ("&prompt=-1", 400),
        ("&part=all", 400),
        ("&like=..", 400),
        ("&step=7", 404),
        ("&part=rollout", 404),
        ("&prompt=99", 404),
    ],
)
def test_what_is_not_there_is_refused_in_words(client: TestClient, lease: Lease, query: str, status: int):
    answer = client.get(f"/alignlab/tokens?run={lease.run_id}{query}")
    assert answer.status_code == status
    assert client.get("/alignlab/tokens?run=none").status_code == 404


def test_a_run_without_files_says_so(empty: Database):
    lease = invented.started(empty, "dpo", "new", time.time())
    with pytest.raises(NotFound, match="has no values of tokens"):
        lens_view.view(empty, lease.run_id, lens_view.Choice())


def test_a_long_response_is_cut_and_what_is_no_number_is_null(
    empty: Database, lease: Lease, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(lens_view, "MOST_TOKENS", 2)
    logps = np.array([-0.5, np.nan, -1.0], np.float32)
    row = TokenRow(
        "answers", 0, np.array([1, 2, 3], np.int32), {"logps": logps}, ("a", "b", "c"), np.zeros(3, np.bool_)
    )
    samples.add(empty, lease, [], [row], step=50)
    (shown,) = lens_view.view(empty, lease.run_id, lens_view.Choice(step=50))["rows"]
    assert (shown["pieces"], shown["cut"], shown["tokens"]) == (["a", "b"], 1, 3)
    assert shown["values"]["surprise"] == [0.5, None]
    assert shown["totals"]["surprise"] == 1.5
