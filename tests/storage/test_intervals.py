"""Intervals stand beside their points: with every series' ends, by step, and gone where the points are gone."""

import pytest

from storage import intervals, metrics
from storage.database import Database
from storage.errors import LeaseLost
from storage.records import Interval, Lease
from tests.storage.test_metrics import next_attempt

WIDE, NARROW = Interval(0.2, 0.8, 32, 32), Interval(0.55, 0.65, 300, 1_200)


@pytest.fixture
def written(db: Database, lease: Lease) -> Lease:
    """Rewards at steps 0, 5 and 9, of which the last has no interval, and a loss that never has one."""
    metrics.write(db, lease, [(step, {"eval/reward": 0.5, "loss": 1.0}, 7.0) for step in (0, 5, 9)])
    intervals.add(db, lease, {("eval/reward", 0): WIDE, ("eval/reward", 5): NARROW})
    return lease


def test_a_series_has_those_of_its_first_and_last_point(db: Database, written: Lease):
    series = metrics.by_run(db, [written.run_id])[written.run_id]
    assert (series["eval/reward"].first_interval, series["eval/reward"].last_interval) == (WIDE, None)
    assert (series["loss"].first_interval, series["loss"].last_interval) == (None, None)
    intervals.add(db, written, {("eval/reward", 9): NARROW})
    assert metrics.by_run(db, [written.run_id])[written.run_id]["eval/reward"].last_interval == NARROW


def test_they_come_by_run_metric_and_step(db: Database, written: Lease):
    assert intervals.listing(db, [written.run_id]) == {written.run_id: {"eval/reward": {0: WIDE, 5: NARROW}}}
    assert intervals.listing(db, [written.run_id], ["loss"]) == {}
    assert intervals.listing(db, []) == {}


def test_one_that_is_measured_again_is_replaced(db: Database, written: Lease):
    intervals.add(db, written, {("eval/reward", 0): NARROW})
    assert intervals.listing(db, [written.run_id])[written.run_id]["eval/reward"][0] == NARROW


def test_they_go_with_the_points_of_a_run_that_goes_back(db: Database, written: Lease):
    metrics.rewind(db, next_attempt(db, written), 3, now=200.0)
    assert intervals.listing(db, [written.run_id])[written.run_id] == {"eval/reward": {0: WIDE}}


def test_an_attempt_that_lost_its_run_keeps_none(db: Database, written: Lease):
    with pytest.raises(LeaseLost):
        intervals.add(db, Lease(written.run_id, 9, written.slot), {("eval/reward", 9): WIDE})
