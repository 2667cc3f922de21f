"""What a reader looks into and takes away: the points of a range of steps, and every point as a table."""

import csv
import io
import math

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from app.routes import ROUTES
from storage import intervals, metrics
from storage.database import Database
from storage.records import Interval, Lease
from tests.app import invented

AT = 1_700_000_000.0
STEPS = 2_000


@pytest.fixture
def lease(empty: Database) -> Lease:
    """A run whose curve is so long that the server thins it."""
    lease = invented.started(empty, "dpo", "=long, with a comma", AT)
    metrics.write(empty, lease, [(step, {"loss": step / 10, "reward": 1.0}, AT + step) for step in range(STEPS)])
    return lease


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(routes=ROUTES))


def test_a_range_has_every_point_that_the_whole_curve_had_left_out(client: TestClient, lease: Lease) -> None:
    whole = client.get(f"/alignlab/points?run={lease.run_id}").json()["runs"][lease.run_id]["points"]["loss"]["x"]
    part = client.get(f"/alignlab/points?run={lease.run_id}&range=100:160").json()["runs"][lease.run_id]
    assert part["points"]["loss"]["x"] == list(range(100, 161))
    assert len([step for step in whole if 100 <= step <= 160]) < 61


def test_some_metrics_are_answered_whole_without_the_others(client: TestClient, lease: Lease) -> None:
    whole = client.get(f"/alignlab/points?run={lease.run_id}").json()["runs"][lease.run_id]["points"]
    ahead = client.get(f"/alignlab/points?run={lease.run_id}&key=loss&key=nothing").json()["runs"][lease.run_id]
    assert ahead == {"points": {"loss": whole["loss"]}}


def test_a_curve_that_was_read_before_has_what_came_since(client: TestClient, empty: Database, lease: Lease) -> None:
    address = f"/alignlab/points?run={lease.run_id}"
    assert client.get(address).json()["runs"][lease.run_id]["points"]["loss"]["x"][-1] == STEPS - 1
    metrics.write(empty, lease, [(STEPS, {"loss": 7.0}, AT)])
    after = client.get(address).json()["runs"][lease.run_id]["points"]["loss"]
    assert (after["x"][-1], after["y"][-1]) == (STEPS, 7.0)


@pytest.mark.parametrize("text", ["", "5", "a:b", "5:", "-1:4", f"{10**12}:1"])
def test_a_range_that_is_none_is_a_bad_request(client: TestClient, lease: Lease, text: str) -> None:
    assert client.get("/alignlab/points", params={"run": lease.run_id, "range": text}).status_code == 400


def test_the_table_has_every_point_as_it_was_logged(client: TestClient, empty: Database, lease: Lease) -> None:
    metrics.write(empty, lease, [(STEPS, {"loss": math.nan}, AT)])
    answer = client.get(f"/alignlab/points.csv?run={lease.run_id}&key=loss&key=reward")
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["metric"] for row in rows] == ["loss"] * (STEPS + 1) + ["reward"] * STEPS
    expected = [(key, step, value) for key, step, value, _ in metrics.points(empty, lease.run_id) if step < STEPS]
    read = [(row["metric"], int(row["step"]), float(row["value"])) for row in rows if int(row["step"]) < STEPS]
    assert read == expected
    assert (rows[STEPS]["value"], rows[3]["wall_time"], rows[0]["run"]) == ("nan", str(AT + 3), lease.run_id)


def test_a_name_is_no_formula_in_a_table(client: TestClient, lease: Lease) -> None:
    answer = client.get(f"/alignlab/points.csv?run={lease.run_id}&key=loss").text
    assert next(csv.DictReader(io.StringIO(answer)))["name"] == "'=long, with a comma"


def test_a_table_of_a_run_that_is_not_there_is_a_404(client: TestClient, lease: Lease) -> None:
    assert client.get("/alignlab/points.csv?run=none&key=loss").status_code == 404


SURE = Interval(0.4, 0.6, 32, 32)


def test_the_interval_of_an_evaluation_comes_as_two_curves_beside_it(
    client: TestClient, empty: Database, lease: Lease
) -> None:
    address = f"/alignlab/points?run={lease.run_id}"
    metrics.write(empty, lease, [(0, {"eval/reward": 0.5, "eval/kl": 0.0}, AT), (9, {"eval/reward": 0.7}, AT)])
    intervals.add(empty, lease, {("eval/reward", 0): SURE})
    whole = client.get(address).json()["runs"][lease.run_id]["points"]
    assert (whole["eval/reward:low"], whole["eval/reward:high"]) == ({"x": [0], "y": [0.4]}, {"x": [0], "y": [0.6]})
    assert "eval/kl:low" not in whole, "none is kept of it"
    ahead = client.get(f"{address}&key=eval/reward&key=eval/reward:low").json()["runs"][lease.run_id]["points"]
    assert list(ahead) == ["eval/reward", "eval/reward:low", "eval/reward:high"]
    intervals.add(empty, lease, {("eval/reward", 9): SURE})
    since = client.get(f"{address}&after={lease.run_id}:1:9").json()["runs"][lease.run_id]["points"]
    assert since["eval/reward:low"] == {"x": [9], "y": [0.4]}


def test_the_table_of_points_has_the_ends_of_their_intervals(client: TestClient, empty: Database, lease: Lease) -> None:
    metrics.write(empty, lease, [(0, {"eval/reward": 0.5}, AT), (9, {"eval/reward": 0.7}, AT)])
    intervals.add(empty, lease, {("eval/reward", 0): SURE})
    text = client.get(f"/alignlab/points.csv?run={lease.run_id}&key=eval/reward").text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["step"], row["low"], row["high"]) for row in rows] == [("0", "0.4", "0.6"), ("9", "", "")]
