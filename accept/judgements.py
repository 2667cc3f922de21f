"""Votes of many people over HTTP while the dashboard is killed again and again: none is lost, none is doubled.

20 signed-in people give 10,000 votes on 5,000 pairs, two people a pair. Each client keeps a vote until it has a
receipt, loses one answer in ten, and sends one request in twenty twice. Beside that, four people judge undisturbed, and
nothing that one of them gets holds what another said. `--pairs N` tries fewer; a queue is timed at `--large N` pairs.
"""

import argparse
import os
import random
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import httpx

from accept.dashboard import Dashboard
from accept.report import conclude
from app.actions import judging
from app.people import COMMAND_LINE
from storage import dataset_writes, datasets, working_copy
from storage.database import Database, connect
from storage.judging import judgements, rounds
from storage.judging.judgement_records import RoundSettings
from storage.people import users
from storage.records import Item, Preference, Response
from storage.workspace import Workspace
from tests.app import accounts

PATH = "/alignlab/annotate"
CLIENTS = 20
BATCH = 1_000
SEED = 15
LOST_ANSWERS, SENT_TWICE = 0.1, 0.05
UP_SECONDS = (3.0, 12.0)  # between a start and the next kill
HIDDEN = ("chosen", "rejected", "model-", '"score"', '"label"', '"origin"')


@dataclass
class Client:
    """A browser that keeps its votes until it has a receipt for each."""

    http: httpx.Client
    dataset: str
    rng: random.Random
    name: str
    given: dict[str, str] = field(default_factory=dict)
    receipts: Counter[str] = field(default_factory=Counter)
    answers: list[str] = field(default_factory=list)
    outbox: list[dict[str, Any]] = field(default_factory=list)
    milliseconds: dict[str, list[float]] = field(default_factory=lambda: {"queue": [], "post": []})

    def work(self) -> None:
        """Judge until nothing is left to ask of this person, and nothing is left to send."""
        while True:
            questions = self._questions()
            if questions == [] and not self.outbox:
                return
            for question in questions or []:
                self._vote(question)
                if self.rng.random() < 0.5:
                    self._send()
            while self.outbox:
                self._send()

    def _questions(self) -> list[dict[str, Any]] | None:
        answer = self._request("queue", "GET", f"{PATH}/queue?dataset={self.dataset}&round=1&count=10")
        return None if answer is None else answer["questions"]

    def _vote(self, question: dict[str, Any]) -> None:
        vote = {
            "id": str(uuid.UUID(int=self.rng.getrandbits(128), version=4)),
            "question": question["id"],
            "turn": question["turn"],
            "verdict": self.rng.choice(("left", "right", "tie")),
            "comment": f"said by {self.name}",
            "seconds": 1.0,
        }
        self.given[vote["id"]] = question["id"]
        self.outbox.append(vote)

    def _send(self) -> None:
        body = {"dataset": self.dataset, "round": 1, "judgements": self.outbox[:8]}
        answer = self._request("post", "POST", f"{PATH}/judgements", body)
        if self.rng.random() < SENT_TWICE:
            answer = self._request("post", "POST", f"{PATH}/judgements", body)
        if answer is None or self.rng.random() < LOST_ANSWERS:
            return
        self.receipts.update(receipt["stored"] for receipt in answer["receipts"])
        settled = {receipt["id"] for receipt in answer["receipts"]}
        self.outbox = [vote for vote in self.outbox if vote["id"] not in settled]

    def _request(self, kind: str, method: str, path: str, body: Any = None) -> Any:
        """The JSON of the answer; None where there was none, as while the dashboard is down."""
        began = time.perf_counter()
        try:
            answer = self.http.request(method, path, json=body, headers={"X-AlignLab": "1"})
        except httpx.HTTPError:
            time.sleep(0.1)
            return None
        if answer.status_code >= 500:
            return None
        answer.raise_for_status()
        self.milliseconds[kind].append((time.perf_counter() - began) * 1e3)
        self.answers.append(answer.text)
        return answer.json()


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge, kill, count, and write the figures down."""
    parser = argparse.ArgumentParser(prog="accept.judgements")
    parser.add_argument("--pairs", type=int, default=5_000)
    parser.add_argument("--large", type=int, default=100_000)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch) / "workspace"
        os.environ["ALIGNLAB_HOME"] = str(root)
        db = connect(Workspace(root))
        users.add(db, name="lead", role="admin", password=accounts.PASSWORD, now=time.time())
        killed = _killed(db, root, options.pairs)
        blind = _four_people(db, root)
        timed = _timed(db, root, options.large)
        db.close()
    kills = min(10, options.pairs // 500)
    wanted = {
        f"{2 * options.pairs:,} votes are stored, each once": killed["stored"] == killed["wanted"] == 2 * options.pairs,
        "no vote that a client gave is lost": killed["lost"] == 0,
        "no vote is doubled, and nobody answers a question twice": killed["doubled"] == 0,
        "every pair has exactly two verdicts of different people": killed["exactly_two"],
        f"the dashboard was killed at least {kills} times": killed["kills"] >= kills,
        "four people at once: exactly two verdicts a pair": blind["exactly_two"],
        "nothing that one person gets holds what another said, or an origin, score or label": blind["leaks"] == [],
        f"a queue of 20 and a post of 1 take under 30 ms each at {options.large:,} pairs": max(timed.values()) < 30,
    }
    return conclude("judgements", {"killed": killed, "blind": blind, "milliseconds": timed}, wanted)


def _killed(db: Database, root: Path, pairs: int) -> dict[str, Any]:
    _fill(db, "killed", pairs)
    rng = random.Random(SEED)
    began = time.monotonic()
    with _people(db, root, "killed", CLIENTS) as (dashboard, clients, threads):
        while any(thread.is_alive() for thread in threads):
            time.sleep(rng.uniform(*UP_SECONDS))
            dashboard.kill()
            dashboard.start()
    seconds = time.monotonic() - began
    return {
        "kills": len(dashboard.starting_seconds) - 1,
        "seconds": round(seconds, 1),
        "starting_seconds": dashboard.starting_seconds,
        "dashboard_cpu_seconds": round(dashboard.cpu_seconds, 1),
        "load_average": round(os.getloadavg()[0], 1),
        "median_ms": {kind: _median(clients, kind) for kind in ("queue", "post")},
        "receipts": sum((client.receipts for client in clients), Counter()),
        **_counts(db, "killed", clients),
    }


def _median(clients: Sequence[Client], kind: str) -> float:
    return round(median(value for client in clients for value in client.milliseconds[kind]), 1)


def _four_people(db: Database, root: Path) -> dict[str, Any]:
    _fill(db, "blind", 100)
    with _people(db, root, "blind", 4) as (_dashboard, clients, threads):
        for thread in threads:
            thread.join()
    marks = {client.name: f"said by {client.name}" for client in clients}
    leaks = [
        f"{client.name}: {hidden}"
        for client in clients
        for hidden in (*HIDDEN, *(mark for name, mark in marks.items() if name != client.name))
        if any(hidden in answer for answer in client.answers)
    ]
    seen = all(marks[client.name] in "".join(client.answers) for client in clients)
    return {"leaks": leaks, "own_history_is_seen": seen, **_counts(db, "blind", clients)}


def _timed(db: Database, root: Path, pairs: int) -> dict[str, float]:
    """The median milliseconds of a queue of 20 and of a post of 1, for somebody who has judged 200 of many pairs."""
    _fill(db, "large", pairs)
    with _people(db, root, "large", 1, works=False) as (_dashboard, (client,), _threads):
        path = f"{PATH}/queue?dataset=large&round=1&count=20"
        for _ in range(12):
            for question in client._request("queue", "GET", path)["questions"][:18]:
                client._vote(question)
                while client.outbox:
                    client._send()
    return {kind: round(median(values), 1) for kind, values in client.milliseconds.items()}


@contextmanager
def _people(
    db: Database, root: Path, dataset: str, count: int, *, works: bool = True
) -> Iterator[tuple[Dashboard, list[Client], list[threading.Thread]]]:
    """So many signed-in people at one dashboard, each at work in a thread."""
    dashboard = Dashboard(root)
    clients = []
    for number in range(count):
        name = f"{dataset}-{number}"
        user = users.add(db, name=name, role="annotator", password=accounts.PASSWORD, now=time.time())
        http = httpx.Client(
            base_url=dashboard.url,
            cookies=accounts.cookie(db, user, time.time()),
            headers={"User-Agent": accounts.BROWSER},
            timeout=30,
            trust_env=False,
        )
        clients.append(Client(http, dataset, random.Random(f"{SEED} {name}"), name))
    threads = [threading.Thread(target=client.work) for client in clients if works]
    for thread in threads:
        thread.start()
    try:
        yield dashboard, clients, threads
    finally:
        dashboard.kill()
        for client in clients:
            client.http.close()


def _fill(db: Database, name: str, pairs: int) -> None:
    """A dataset of so many pairs with all that must stay hidden, and a round that wants two people a pair."""
    dataset_writes.create(db, name, "pairs", time.time())
    dataset_id = datasets.get(db, name).id
    responses = (
        Response("chosen", "Gladly: it is **20 degrees** and dry.", 0.9, True, "model-good"),
        Response("rejected", "Look outside, please.", 0.1, False, "model-bad"),
    )
    for first in range(0, pairs, BATCH):
        items = [
            Item(
                f"item-{number}",
                ({"role": "user", "content": f"How is the weather in town {number}?"},),
                responses,
                (Preference("chosen", "rejected"),),
            )
            for number in range(first, min(first + BATCH, pairs))
        ]
        with db.write() as connection:
            prepared = working_copy.Prepared.from_items(items, first + 1, time.time())
            working_copy.insert(connection, dataset_id, prepared)
    judging.open_round(db, COMMAND_LINE, name, RoundSettings(overlap=2), time.time())


def _counts(db: Database, dataset: str, clients: Sequence[Client]) -> dict[str, Any]:
    """What the database holds of the votes that the clients gave."""
    rows = judgements.listing(db, dataset, history=True)
    stored = {row.id for row in rows}
    given = {vote for client in clients for vote in client.given}
    people = Counter((row.question_id, row.account) for row in rows)
    counting = Counter(row.question_id for row in rows if not row.late)
    return {
        "given": len(given),
        "stored": sum(counting.values()),
        "late": sum(row.late for row in rows),
        "wanted": rounds.progress(db, dataset, 1).wanted,
        "lost": len(given - stored),
        "doubled": len(rows) - len(stored) + sum(count - 1 for count in people.values()),
        "exactly_two": set(counting.values()) == {2} and len(counting) == rounds.progress(db, dataset, 1).total,
    }


if __name__ == "__main__":
    sys.exit(main())
