"""A judge: a language model behind an OpenAI-compatible endpoint that scores answers one by one.

A judge that cannot be asked, or whose reply holds no score, raises JudgeUnavailable after its retries: no answer is
ever scored for it. The key is read from its place when the judge is made, and no text that leaves this module holds it.
Left out: what is asked (`engine.spec.rewards.Judge`), and the scores of earlier questions (`judge_cache`).
"""

import json
import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from itertools import count
from pathlib import Path
from threading import Event
from typing import Any

import httpx

from engine.analysis import thinking
from engine.rewards.judge_access import AddressRefused, check_connection, read_key, refusal
from engine.rewards.judge_cache import JudgeScores
from engine.rewards.protocol import Context, Items, JudgeUnavailable, Messages
from engine.secret_places import SecretUnreadable
from engine.spec import rewards as spec
from words import N_, Text

HEARTBEAT_SECONDS = 1.0
FIRST_WAIT_SECONDS = 1.0  # before the first retry; each next one waits twice as long
LONGEST_WAIT_SECONDS = 60.0
SHOWN_CHARACTERS = 80
LONGEST_REPLY = 1_000_000
PASSING = frozenset({408, 409, 425, 429})  # beside 5xx: worth another try
REMINDER = "That holds no score I can read. Reply with the number alone, from {lowest} to {highest}."

_FIELD = re.compile(r"\{(rubric|prompt|answer|lowest|highest)\}")
_OBJECT = re.compile(r"\{[^{}]*\}")
_NAMED = re.compile(r"\bscore\W{0,6}(-?\d+(?:\.\d+)?)", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?!\.?\w)")
_OUT_OF = re.compile(r"/\s*\d+(?:\.\d+)?")

# Every request at INFO would drown the run's log.
logging.getLogger("httpx").setLevel(logging.WARNING)


class _Unanswered(Exception):
    """One attempt that gave no score. `later`: whether another may, and after how many seconds where it was said."""

    def __init__(self, cause: Text, *, later: bool = True, after: float = 0.0) -> None:
        super().__init__(cause[0])
        self.cause = cause
        self.later = later
        self.after = after


class Judge:
    """Asks the endpoint for a score of each answer, several at once, from 0 (worst) to 1 (best)."""

    def __init__(self, part: spec.Judge, context: Context, first_wait_seconds: float = FIRST_WAIT_SECONDS) -> None:
        self._part = part
        self._heartbeat = context.heartbeat
        self._first_wait_seconds = first_wait_seconds
        self._name = f"{part.model} ({part.url})"
        self._scores = JudgeScores(context.judge_scores, part)
        clause = refusal(part)
        if clause is not None:
            raise JudgeUnavailable(self._name, clause)
        self._key = self._read_key(context.secrets)
        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        self._client = httpx.Client(timeout=part.timeout_seconds, headers=headers)

    def __call__(self, prompt: Messages, responses: Sequence[str], items: Items) -> list[float]:
        """Scores of the responses. Raises JudgeUnavailable."""
        questions = [question(self._part, prompt, response) for response in responses]
        self._answer(questions)
        return [self._scores[question_text] for question_text in questions]

    def prefetch(self, answers: Iterable[tuple[Messages, str]]) -> None:
        """Ask about answers to several prompts before their scores are wanted. Raises JudgeUnavailable."""
        self._answer([question(self._part, prompt, response) for prompt, response in answers])

    def _answer(self, questions: Sequence[str]) -> None:
        """Ask for all scores that are missing. Scores that arrived before another question failed are kept."""
        missing = [question_text for question_text in dict.fromkeys(questions) if question_text not in self._scores]
        leaving = Event()
        pool = ThreadPoolExecutor(self._part.parallel, thread_name_prefix="judge")
        try:
            self._take({pool.submit(self._score, question_text, leaving): question_text for question_text in missing})
        finally:
            leaving.set()
            pool.shutdown(wait=False, cancel_futures=True)

    def _take(self, questions: Mapping[Future[float], str]) -> None:
        """Collect the scores, with heartbeats, until all are there or one fails: attempts and time are limited."""
        missing = set(questions)
        while missing:
            finished, missing = wait(missing, timeout=HEARTBEAT_SECONDS)
            self._heartbeat()
            for future in sorted(finished, key=lambda answer: answer.exception() is not None):
                self._scores[questions[future]] = future.result()

    def _score(self, question_text: str, leaving: Event) -> float:
        messages = [{"role": "user", "content": question_text}]
        for attempt in count():
            try:
                return self._score_once(messages)
            except _Unanswered as failure:
                if not failure.later or attempt == self._part.retries:
                    raise JudgeUnavailable(self._name, failure.cause) from None
                pause = max(failure.after, self._first_wait_seconds * 2**attempt)
                if leaving.wait(min(LONGEST_WAIT_SECONDS, pause)):
                    raise JudgeUnavailable(self._name, failure.cause) from None
        raise AssertionError("attempts do not run out by themselves")

    def _score_once(self, messages: list[dict[str, str]]) -> float:
        """One attempt. A reply without a score stays in `messages`, with a reminder, for the next one."""
        part = self._part
        reply = self._ask(messages)
        score = read_score(reply, part.lowest, part.highest)
        if score is not None:
            return score
        scale = {"lowest": f"{part.lowest:g}", "highest": f"{part.highest:g}"}
        messages += [{"role": "assistant", "content": reply}, {"role": "user", "content": REMINDER.format(**scale)}]
        text = N_("its reply holds no score from {lowest} to {highest}: {reply}")
        raise _Unanswered((text, {**scale, "reply": self._shown(reply)}))

    def _ask(self, messages: Sequence[Mapping[str, str]]) -> str:
        """The judge's reply in its own words."""
        part = self._part
        limits = {"temperature": part.temperature, "max_tokens": part.max_tokens}
        body = {"model": part.model, "messages": messages} | {k: v for k, v in limits.items() if v is not None}
        content = self._content(body)
        if not isinstance(content, str):
            raise _Unanswered((N_("its reply is not that of an OpenAI-compatible endpoint"), {}))
        return content

    def _content(self, body: Mapping[str, Any]) -> object:
        """What the reply to one request holds; None where it is not that of such an endpoint."""
        part, watch = self._part, {"trace": check_connection}
        url = f"{part.url}/chat/completions"
        try:
            # A redirect is no answer: the key must go nowhere else.
            with self._client.stream("POST", url, json=body, extensions=watch, follow_redirects=False) as reply:
                if reply.status_code != httpx.codes.OK:
                    raise _refused(reply)
                return json.loads(_read(reply))["choices"][0]["message"]["content"]
        except AddressRefused as error:
            raise _Unanswered(error.text, later=False) from None
        except httpx.TimeoutException:
            text = N_("no reply within {seconds} s")
            raise _Unanswered((text, {"seconds": f"{part.timeout_seconds:g}"})) from None
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeEncodeError) as error:  # the last: a name that no host has
            raise _Unanswered((N_("no connection ({error})"), {"error": type(error).__name__})) from None
        except (ValueError, LookupError, TypeError, RecursionError):
            return None

    def _shown(self, reply: str) -> str:
        """The beginning of a reply, for a sentence. An endpoint that repeats the key does not put it into the log."""
        clean = reply.replace(self._key, "***") if self._key else reply
        return " ".join(clean.split())[:SHOWN_CHARACTERS]

    def _read_key(self, secrets: Path) -> str | None:
        """The key from its place. Raises JudgeUnavailable: a key can be put there, and the run resumed."""
        if self._part.key is None:
            return None
        try:
            return read_key(self._part.key, secrets)
        except SecretUnreadable as problem:
            raise JudgeUnavailable(self._name, problem.text) from None


def _read(reply: httpx.Response) -> bytes:
    """The body of a reply, of which an endpoint without end would fill the memory. Raises _Unanswered."""
    body = b""
    for part in reply.iter_bytes():
        body += part
        if len(body) > LONGEST_REPLY:
            raise _Unanswered((N_("its reply is longer than {most} bytes"), {"most": f"{LONGEST_REPLY:,}"}))
    return body


def _refused(reply: httpx.Response) -> _Unanswered:
    """What a status other than 200 means; its body may repeat the key, and is not read."""
    status = reply.status_code
    delay = reply.headers.get("Retry-After", "")
    cause: Text = (N_("it answers with status {status}"), {"status": status})
    if status in (401, 403):
        cause = (N_("it refuses the key (status {status})"), {"status": status})
    elif status == 404:
        cause = (N_("it knows no such address or model (status 404)"), {})
    later = status in PASSING or status >= 500
    return _Unanswered(cause, later=later, after=float(delay) if delay.isdecimal() else 0.0)


def question(part: spec.Judge, prompt: Messages, response: str) -> str:
    """The template filled in, in one pass: what an answer says in braces stays as it is."""
    values = {
        "rubric": part.rubric,
        "prompt": "\n".join(f"{message['role']}: {message['content']}" for message in prompt),
        "answer": response,
        "lowest": f"{part.lowest:g}",
        "highest": f"{part.highest:g}",
    }
    return _FIELD.sub(lambda match: values[match[1]], part.template)


def read_score(reply: str, lowest: float, highest: float) -> float | None:
    """The score of a reply on the scale 0 to 1; None where there is none, several, or one off the scale.

    It is that of a JSON object, else the number after the word score, else the only number.

    >>> read_score('{"why": "7 words", "score": 7}', 0, 10), read_score("8/10", 0, 10), read_score("Score: 1", 1, 5)
    (0.7, 0.8, 0.0)
    >>> read_score("between 3 and 4", 0, 10), read_score("11", 0, 10), read_score("splendid", 0, 10)
    (None, None, None)
    """
    *thoughts, rest = reply.split(thinking.END)
    text = " ".join([*(before.partition(thinking.START)[0] for before in thoughts), rest])
    score = _of_object(text)
    if score is None:
        numbers = _NAMED.findall(text) or _NUMBER.findall(_OUT_OF.sub(" ", text))
        score = float(numbers[0]) if len(set(numbers)) == 1 else None
    if score is None or not lowest <= score <= highest:
        return None
    return (score - lowest) / (highest - lowest)


def _of_object(reply: str) -> float | None:
    """The score of the last JSON object that has one."""
    for text in reversed(_OBJECT.findall(reply)):
        try:
            score = json.loads(text).get("score")
        except (ValueError, RecursionError):
            continue
        if isinstance(score, int | float) and not isinstance(score, bool):
            return score  # an integer of any size: no float may hold it
    return None
