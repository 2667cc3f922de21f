"""What a browser is told of the runs that it waits for: ends in the reader's words, and nothing of what goes on."""

import time

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from app.routes import ROUTES
from app.routes.run_ends import MOST_RUNS
from storage import metrics, queue
from storage.database import Database
from tests.app import invented


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(routes=ROUTES))


def ends(client: TestClient, *run_ids: str, language: str = "en") -> dict:
    answer = client.get("/alignlab/run-ends", params=[*(("run", run) for run in run_ids), ("language", language)])
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_an_end_is_told_with_its_reason_and_figures_and_a_run_under_way_is_not(
    client: TestClient, empty: Database
) -> None:
    lease = invented.started(empty, "dpo", "<b>watched</b>", time.time())
    metrics.write(empty, lease, [(0, {"eval/reward": 0.25}, 0.0), (8, {"eval/reward": 0.75}, 0.0)])
    assert ends(client, lease.run_id, "gone") == {"ended": {}, "missing": ["gone"]}
    queue.renew(empty, lease, seconds=60.0, now=time.time(), step=8)
    queue.finish(
        empty, lease, "stopped", now=time.time(), reason=("The run {id} that it waited for failed.", {"id": "x"})
    )
    assert ends(client, lease.run_id)["ended"] == {
        lease.run_id: {
            "title": "<b>watched</b> was stopped",
            "body": "The run x that it waited for failed.\nstep 8 · Held-out reward 0.750",
        }
    }
    assert "0.75" in ends(client, lease.run_id, language="zh")["ended"][lease.run_id]["body"]


@pytest.mark.parametrize(("reason", "count"), [(None, 0), (("Paused by a watch rule.", {}), 1)])
def test_a_pause_is_an_end_where_no_person_asked_for_it(
    client: TestClient, empty: Database, reason: tuple[str, dict] | None, count: int
) -> None:
    lease = invented.started(empty, "dpo", "watched", time.time())
    queue.finish(empty, lease, "paused", now=time.time(), reason=reason)
    assert len(ends(client, lease.run_id)["ended"]) == count


def test_too_many_runs_are_a_bad_request(client: TestClient, empty: Database) -> None:
    many = [("run", f"r{number}") for number in range(MOST_RUNS + 1)]
    assert client.get("/alignlab/run-ends", params=many).status_code == 400
