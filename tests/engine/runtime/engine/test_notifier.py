"""What a webhook is told, by a server of this machine; the address stays a secret, and nothing ever raises."""

import json
import logging
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from engine.runtime.engine import notifier
from engine.runtime.engine.notifier import TRIES, Notifier
from engine.spec import dump, parse
from storage import metrics, queue, run_writes, runs
from storage.database import Database
from storage.records import Lease, Run
from words import Text, english

Claim = Callable[[Run], Lease]
SECRET = "T0-very-secret"


class Hook:
    """Answers with the statuses in turn, the last one again and again, and keeps what it was sent."""

    def __init__(self) -> None:
        self.statuses = [200]
        self.bodies: list[dict[str, Any]] = []
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                hook.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(hook.statuses[min(len(hook.bodies), len(hook.statuses)) - 1])
                self.send_header("Location", f"http://127.0.0.1:{hook.server.server_port}/elsewhere")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hook]:
    made = Hook()
    monkeypatch.setenv("MY_WEBHOOK", f"http://127.0.0.1:{made.server.server_port}/{SECRET}")
    yield made
    made.server.shutdown()
    made.server.server_close()


def create(db: Database, webhook: str | None = "env:MY_WEBHOOK", name: str = "a run") -> Run:
    spec = parse({"algorithm": "dpo", "data": {"dataset": "d"}, "notify": {"webhook": webhook}})
    return run_writes.create(db, spec=dump(spec), kind="train", algorithm="dpo", lane="train", name=name, now=1.0)


def told(db: Database, run: Run) -> list[str]:
    """The sentences of the events, after all deliveries."""
    waits: list[float] = []
    teller = Notifier(db, sleep=waits.append)
    teller.tell(run.id)
    teller.join()
    assert waits == [notifier.WAIT_SECONDS * 4**attempt for attempt in range(len(waits))]
    return [english(event.text) for event in runs.events(db, run.id) if event.kind == "notification" and event.text]


def end(db: Database, run: Run, claim: Claim, state: str = "succeeded", reason: Text | None = None) -> None:
    lease = claim(run)
    with_points = metrics.Writer(db, lease)
    with_points.add(0, {"eval/reward": 0.25, "loss": 0.7}, 1.0)
    with_points.add(9, {"eval/reward": 0.75, "loss": float("nan")}, 2.0)
    with_points.close()
    queue.renew(db, lease, seconds=60.0, now=3.0, step=9)
    queue.finish(db, lease, state, now=63.0, reason=reason)


def test_the_end_of_a_run_is_told_in_words_and_in_figures(db: Database, claim: Claim, hook: Hook) -> None:
    run = create(db)
    end(db, run, claim, reason=("Ended early.", {}))
    assert told(db, run) == ["The webhook env:MY_WEBHOOK was told."]
    (body,) = hook.bodies
    text = body.pop("text")
    seconds = body.pop("seconds")
    assert body == {
        "run": run.id,
        "name": "a run",
        "kind": "train",
        "state": "succeeded",
        "reason": "Ended early.",
        "step": 9,
        "metrics": {"eval/reward": 0.75, "loss": None},
    }
    assert seconds == 63.0 - (runs.get(db, run.id).started_at or 0.0)
    assert text.startswith(f"a run ({run.id}): succeeded at step 9 after ")
    assert text.endswith("\nEnded early.\nHeld-out reward 0.75 · Loss nan")


@pytest.mark.parametrize(
    ("state", "reason", "count"),
    [
        ("failed", ("The memory was not enough.", {}), 1),
        ("stopped", ("Stopped by a watch rule.", {}), 1),
        ("paused", ("Paused by a watch rule.", {}), 1),
        ("paused", None, 0),  # a person did it
        ("queued", None, 0),
    ],
)
def test_what_a_person_did_is_no_news_and_all_else_is(
    db: Database, claim: Claim, hook: Hook, state: str, reason: Text | None, count: int
) -> None:
    run = create(db)
    end(db, run, claim, state, reason)
    told(db, run)
    assert len(hook.bodies) == count


def test_a_person_who_stops_a_run_and_a_run_without_a_webhook_are_not_told(
    db: Database, claim: Claim, hook: Hook
) -> None:
    run, silent = create(db), create(db, webhook=None)
    lease = claim(run)
    queue.request(db, run.id, "stop", 2.0)
    queue.finish(db, lease, "stopped", now=3.0)
    end(db, silent, claim)
    assert told(db, run) == told(db, silent) == hook.bodies == []


@pytest.mark.parametrize(
    ("statuses", "tries", "sentence"),
    [
        ([500, 503, 200], 3, "was told."),
        ([429], TRIES, "was not told: it answers with status 429."),
        ([404], 1, "was not told: it answers with status 404."),
        ([302], 1, "was not told: it answers with status 302."),
    ],
)
def test_it_is_tried_three_times_where_that_may_help(
    db: Database, claim: Claim, hook: Hook, statuses: list[int], tries: int, sentence: str
) -> None:
    hook.statuses = statuses
    run = create(db)
    end(db, run, claim)
    assert told(db, run) == [f"The webhook env:MY_WEBHOOK {sentence}"]
    assert len(hook.bodies) == tries


@pytest.mark.parametrize(
    ("address", "cause"),
    [
        ("http://127.0.0.1:9/", "no connection (ConnectError)"),
        ("ftp://127.0.0.1/", "env:MY_WEBHOOK holds no address that begins with https"),
        ("", "env:MY_WEBHOOK is empty, or is not one line of ASCII text"),
        ("http://[::1", "no connection (InvalidURL)"),
    ],
)
def test_an_address_that_is_none_is_told_without_being_shown(
    db: Database, claim: Claim, monkeypatch: pytest.MonkeyPatch, address: str, cause: str
) -> None:
    monkeypatch.setenv("MY_WEBHOOK", f"{address}{SECRET}" if address else "")
    run = create(db)
    end(db, run, claim)
    (sentence,) = told(db, run)
    assert sentence == f"The webhook env:MY_WEBHOOK was not told: {cause}."


def test_no_file_that_others_can_read_is_used(db: Database, claim: Claim, hook: Hook) -> None:
    place = db.workspace.secrets / "team.hook"
    place.parent.mkdir()
    place.write_text("http://127.0.0.1:9/")
    place.chmod(0o644)
    run = create(db, webhook="file:team.hook")
    end(db, run, claim)
    assert f"others can read the file {place}: chmod 600 {place}" in told(db, run)[0]


def test_a_name_is_no_command_to_the_chat_it_is_shown_in(db: Database, claim: Claim, hook: Hook) -> None:
    run = create(db, name="<!channel> & co")
    end(db, run, claim)
    told(db, run)
    assert hook.bodies[0]["text"].startswith("&lt;!channel&gt; &amp; co (")
    assert hook.bodies[0]["name"] == "<!channel> & co"


def test_a_run_that_is_gone_raises_nothing(db: Database) -> None:
    teller = Notifier(db)
    teller.tell("gone")
    teller.join()


def test_the_address_is_written_down_nowhere(
    db: Database, claim: Claim, hook: Hook, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    run = create(db)
    end(db, run, claim)
    told(db, run)
    stored = [path.read_bytes() for path in db.workspace.root.rglob("*") if path.is_file()]
    assert not any(SECRET.encode() in content for content in stored)
    assert "was told" in caplog.text
    assert SECRET not in caplog.text
