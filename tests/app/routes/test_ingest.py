"""The route for trainers elsewhere: a token opens it and nothing else, and what is too much or no report is refused."""

import io
import json
import time
import zipfile
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from app import people
from app.actions import accounts, ingest_tokens
from app.guard import Guard
from app.people import Person
from app.routes import ROUTES, ingest
from app.sign_in.gate import Gate
from storage import metrics, runs
from storage.database import Database
from storage.foreign_runs.find import find

PATH = "/alignlab/ingest"
REPORT = {"version": 1, "key": "k" * 32, "session": "s" * 32, "name": "theirs", "trainer": "DPOConfig"}


@pytest.fixture
def client() -> TestClient:
    middleware = [Middleware(Guard, hosts=["127.0.0.1"]), Middleware(Gate)]
    ingest._buckets.clear()
    return TestClient(Starlette(routes=ROUTES, middleware=middleware), base_url="http://127.0.0.1")


@pytest.fixture
def token(empty: Database) -> str:
    return ingest_tokens.create(empty, people.COMMAND_LINE, "laptop", 1.0)[0]


def post(client: TestClient, token: str, status: int = 200, headers: dict[str, str] | None = None, **body: Any) -> Any:
    every = {"Authorization": f"Bearer {token}", "X-AlignLab": "1", **(headers or {})}
    answer = client.post(PATH, content=json.dumps({**REPORT, **body}), headers=every)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_a_report_becomes_a_run_under_our_names(client: TestClient, empty: Database, token: str) -> None:
    points = [[0, 50.0, {"train/loss": "NaN", "eval_loss": 0.5}], [1, 51.0, {"loss": "-Infinity", "mine/x": 2}]]
    answer = post(client, token, points=points, settings={"beta": 0.1})
    run = runs.get(empty, answer["id"])
    assert (answer["state"], run.algorithm, run.spec) == ("running", "dpo", {"beta": 0.1})
    assert [(key, step, str(value)) for key, step, value, _ in metrics.points(empty, run.id)] == [
        ("eval/loss", 0, "0.5"),
        ("loss", 0, "nan"),
        ("loss", 1, "-inf"),
        ("mine/x", 1, "2.0"),
    ]


def test_without_a_valid_token_nothing_is_taken(client: TestClient, empty: Database, token: str) -> None:
    assert "Authorization: Bearer" in post(client, "", 401)["error"]
    assert "not known here, or was revoked" in post(client, token[:-1], 401)["error"]
    ingest_tokens.revoke(empty, people.COMMAND_LINE, "laptop", 2.0)
    post(client, token, 401)
    assert runs.listing(empty) == []


def test_with_accounts_the_token_opens_this_route_and_no_other(
    client: TestClient, empty: Database, token: str, quick_hashes: None
) -> None:
    accounts.add(empty, people.COMMAND_LINE, name="ada", role="admin", password="a long password", now=1.0)
    answer = post(client, token)
    for path in (f"/alignlab/points?run={answer['id']}", f"/alignlab/tensorboard?run={answer['id']}"):
        assert client.get(path, headers={"Authorization": f"Bearer {token}"}).status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Origin": "http://evil.example"},
        {"X-AlignLab": "0"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
def test_another_site_sends_nothing(client: TestClient, empty: Database, token: str, headers: dict[str, str]) -> None:
    post(client, token, 403, headers)
    assert runs.listing(empty) == []


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"key": "short"}, "key"),
        ({"version": 2}, "version"),
        ({"points": [[-1, 5.0, {}]]}, "points.0.0"),
        ({"points": [[2**31, 5.0, {}]]}, "points.0.0"),
        ({"points": [[0, 5.0, {"loss": "much"}]]}, "points.0.2.loss"),
        ({"points": [[0, "NaN", {}]]}, "points.0.1"),
        ({"points": [[0, 5.0, {"x" * 400: 1.0}]]}, "points.0.2"),
        ({"points": [[0, 5.0, {}]] * 2001}, "points"),
        ({"state": "queued"}, "state"),
    ],
)
def test_what_is_no_report_is_refused_by_field(
    client: TestClient, empty: Database, token: str, body: dict[str, Any], place: str
) -> None:
    assert post(client, token, 400, **body)["error"].startswith(f"The report cannot be read at {place}")
    assert runs.listing(empty) == []


def test_too_much_is_refused_with_what_to_do(client: TestClient, empty: Database, token: str, monkeypatch) -> None:
    assert "send fewer points" in post(client, token, 413, settings={"text": "x" * 1_000_001})["error"]
    monkeypatch.setattr(ingest, "REQUESTS_A_SECOND", 0.0)
    ingest._buckets.clear()
    monkeypatch.setattr(ingest._Bucket, "left", 2.0)
    ingest._buckets[token[:8]] = ingest._Bucket(2.0)
    post(client, token)
    post(client, token)
    assert "send more points in each" in post(client, token, 429)["error"]


def test_a_run_is_downloaded_as_event_files(
    client: TestClient, empty: Database, token: str, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = post(client, token, points=[[3, time.time(), {"loss": 0.5}]])["id"]
    answer = client.get(f"/alignlab/tensorboard?run={run_id}")
    assert answer.headers["content-disposition"].endswith(f'filename="theirs-{run_id[:6]}.zip"')
    zipfile.ZipFile(io.BytesIO(answer.content)).extractall(tmp_path)
    (run,) = find(tmp_path)
    assert [(point.key, point.step, point.value) for point in run.records()] == [("loss", 3, 0.5)]
    assert client.get("/alignlab/tensorboard").status_code == 400
    assert client.get("/alignlab/tensorboard?run=zzz").status_code == 404


def test_who_judges_blind_downloads_no_run(
    client: TestClient, empty: Database, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = post(client, token, points=[[0, 5.0, {"loss": 0.5}]])["id"]
    monkeypatch.setattr(people, "of", lambda _request: Person("b", "b", "annotator"))
    assert client.get(f"/alignlab/tensorboard?run={run_id}").status_code == 403
