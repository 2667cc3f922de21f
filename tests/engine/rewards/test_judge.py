"""A judge that is really asked: a local HTTP server speaks the protocol, or fails in the ways real ones do."""

import json
import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.rewards import JudgeUnavailable, judge_access
from engine.rewards.judge import Judge, question, read_score
from engine.spec import dump, to_yaml
from tests.engine.rewards.endpoint import Answer, Endpoint, reply, serving
from tests.engine.rewards.parts import PROMPT, context, item, run

KEY = "sk-very-secret-123"


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with serving() as server:
        yield server


def judge(
    endpoint: Endpoint, secrets: Path = Path("nowhere"), judge_scores: Path | None = None, **settings: Any
) -> Judge:
    part = {"kind": "judge", "url": endpoint.url, "model": "wise", "retries": 2, "timeout_seconds": 5, **settings}
    (spec,) = run(part).training_reward
    return Judge(spec, context(secrets, judge_scores=judge_scores), first_wait_seconds=0.01)


def ask(judge_of_run: Judge, *responses: str) -> list[float]:
    return judge_of_run(PROMPT, responses, [item()] * len(responses))


def test_every_answer_is_scored_in_its_place(endpoint: Endpoint):
    endpoint.says = lambda number, body: reply(json.dumps({"score": str(body["messages"]).count("!")}))
    assert ask(judge(endpoint), "a!!", "b", "c!!!!!!!!!!") == [0.2, 0.0, 1.0]
    assert endpoint.most_open <= 4


def test_answers_to_several_prompts_are_asked_about_together_and_only_once(endpoint: Endpoint):
    endpoint.says = lambda number, body: time.sleep(0.05) or reply("7")
    judge_of_run = judge(endpoint, parallel=4)
    prompts = [[{"role": "user", "content": f"Question {number}"}] for number in range(8)]
    judge_of_run.prefetch([(prompt, "yes") for prompt in prompts])
    assert endpoint.most_open > 1
    assert [judge_of_run(prompt, ["yes"], [item()]) for prompt in prompts] == [[0.7]] * 8
    assert len(endpoint.asked) == 8


def test_a_verdict_outlives_the_run_that_asked_for_it(endpoint: Endpoint, tmp_path: Path):
    """Half a line, as a kill leaves it, is no verdict and spoils none; another model is another judge."""
    endpoint.says = lambda number, body: reply(str(number))
    first = ask(judge(endpoint, judge_scores=tmp_path), "a", "b")
    (file,) = tmp_path.iterdir()
    file.write_text(file.read_text() + '\n["0123', encoding="utf-8")
    assert ask(judge(endpoint, judge_scores=tmp_path), "b", "a") == first[::-1]
    assert len(endpoint.asked) == 2
    last = ask(judge(endpoint, judge_scores=tmp_path), "c")
    assert ask(judge(endpoint, judge_scores=tmp_path), "c") == last
    assert len(endpoint.asked) == 3
    ask(judge(endpoint, judge_scores=tmp_path, model="wiser"), "a")
    assert len(endpoint.asked) == 4


def test_what_was_said_before_a_judge_went_down_is_not_asked_again(endpoint: Endpoint, tmp_path: Path):
    down = (404, {})
    endpoint.says = lambda number, body: down if "dreadful" in str(body) else reply("7")
    with pytest.raises(JudgeUnavailable):
        ask(judge(endpoint, judge_scores=tmp_path, parallel=1), "a", "b", "dreadful")
    endpoint.says, before = lambda number, body: reply("1"), len(endpoint.asked)
    assert ask(judge(endpoint, judge_scores=tmp_path), "a", "b", "dreadful") == [0.7, 0.7, 0.1]
    assert len(endpoint.asked) == before + 1


def test_the_question_holds_rubric_prompt_and_answer_and_nothing_is_filled_in_twice(endpoint: Endpoint):
    part = {"kind": "judge", "url": endpoint.url, "model": "wise", "rubric": "Is it kind?", "lowest": 1, "highest": 5}
    (spec,) = run(part).training_reward
    question_text = question(spec, PROMPT, "I say {rubric} and {prompt}")
    assert "Is it kind?" in question_text
    assert "user: Will it rain?" in question_text
    assert "I say {rubric} and {prompt}" in question_text
    assert "from 1 (worst) to 5 (best)" in question_text
    assert question_text.count("Is it kind?") == 1


def test_temperature_and_limit_can_be_left_to_the_endpoint(endpoint: Endpoint):
    ask(judge(endpoint), "a")
    ask(judge(endpoint, temperature=None, max_tokens=None), "a")
    first, second = endpoint.asked
    assert (first["temperature"], first["max_tokens"], first["model"]) == (0.0, 256, "wise")
    assert set(second) == {"model", "messages"}


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_passing_failure_is_asked_again(endpoint: Endpoint, status: int):
    endpoint.says = lambda number, body: (status, "busy") if number < 3 else reply("10")
    assert ask(judge(endpoint), "a") == [1.0]
    assert len(endpoint.asked) == 3


def test_a_judge_that_stays_down_pauses_and_scores_nothing(endpoint: Endpoint):
    endpoint.says = lambda number, body: (500, "broken")
    with pytest.raises(JudgeUnavailable, match="it answers with status 500") as caught:
        ask(judge(endpoint), "a")
    assert len(endpoint.asked) == 3
    assert "wise" in str(caught.value)


@pytest.mark.parametrize(
    ("status", "words"), [(401, "refuses the key"), (403, "refuses the key"), (404, "no such"), (400, "status 400")]
)
def test_what_another_try_cannot_mend_is_not_tried_again(endpoint: Endpoint, status: int, words: str):
    endpoint.says = lambda number, body: (status, "no")
    with pytest.raises(JudgeUnavailable, match=words):
        ask(judge(endpoint), "a")
    assert len(endpoint.asked) == 1


def test_a_late_reply_is_asked_for_again(endpoint: Endpoint):
    endpoint.says = lambda number, body: None if number == 1 else reply("5")
    assert ask(judge(endpoint, timeout_seconds=0.3), "a") == [0.5]


def test_a_judge_that_never_replies_in_time_is_down(endpoint: Endpoint):
    endpoint.says = lambda number, body: None
    with pytest.raises(JudgeUnavailable, match=r"no reply within 0\.2 s"):
        ask(judge(endpoint, timeout_seconds=0.2, retries=1), "a")


def test_nobody_there_is_down():
    closed_endpoint = Endpoint()
    closed_endpoint.server.server_close()
    with pytest.raises(JudgeUnavailable, match="no connection"):
        ask(judge(closed_endpoint), "a")


def test_a_reply_without_a_score_is_answered_with_a_reminder(endpoint: Endpoint):
    endpoint.says = lambda number, body: reply("What a lovely answer!") if number == 1 else reply("8")
    assert ask(judge(endpoint), "a") == [0.8]
    again = endpoint.asked[1]["messages"]
    assert [message["role"] for message in again] == ["user", "assistant", "user"]
    assert again[1]["content"] == "What a lovely answer!"
    assert "from 0 to 10" in again[2]["content"]


@pytest.mark.parametrize("body", ["<html>", "[]", "{}", '{"choices": []}', '{"choices": [{"message": {}}]}'])
def test_garbage_is_down_and_never_a_zero(endpoint: Endpoint, body: str):
    endpoint.says = lambda number, _: (200, body)
    with pytest.raises(JudgeUnavailable, match="not that of an OpenAI-compatible endpoint"):
        ask(judge(endpoint, retries=0), "a")


def test_words_without_a_number_are_down_and_never_a_zero(endpoint: Endpoint):
    endpoint.says = lambda number, _: reply("splendid")
    with pytest.raises(JudgeUnavailable, match="holds no score from 0 to 10: splendid"):
        ask(judge(endpoint), "a")


def test_one_answer_without_a_verdict_leaves_the_others_unscored_too(endpoint: Endpoint):
    endpoint.says = lambda number, body: (400, "") if "bad" in body["messages"][0]["content"] else reply("5")
    with pytest.raises(JudgeUnavailable):
        ask(judge(endpoint), "good", "bad", "good")


def test_the_wait_that_a_busy_endpoint_asks_for_is_kept(endpoint: Endpoint):
    endpoint.retry_after = "1"
    endpoint.says = lambda number, body: (429, "") if number == 1 else reply("5")
    began = time.monotonic()
    assert ask(judge(endpoint), "a") == [0.5]
    assert time.monotonic() - began >= 1.0


@pytest.mark.slow
def test_waiting_for_a_judge_is_a_sign_of_life(endpoint: Endpoint):
    endpoint.says = lambda number, body: None if number == 1 else reply("5")
    heartbeats: list[float] = []
    part = {"kind": "judge", "url": endpoint.url, "model": "wise", "timeout_seconds": 1.5}
    (spec,) = run(part).training_reward
    judge_of_run = Judge(spec, context(heartbeat=lambda: heartbeats.append(time.monotonic())), first_wait_seconds=1.5)
    ask(judge_of_run, "a")
    assert len(heartbeats) >= 2


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("7", 0.7),
        ("7.5", 0.75),
        (' {"score": 3} ', 0.3),
        ('```json\n{"score": 9.0, "reason": "3 good points"}\n```', 0.9),
        ('{"reason": {"a": 1}, "score": 2}', 0.2),
        ("Score: 6 out of 10", 0.6),
        ("I give it 4/10.", 0.4),
        ("<think>Between 2 and 9, so 9.</think>8", 0.8),
        ("score: 5. So the score is 5", 0.5),
        ("", None),
        ("NaN", None),
        ('{"score": NaN}', None),
        ('{"score": true}', None),
        ('{"score": "seven"}', None),
        ("11", None),
        ("-1", None),
        ("3 or 4", None),
        ("7b", None),
    ],
)
def test_what_counts_as_a_score(text: str, score: float | None):
    assert read_score(text, 0, 10) == score


# The key: it is read from its place, sent to the endpoint, and shown nowhere.


def test_the_key_of_an_environment_variable_is_sent(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("JUDGE_API_KEY", KEY)
    ask(judge(endpoint, key="env:JUDGE_API_KEY"), "a")
    ask(judge(endpoint), "a")
    assert endpoint.headers[0]["Authorization"] == f"Bearer {KEY}"
    assert "Authorization" not in endpoint.headers[1]


def test_the_key_of_a_private_file_is_sent(endpoint: Endpoint, tmp_path: Path):
    (tmp_path / "judge.key").write_text(KEY + "\n")
    (tmp_path / "judge.key").chmod(0o600)
    ask(judge(endpoint, tmp_path, key="file:judge.key"), "a")
    assert endpoint.headers[0]["Authorization"] == f"Bearer {KEY}"


def test_a_key_that_others_can_read_is_not_used(endpoint: Endpoint, tmp_path: Path):
    (tmp_path / "judge.key").write_text(KEY)
    (tmp_path / "judge.key").chmod(0o644)
    with pytest.raises(JudgeUnavailable, match=r"others can read the file .*: chmod 600") as caught:
        judge(endpoint, tmp_path, key="file:judge.key")
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("place", ["env:NOT_SET_API_KEY", "file:absent.key"])
def test_a_key_that_is_not_there_pauses(endpoint: Endpoint, tmp_path: Path, place: str):
    with pytest.raises(JudgeUnavailable):
        judge(endpoint, tmp_path, key=place)


def test_a_key_with_a_letter_no_key_has_is_told_without_it(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("JUDGE_API_KEY", f"{KEY}钥")
    with pytest.raises(JudgeUnavailable, match="env:JUDGE_API_KEY is empty") as caught:
        judge(endpoint, key="env:JUDGE_API_KEY")
    assert KEY not in str(caught.value)


@pytest.mark.parametrize(
    "said",
    [
        lambda number, body: (401, f"Incorrect API key provided: {KEY}"),
        lambda number, body: reply(f"Your key is {KEY}, thanks"),
        lambda number, body: (200, KEY),
        lambda number, body: (500, KEY),
    ],
)
def test_an_endpoint_that_repeats_the_key_puts_it_nowhere(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, said: Callable[..., Answer]
):
    monkeypatch.setenv("JUDGE_API_KEY", KEY)
    endpoint.says = said
    with caplog.at_level(logging.INFO), pytest.raises(JudgeUnavailable) as caught:
        ask(judge(endpoint, key="env:JUDGE_API_KEY", retries=1), "a")
    assert KEY not in str(caught.value) + str(caught.value.text) + caplog.text


def test_a_run_file_holds_the_place_and_never_the_key(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("JUDGE_API_KEY", KEY)
    spec = run({"kind": "judge", "url": "http://localhost/v1", "model": "wise", "key": "env:JUDGE_API_KEY"})
    written = json.dumps(dump(spec)) + to_yaml(spec) + repr(spec)
    assert "env:JUDGE_API_KEY" in written
    assert KEY not in written


# An endpoint that means no good.


def test_a_redirect_is_not_followed_and_carries_the_key_nowhere(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("JUDGE_API_KEY", KEY)
    with serving() as elsewhere:
        endpoint.says = lambda number, body: (307, {})
        endpoint.location = f"{elsewhere.url}/chat/completions"
        with pytest.raises(JudgeUnavailable, match="status 307"):
            ask(judge(endpoint, key="env:JUDGE_API_KEY"), "a")
        assert elsewhere.asked == []


def test_a_name_that_leads_to_an_inner_address_is_not_sent_the_key(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch):
    """The address is that of the connection itself, which no second look-up can change."""
    monkeypatch.setenv("JUDGE_API_KEY", KEY)
    monkeypatch.setattr(judge_access, "_is_inner", lambda address: str(address) == "127.0.0.1")
    part = judge(endpoint, url=endpoint.url.replace("127.0.0.1", "localhost"), key="env:JUDGE_API_KEY")
    with pytest.raises(JudgeUnavailable, match="no judge is"):
        ask(part, "a")
    assert endpoint.asked == []


@pytest.mark.parametrize(
    "settings", [{"url": "https://169.254.169.254/v1"}, {"url": "http://judge.example/v1"}, {"key": "env:HOME"}]
)
def test_a_judge_that_no_run_file_may_name_is_not_made(endpoint: Endpoint, settings: dict[str, str]):
    with pytest.raises(JudgeUnavailable):
        judge(endpoint, **settings)


@pytest.mark.parametrize(
    "body",
    [
        "[" * 100_000,
        '{"choices": ' * 5_000,
        json.dumps({"choices": [{"message": {"content": "<think>" * 20_000}}]}),
        json.dumps({"choices": [{"message": {"content": '{"score": ' + "[" * 5_000 + "}"}}]}),
        json.dumps({"choices": [{"message": {"content": '{"score": ' + "9" * 400 + "}"}}]}),
        json.dumps({"choices": [{"message": {"content": "9" * 9_000}}]}),
        "x" * 2_000_000,
    ],
)
def test_a_reply_that_is_deep_long_or_huge_is_no_score(endpoint: Endpoint, body: str):
    endpoint.says = lambda number, question: (200, body)
    with pytest.raises(JudgeUnavailable):
        ask(judge(endpoint, retries=0), "a")


def test_a_wait_that_is_no_number_is_not_kept(endpoint: Endpoint):
    endpoint.retry_after = "\u00b2"
    endpoint.says = lambda number, body: (503, {}) if number == 1 else reply("7")
    assert ask(judge(endpoint), "a") == [0.7]


def test_thoughts_are_no_part_of_the_verdict():
    assert read_score("<think>3</think>7<think>4</think>", 0, 10) == 0.7
    assert read_score("<think>3 <think>5</think>7", 0, 10) == 0.7
