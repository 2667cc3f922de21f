"""Curves: nothing written is lost or doubled, and no thinning hides a spike."""

import math
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import metrics, queue, runs
from storage.database import Database
from storage.errors import LeaseLost
from storage.records import Curve, Lease, Run, Series

NAN, INF = math.nan, math.inf


def write(db: Database, lease: Lease, key: str, values: dict[int, float]) -> None:
    metrics.write(db, lease, [(step, {key: value}, 1000.0 + step) for step, value in values.items()])


def one_series(db: Database, run_id: str, key: str = "loss") -> Series:
    return next(series for series in metrics.series(db, [run_id]) if series.key == key)


def curve(db: Database, run_id: str, key: str = "loss", **more: Any) -> Curve:
    number = one_series(db, run_id, key).id
    return metrics.read(db, [number], **more)[number]


def as_dict(curve: Curve) -> dict[int, float]:
    return dict(zip(curve.steps.tolist(), curve.values.tolist(), strict=True))


def next_attempt(db: Database, lease: Lease) -> Lease:
    queue.requeue(db, lease, now=200.0)
    newer = queue.claim(db, host="here", device="cpu", lane="train", seconds=60, now=201.0)
    assert newer is not None
    return newer


# writing


def test_points_come_back_as_they_were_added(db: Database, lease: Lease):
    write(db, lease, "loss", {0: 0.69, 1: 0.5, 2: 1e-300})
    write(db, lease, "eval/reward", {2: -1.5})
    assert list(metrics.points(db, lease.run_id)) == [
        ("eval/reward", 2, -1.5, 1002.0),
        ("loss", 0, 0.69, 1000.0),
        ("loss", 1, 0.5, 1001.0),
        ("loss", 2, 1e-300, 1002.0),
    ]
    assert list(metrics.points(db, lease.run_id, "eval/reward")) == [("eval/reward", 2, -1.5, 1002.0)]


def test_nan_and_infinities_are_kept_apart(db: Database, lease: Lease):
    write(db, lease, "loss", {0: NAN, 1: INF, 2: -INF, 3: 1.0})
    np.testing.assert_array_equal(curve(db, lease.run_id).values, [NAN, INF, -INF, 1.0])
    series = one_series(db, lease.run_id)
    assert math.isnan(series.first)
    assert (series.minimum, series.maximum, series.last, series.count) == (1.0, 1.0, 1.0, 4)
    write(db, lease, "kl", {0: -INF})
    series = one_series(db, lease.run_id, "kl")
    assert (series.minimum, series.minimum_step, series.last) == (None, None, -INF)


def test_the_writer_commits_from_its_thread(db: Database, lease: Lease):
    writer = metrics.Writer(db, lease, interval=0.01)
    for step in range(100):
        writer.add(step, {"loss": step / 100}, 1000.0)
    for _ in range(500):
        if metrics.series(db, [lease.run_id]):
            break
        threading.Event().wait(0.01)
    writer.close()
    assert one_series(db, lease.run_id).count == 100
    assert writer.dropped == 0
    assert not [thread for thread in threading.enumerate() if thread.name == "metrics"]


def test_flush_commits_all_that_was_added(db: Database, lease: Lease):
    writer = metrics.Writer(db, lease, interval=3600)
    writer.add(1, {"loss": 0.5, "kl": 0.1}, 1000.0)
    assert metrics.series(db, [lease.run_id]) == []
    writer.flush()
    assert [series.key for series in metrics.series(db, [lease.run_id])] == ["kl", "loss"]
    writer.close()


def test_what_is_no_number_is_dropped_and_counted_never_raised(db: Database, lease: Lease):
    writer = metrics.Writer(db, lease, interval=3600)
    writer.add(1, {"loss": "high", "kl": 0.1}, 1000.0)  # type: ignore[dict-item]
    writer.add("one", {"loss": 0.5}, 1000.0)  # type: ignore[arg-type]
    writer.add(2, {"loss": 0.5}, 1000.0)
    writer.close()
    assert writer.dropped == 3
    assert list(metrics.points(db, lease.run_id)) == [("loss", 2, 0.5, 1000.0)]


def test_a_lost_lease_raises_at_flush_and_drops_the_rest(db: Database, lease: Lease):
    writer = metrics.Writer(db, lease, interval=3600)
    writer.add(1, {"loss": 0.5}, 1000.0)
    next_attempt(db, lease)
    with pytest.raises(LeaseLost):
        writer.flush()
    writer.add(2, {"loss": 0.5, "kl": 1.0}, 1000.0)
    assert writer.dropped == 3
    with pytest.raises(LeaseLost):
        writer.close()
    assert metrics.series(db, [lease.run_id]) == []


def test_points_are_kept_while_the_database_cannot_take_them(
    db: Database, lease: Lease, monkeypatch: pytest.MonkeyPatch
):
    writer = metrics.Writer(db, lease, interval=0.01)
    full = threading.Event()

    def disk_is_full(*_: object) -> None:
        full.set()
        raise OSError("no space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(metrics, "write", disk_is_full)
        writer.add(1, {"loss": 0.5}, 1000.0)
        assert full.wait(10)
        with pytest.raises(OSError, match="no space left"):
            writer.flush()
        writer.add(2, {"loss": 0.4}, 1000.0)
    writer.close()
    assert [point[1:3] for point in metrics.points(db, lease.run_id)] == [(1, 0.5), (2, 0.4)]
    assert writer.dropped == 0


def test_a_step_logged_twice_counts_once_and_the_last_value_stands(db: Database, lease: Lease):
    metrics.write(db, lease, [(1, {"loss": 9.0}, 1.0), (2, {"loss": 2.0}, 2.0), (1, {"loss": 1.0}, 3.0)])
    write(db, lease, "loss", {2: 0.5, 3: 3.0})
    assert as_dict(curve(db, lease.run_id)) == {1: 1.0, 2: 0.5, 3: 3.0}
    series = one_series(db, lease.run_id)
    assert (series.count, series.first, series.minimum, series.maximum) == (3, 1.0, 0.5, 3.0), "the 9 is gone"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.dictionaries(st.integers(0, 60), st.sampled_from([-2.0, 0.0, 0.5, 3.0, NAN, INF, -INF]), max_size=12),
        max_size=5,
    )
)
def test_the_summary_always_equals_that_of_all_points(
    db: Database, make_run: Callable[..., Run], batches: list[dict[int, float]]
):
    run = make_run()
    lease = queue.claim_run(db, run.id, host="here", device=run.id, seconds=60, now=1.0)
    assert lease is not None
    known: dict[int, float] = {}
    for batch in batches:
        write(db, lease, "loss", batch)
        known.update(batch)
    if not known:
        assert metrics.series(db, [run.id]) == []
        return
    series = one_series(db, run.id)
    finite = [value for value in known.values() if math.isfinite(value)]
    np.testing.assert_array_equal(
        [series.count, series.last_step, series.first, series.last],
        [len(known), max(known), known[min(known)], known[max(known)]],
    )
    assert (series.minimum, series.maximum) == ((min(finite), max(finite)) if finite else (None, None))
    if finite:
        assert known[series.minimum_step or 0] == series.minimum
        assert known[series.maximum_step or 0] == series.maximum


# reading


def test_a_short_curve_is_read_whole(db: Database, lease: Lease):
    values = {step: math.sin(step) for step in range(500)}
    write(db, lease, "loss", values)
    assert as_dict(curve(db, lease.run_id)) == values
    sparse = {step: float(step) for step in range(0, 10_000, 50)}
    write(db, lease, "eval/loss", sparse)
    assert as_dict(curve(db, lease.run_id, "eval/loss")) == sparse, "few points far apart are all kept"


def test_every_bucket_keeps_its_smallest_and_largest_point(db: Database, lease: Lease):
    generator = np.random.default_rng(0)
    values = {step: float(value) for step, value in enumerate(generator.normal(size=5000))}
    write(db, lease, "loss", values)
    read = as_dict(curve(db, lease.run_id, buckets=100))
    assert len(read) <= 2 * 100 + 2
    assert read.items() <= values.items()
    for low in range(0, 5000, 50):
        bucket = [values[step] for step in range(low, low + 50)]
        kept = [value for step, value in read.items() if low <= step < low + 50]
        assert (min(kept), max(kept)) == (min(bucket), max(bucket))
    assert {0, 4999} <= read.keys(), "the ends of the curve are its ends"


def test_single_spikes_nan_and_infinities_survive_thinning(db: Database, lease: Lease):
    values = dict.fromkeys(range(20_000), 0.5)
    planted = {17: 99.0, 4_321: -99.0, 9_999: NAN, 11_111: NAN, 12_345: INF, 15_555: -INF, 19_998: 7.0}
    write(db, lease, "loss", {**values, **planted})
    read = curve(db, lease.run_id, buckets=300)
    assert len(read.steps) < 1000
    assert (np.diff(read.steps) > 0).all()
    kept = as_dict(read)
    np.testing.assert_array_equal([kept[step] for step in planted], list(planted.values()))


def test_a_part_of_a_curve_is_read_finer(db: Database, lease: Lease):
    write(db, lease, "loss", {step: float(step) for step in range(10_000)})
    read = curve(db, lease.run_id, start=5_000, stop=5_099, buckets=500)
    assert read.steps.tolist() == list(range(5_000, 5_100)), "both ends included"
    empty = curve(db, lease.run_id, start=20_000)
    assert (empty.steps.size, empty.values.size) == (0, 0)


@pytest.mark.parametrize("buckets", [1, 2, 3, 7, 500])
@pytest.mark.parametrize(("start", "stop"), [(0, 9), (5, 9), (9, 9), (-3, 4), (7, 40), (13, 14)])
def test_a_stretch_of_a_curve_has_its_bounds_and_nothing_from_beyond_them(
    db: Database, lease: Lease, start: int, stop: int, buckets: int
):
    values = {step: float(step * 37 % 11) for step in range(20) if step != 13} | {14: NAN, 15: 99.0, 10: -99.0}
    write(db, lease, "loss", values)
    inside = {step: value for step, value in values.items() if start <= step <= stop}
    read = curve(db, lease.run_id, start=start, stop=stop, buckets=buckets)
    found = as_dict(read)
    assert found.keys() <= inside.keys()
    assert {min(inside), max(inside)} <= found.keys()
    finite = [value for value in inside.values() if not math.isnan(value)]
    if finite:
        assert {min(finite), max(finite)} <= set(found.values())
    if buckets == 500:
        assert found.keys() == inside.keys()


def test_several_series_are_read_at_once(db: Database, lease: Lease):
    metrics.write(db, lease, [(step, {"a": 1.0, "b": 2.0}, 0.0) for step in range(3)])
    numbers = {series.key: series.id for series in metrics.series(db, [lease.run_id])}
    read = metrics.read(db, list(numbers.values()))
    assert read[numbers["b"]].values.tolist() == [2.0] * 3
    assert metrics.read(db, [999])[999].steps.size == 0


# following a run


def test_a_cursor_brings_only_what_is_new(db: Database, lease: Lease):
    write(db, lease, "loss", {0: 1.0, 1: 0.9})
    first = metrics.since(db, [lease.run_id, "nobody"])[lease.run_id]
    assert first.points == {"loss": ([0, 1], [1.0, 0.9])}
    assert (first.attempt, first.step, first.rewound_to, first.state) == (1, 1, None, "running")
    write(db, lease, "eval/loss", {1: 0.8})
    write(db, lease, "loss", {2: 0.7})
    second = metrics.since(db, [lease.run_id], {lease.run_id: (first.attempt, first.step)})[lease.run_id]
    assert second.points == {"loss": ([1, 2], [0.9, 0.7]), "eval/loss": ([1], [0.8])}, "its own step is sent again"
    assert second.step == 2
    third = metrics.since(db, [lease.run_id], {lease.run_id: (1, 2)})[lease.run_id]
    assert third.points == {"loss": ([2], [0.7])}


def test_a_follower_is_told_where_the_run_was_rewound_to(db: Database, lease: Lease):
    write(db, lease, "loss", dict.fromkeys(range(10), 1.0))
    cursors = {lease.run_id: (1, 9)}
    second = next_attempt(db, lease)
    before = metrics.since(db, [lease.run_id], cursors)[lease.run_id]
    assert (before.attempt, before.rewound_to) == (1, None), "nothing was deleted yet"
    metrics.rewind(db, second, 4, now=202.0)
    write(db, second, "loss", {5: 2.0})
    update = metrics.since(db, [lease.run_id], cursors)[lease.run_id]
    assert (update.attempt, update.step, update.rewound_to) == (2, 5, 4)
    assert update.points == {"loss": ([4, 5], [1.0, 2.0])}
    assert metrics.since(db, [lease.run_id], {lease.run_id: (2, 5)})[lease.run_id].rewound_to is None


def test_a_follower_who_slept_through_two_rewinds_hears_of_the_deeper_one(db: Database, lease: Lease):
    write(db, lease, "loss", dict.fromkeys(range(10), 1.0))
    second = next_attempt(db, lease)
    metrics.rewind(db, second, 2, now=202.0)
    write(db, second, "loss", {3: 2.0, 4: 2.0, 5: 2.0})
    third = next_attempt(db, second)
    metrics.rewind(db, third, 4, now=203.0)
    update = metrics.since(db, [lease.run_id], {lease.run_id: (1, 9)})[lease.run_id]
    assert (update.attempt, update.rewound_to) == (3, 2)
    assert update.points == {"loss": ([2, 3, 4], [1.0, 2.0, 2.0])}


def test_a_rewind_leaves_nothing_past_its_step(db: Database, lease: Lease):
    write(db, lease, "loss", {step: -float(step) for step in range(10)})
    write(db, lease, "late", {7: 1.0, 8: 1.0})
    second = next_attempt(db, lease)
    metrics.rewind(db, second, 5, now=202.0)
    assert [series.key for series in metrics.series(db, [lease.run_id])] == ["loss"], "no series without a point"
    series = one_series(db, lease.run_id)
    assert (series.count, series.last_step, series.last, series.minimum) == (6, 5, -5.0, -5.0)
    assert runs.get(db, lease.run_id).step == 5
    event = runs.events(db, lease.run_id)[-1]
    assert (event.kind, event.step, event.attempt) == ("rewind", 5, 2)


def test_a_first_attempt_has_nothing_to_go_back_from(db: Database, lease: Lease):
    metrics.rewind(db, lease, -1, now=101.0)
    assert [event.kind for event in runs.events(db, lease.run_id)] == ["attempt"]
