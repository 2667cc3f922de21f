"""Runs that a trainer elsewhere sends: begun once, gone on with after a restart, never claimed, ended as it says."""

from typing import Any

import pytest

from storage import ingest_tokens, live_run_writes, metrics, queue, run_sources, runs
from storage.database import Database
from storage.errors import Invalid, NotFound
from storage.live_run_writes import receive
from storage.records import Run
from storage.run_sources import Report, Vocabulary

PLAIN = Vocabulary(lambda key: key.replace("eval_", "eval/"), lambda keys, settings, trainer="": trainer or None)


def sent(db: Database, now: float = 100.0, *, session: str = "first", **fields: Any) -> Run:
    report = Report(key="key", session=session, name="theirs", location="box", **fields)
    return receive(db, report, PLAIN, now)[0]


def losses(db: Database, run: Run) -> list[tuple[int, float]]:
    return [(step, value) for _, step, value, _ in metrics.points(db, run.id, "loss")]


def steps(*numbers: int, value: float = 1.0) -> list[tuple[int, dict[str, float], float]]:
    return [(step, {"loss": value, "eval_loss": value}, 50.0 + step) for step in numbers]


def test_a_first_report_begins_a_run_that_no_engine_claims(db: Database) -> None:
    run = sent(db, settings={"beta": 0.1}, trainer="dpo", points=steps(0, 1), total_steps=4)
    assert (run.origin, run.state, run.algorithm, run.spec) == ("live", "running", "dpo", {"beta": 0.1})
    assert (run.step, run.fraction, run.started_at) == (1, 0.25, 100.0)
    assert {series.key for series in metrics.series(db, [run.id])} == {"loss", "eval/loss"}
    assert queue.claim(db, host="h", device="cpu", lane="train", seconds=60, now=1.0) is None
    assert queue.expire(db, now=1e9) == []
    with pytest.raises(Invalid, match="was not made here"):
        queue.request(db, run.id, "pause", 1.0)


def test_a_report_that_comes_twice_counts_once(db: Database) -> None:
    for now in (100.0, 101.0):
        run = sent(db, now, points=steps(0, 1))
    assert losses(db, run) == [(0, 1.0), (1, 1.0)]
    assert len(runs.listing(db)) == 1
    source = run_sources.get(db, run.id)
    assert source == run_sources.RunSource(run.id, "callback", "box", 101.0, 0)


def test_a_restart_from_a_checkpoint_takes_back_what_came_after(db: Database) -> None:
    sent(db, points=steps(*range(6)))
    run = sent(db, session="second", rewind_to=3, points=steps(4, value=2.0))
    assert losses(db, run) == [(0, 1.0), (1, 1.0), (2, 1.0), (3, 1.0), (4, 2.0)]
    assert (run.attempt, run.step) == (2, 4)
    update = metrics.since(db, [run.id], {run.id: (1, 5)})[run.id]
    assert (update.attempt, update.rewound_to) == (2, 3), "an open page drops what it has"
    again = sent(db, session="second", rewind_to=3, points=steps(5, value=2.0))
    assert (again.attempt, again.step) == (2, 5), "the same process goes on"


def test_the_end_is_what_the_trainer_says(db: Database) -> None:
    sent(db, points=steps(0), total_steps=10)
    run = sent(db, 130.0, state="failed", error="OutOfMemoryError: 80 GB", dropped=3)
    assert (run.state, run.finished_at, run.ended_by, run.eta_seconds) == ("failed", 130.0, "engine", None)
    assert run.reason == ("The trainer says: {error}", {"error": "OutOfMemoryError: 80 GB"})
    assert run_sources.get(db, run.id).dropped == 3
    again = sent(db, 140.0, session="second", points=steps(0))
    assert (again.state, again.finished_at, again.reason) == ("running", None, None)
    assert sent(db, 150.0, session="second", state="succeeded").fraction == 1.0


def test_a_run_has_only_so_many_metrics(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_run_writes, "MOST_METRICS", 1)
    with pytest.raises(Invalid, match="at most 1 metrics"):
        sent(db, points=steps(0))
    assert runs.listing(db) == []


def test_a_token_is_found_until_it_is_revoked_and_stored_as_its_hash(db: Database) -> None:
    token, kept = ingest_tokens.create(db, " laptop ", created_by=None, now=1.0)
    assert (kept.name, kept.used_at) == ("laptop", None)
    assert ingest_tokens.find(db, token, 5.0) is not None
    assert ingest_tokens.find(db, token[:-1] + "!", 5.0) is None
    assert ingest_tokens.listing(db)[0].used_at == 5.0
    assert token.encode() not in (db.workspace.root / "alignlab.db-wal").read_bytes()
    assert kept.id.encode() in (db.workspace.root / "alignlab.db-wal").read_bytes()
    with pytest.raises(Invalid, match="There is a token laptop already"):
        ingest_tokens.create(db, "laptop", created_by=None, now=6.0)
    ingest_tokens.revoke(db, "laptop", 7.0)
    assert (ingest_tokens.find(db, token, 8.0), ingest_tokens.listing(db)) == (None, [])
    with pytest.raises(NotFound, match="There is no token laptop"):
        ingest_tokens.revoke(db, "laptop", 9.0)


@pytest.mark.parametrize("name", ["", " ", "x" * 41, "a\u200bb"])
def test_a_token_needs_a_name_that_can_be_seen(db: Database, name: str) -> None:
    with pytest.raises(Invalid, match="1 to 40 visible characters"):
        ingest_tokens.create(db, name, created_by=None, now=1.0)
