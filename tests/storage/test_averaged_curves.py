"""Averages of equal stretches of steps: by hand, with a value that is no number, and over a part of the steps."""

import math

import pytest

from storage import averaged_curves, metrics
from storage.database import Database
from storage.records import Lease


def test_stretches_are_averaged_and_a_value_that_is_no_number_is_not_hidden(db: Database, lease: Lease) -> None:
    values = [1.0, 3.0, 5.0, math.nan, 4.0]
    metrics.write(db, lease, [(step, {"loss": value}, 0.0) for step, value in enumerate(values)])
    (series,) = metrics.series(db, [lease.run_id])
    steps, averages = averaged_curves.averages(db, series.id, 2)
    assert steps.tolist() == [0.5, 2.5, 4.0]
    assert averages.tolist() == pytest.approx([2.0, math.nan, 4.0], nan_ok=True)
    steps, averages = averaged_curves.averages(db, series.id, 1, start=1, stop=2)
    assert (steps.tolist(), averages.tolist()) == ([1.0, 2.0], [3.0, 5.0])
