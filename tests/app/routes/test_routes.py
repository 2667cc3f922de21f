"""Our own routes: points by a cursor, live parts in the reader's language, Plotly from this machine."""

import math
import re
import time

import pytest
from plotly.offline import get_plotlyjs
from starlette.applications import Starlette
from starlette.testclient import TestClient

from app import clients
from app.bridge import javascript
from app.routes import ROUTES
from app.routes.fragments import FRAGMENTS
from storage import metrics, queue, runs
from storage.database import Database
from storage.errors import Damaged, DatabaseBusy, DiskFull, StorageError
from storage.records import Lease
from tests.app import invented
from tests.renamed import rename


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(routes=ROUTES))


@pytest.fixture
def lease(empty: Database) -> Lease:
    """A run that has just been claimed."""
    return invented.started(empty, "dpo", "watched", time.time())


def points(client: TestClient, lease: Lease, cursor: str = "") -> dict:
    after = f"&after={lease.run_id}:{cursor}" if cursor else ""
    answer = client.get(f"/alignlab/points?run={lease.run_id}{after}")
    assert answer.status_code == 200, answer.text
    return answer.json()["runs"][lease.run_id]


def test_a_cursor_brings_only_what_came_since(client: TestClient, empty: Database, lease: Lease) -> None:
    metrics.write(empty, lease, [(step, {"loss": step / 10}, 0.0) for step in range(5)])
    first = points(client, lease)
    assert first["points"]["loss"]["x"] == [0, 1, 2, 3, 4]
    metrics.write(empty, lease, [(5, {"loss": 0.5}, 0.0)])
    fresh = points(client, lease, f"{first['attempt']}:{first['step']}")
    assert fresh["points"]["loss"] == {"x": [4, 5], "y": [0.4, 0.5]}
    assert fresh["active"]


def test_a_value_of_the_cursors_own_step_that_came_late_is_not_missed(
    client: TestClient, empty: Database, lease: Lease
) -> None:
    metrics.write(empty, lease, [(50, {"loss": 0.1}, 0.0)])
    first = points(client, lease)
    metrics.write(empty, lease, [(50, {"eval/reward": 0.9}, 0.0)])
    assert points(client, lease, f"{first['attempt']}:{first['step']}")["points"]["eval/reward"]["y"] == [0.9]


def test_a_run_that_went_back_to_a_checkpoint_says_from_where(
    client: TestClient, empty: Database, lease: Lease
) -> None:
    metrics.write(empty, lease, [(step, {"loss": 1.0}, 0.0) for step in range(9)])
    seen = points(client, lease)
    queue.requeue(empty, lease, now=time.time())
    again = queue.claim_run(empty, lease.run_id, host="here", device="cpu", seconds=60, now=time.time())
    assert again is not None
    reloaded = points(client, lease)  # a page that was opened between the claim and the rewind
    metrics.rewind(empty, again, 4, now=time.time())
    for cursor in (seen, reloaded):
        assert points(client, lease, f"{cursor['attempt']}:{cursor['step']}")["rewound_to"] == 4


def test_values_that_are_not_finite_travel_as_words(client: TestClient, empty: Database, lease: Lease) -> None:
    metrics.write(empty, lease, [(1, {"loss": math.nan}, 0.0), (2, {"loss": -math.inf}, 0.0)])
    assert points(client, lease)["points"]["loss"]["y"] == ["nan", "-inf"]


def test_a_long_curve_is_reduced_without_losing_a_spike(client: TestClient, empty: Database, lease: Lease) -> None:
    metrics.write(empty, lease, [(step, {"loss": 9.0 if step == 3333 else 0.1}, 0.0) for step in range(5000)])
    curve = points(client, lease)["points"]["loss"]
    assert len(curve["x"]) < 1300
    assert max(curve["y"]) == 9.0


@pytest.mark.parametrize(("query", "status"), [("run=nope", 404), ("run=a&after=a:1", 400), ("run=a&after=a:x:1", 400)])
def test_what_cannot_be_answered_is_refused(client: TestClient, empty: Database, query: str, status: int) -> None:
    assert client.get(f"/alignlab/points?{query}").status_code == status


@pytest.mark.parametrize("route", ["points?run=a", "fragments/head?id=a"])
@pytest.mark.parametrize(("error", "status"), [(DatabaseBusy, 503), (DiskFull, 503), (Damaged, 409)])
def test_what_may_succeed_later_is_told_from_what_will_not(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, route: str, error: type[StorageError], status: int
) -> None:
    def refuse() -> None:
        raise error("The database is away.")

    monkeypatch.setattr(clients, "database", refuse)
    answer = client.get(f"/alignlab/{route}")
    assert (answer.status_code, answer.json()) == (status, {"error": "The database is away."})


def test_a_part_speaks_the_language_it_is_asked_in(client: TestClient, empty: Database) -> None:
    said = {
        code: client.get(f"/alignlab/fragments/running_now?language={code}").json()["html"]
        for code in ("en", "zh", "xx")
    }
    assert "Nothing is running." in said["en"]
    assert "当前没有运行。" in said["zh"]
    assert said["xx"] == said["en"]


def test_the_queue_says_what_paused_a_run_where_no_person_did(
    client: TestClient, empty: Database, lease: Lease
) -> None:
    queue.finish(
        empty, lease, "paused", now=time.time(), reason=("Paused by a watch rule at step {step}.", {"step": 3})
    )
    html = client.get("/alignlab/fragments/queue").json()["html"]
    assert "paused</span> · Paused by a watch rule at step 3." in html


def test_a_part_says_when_its_page_must_run_again(client: TestClient, empty: Database, lease: Lease) -> None:
    before = client.get(f"/alignlab/fragments/head?id={lease.run_id}").json()
    assert before["every"] is not None
    queue.request(empty, lease.run_id, "stop", time.time())
    asked = client.get(f"/alignlab/fragments/head?id={lease.run_id}").json()
    assert asked["version"] != before["version"]
    queue.finish(empty, lease, "stopped", now=time.time())
    ended = client.get(f"/alignlab/fragments/head?id={lease.run_id}").json()
    assert ended["every"] is None


def test_names_are_escaped_in_every_part(client: TestClient, filled: Database) -> None:
    for run in runs.listing(filled):
        rename(filled, run.id, "<img src=x onerror=alert(1)>")
        said = client.get(f"/alignlab/fragments/head?id={run.id}").json()["html"]
        assert "<img" not in said
    for name in ("running_now", "queue", "recent_runs", "table", "engine"):
        assert "<img" not in client.get(f"/alignlab/fragments/{name}").json()["html"]


def test_a_part_or_run_that_is_not_there_is_a_404(client: TestClient, empty: Database) -> None:
    assert client.get("/alignlab/fragments/nope").status_code == 404
    assert client.get("/alignlab/fragments/head?id=nope").status_code == 404


def test_a_query_that_lacks_something_is_told_from_a_mistake_of_ours(
    client: TestClient, empty: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = client.get("/alignlab/fragments/head")
    assert (answer.status_code, answer.json()["error"]) == (400, "This fragment needs id.")
    monkeypatch.setitem(FRAGMENTS, "broken", lambda query: {}["nothing"])
    with pytest.raises(KeyError):
        client.get("/alignlab/fragments/broken")


@pytest.mark.parametrize("read", ["since", "series"])
def test_a_run_that_ends_while_it_is_read_loses_no_last_value(
    client: TestClient, empty: Database, lease: Lease, monkeypatch: pytest.MonkeyPatch, read: str
) -> None:
    metrics.write(empty, lease, [(1, {"loss": 0.5}, 0.0)])
    original, done = getattr(metrics, read), []

    def ending(*given: object, **named: object) -> object:
        answer = original(*given, **named)
        if not done:
            done.append(True)
            metrics.write(empty, lease, [(2, {"eval/reward": 0.9}, 0.0)])
            queue.finish(empty, lease, "succeeded", now=time.time())
        return answer

    monkeypatch.setattr(metrics, read, ending)
    answer = points(client, lease)
    assert answer["active"] or "eval/reward" in answer["points"]


@pytest.mark.parametrize(("asked", "answered"), [("/overview", "/"), ("/overview?lang=zh", "/?lang=zh")])
def test_the_first_page_has_a_name_too(client: TestClient, asked: str, answered: str) -> None:
    answer = client.get(asked, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (307, answered)


def test_plotly_comes_from_this_machine(client: TestClient) -> None:
    answer = client.get("/" + javascript.address("charts/js/vendor/plotly-basic.min.js"))
    assert answer.headers["content-type"].startswith("text/javascript")
    (version,) = re.findall(r"plotly\.js v([0-9.]+)", get_plotlyjs()[:500])
    assert f"plotly.js (basic - minified) v{version}" in answer.text[:500], "take the build of the installed version"


NUMBERS = ["", "-1", "0", "1.5", "1e3", "NaN", "9" * 30, "9" * 5_000, "\u0663", "\u00b2", " 1", "+1"]


@pytest.mark.parametrize("page", NUMBERS)
def test_a_page_that_is_no_number_of_one_is_a_bad_request(client: TestClient, filled: Database, page: str) -> None:
    answer = client.get("/alignlab/fragments/table", params={"page": page})
    assert (answer.status_code, answer.json()["error"]) == (400, "A page is a whole number, at least 1.")


def test_a_page_beyond_the_last_is_an_empty_one(client: TestClient, filled: Database) -> None:
    assert client.get("/alignlab/fragments/table", params={"page": "999999"}).status_code == 200


@pytest.mark.parametrize("number", [*NUMBERS[:2], *NUMBERS[3:]])
def test_a_cursor_of_other_numbers_is_a_bad_request(client: TestClient, empty: Database, number: str) -> None:
    for cursor in (f"a:{number}:1", f"a:1:{number}"):
        assert client.get("/alignlab/points", params={"run": "a", "after": cursor}).status_code == 400


def test_a_run_that_is_named_twice_is_answered_once(client: TestClient, lease: Lease) -> None:
    answer = client.get("/alignlab/points?" + f"run={lease.run_id}&" * 2_000)
    assert list(answer.json()["runs"]) == [lease.run_id]
    figures = client.get("/alignlab/fragments/figures", params={"runs": f"{lease.run_id},{lease.run_id[:8]},"})
    assert figures.json()["html"].count(f"run?id={lease.run_id}") == 1


def test_too_many_runs_are_a_bad_request(client: TestClient, empty: Database) -> None:
    answer = client.get("/alignlab/points?" + "&".join(f"run=run{number}" for number in range(1_001)))
    assert (answer.status_code, answer.json()["error"]) == (400, "At most 1000 runs are answered at once.")


@pytest.mark.parametrize(
    "spec",
    [
        "",
        "{",
        "[]",
        "1",
        '{"a": NaN}',
        '{"a": 1e999}',
        '{"a": "\\ud800"}',
        "[" * 9_000,
        "9" * 5_000,
        '{"a": "\\u0000"}',
    ],
)
def test_a_run_that_is_no_json_is_a_bad_request(client: TestClient, empty: Database, spec: str) -> None:
    answer = client.get("/alignlab/fragments/preflight", params={"spec": spec, "data": ""})
    assert (answer.status_code, answer.json()["error"][:15]) == (400, "The run is no J")


@pytest.mark.parametrize("search", ["word " * 60_000, "%" * 60_000, "a" * 60_000, "\0", "_", "\\", "'"])
def test_a_search_has_an_end_and_takes_signs_as_they_are(client: TestClient, filled: Database, search: str) -> None:
    answer = client.get("/alignlab/fragments/table", params={"search": search[:20_000]})
    assert "No run matches" in answer.json()["html"] or search == "\0"


@pytest.mark.parametrize("run_id", ["x" * 20_000, "\0", "\u202e", "%", "zz,yy", "../.."])
@pytest.mark.parametrize("name", ["head", "log", "figures"])
def test_an_odd_id_is_no_run(client: TestClient, filled: Database, name: str, run_id: str) -> None:
    assert client.get(f"/alignlab/fragments/{name}", params={"id": run_id, "runs": run_id}).status_code == 404
