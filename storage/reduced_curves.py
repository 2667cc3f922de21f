"""One curve as the minimum and maximum of each bucket of steps, inside a caller's transaction.

Left out: which series are read, and the transaction (`metrics`).
"""

import math

import numpy as np
import sqlalchemy as sa

from storage.records import Curve

FINITE, NAN, PLUS, MINUS = range(4)
SPECIAL = {NAN: math.nan, PLUS: math.inf, MINUS: -math.inf}
IN_SIGHT = "FROM points WHERE series_id = :series AND step BETWEEN :start AND :stop"
IN_BUCKET = "FROM points WHERE series_id = :series AND step >= low AND step < high"

ENDS = sa.text(f"SELECT (SELECT MIN(step) {IN_SIGHT}), (SELECT MAX(step) {IN_SIGHT})")
# (step, kind, value) of each bucket's smallest and largest point, of its first NaN and infinities, and of the ends.
# The database thins: 200,000 points never become Python objects. Written so that SQLite walks each bucket in key order
# and sorts nothing, which is twice as fast as GROUP BY with ties broken by a window.
REDUCED = sa.text(
    f"""
    WITH RECURSIVE edge (low) AS (
        SELECT CAST(:start AS BIGINT) UNION ALL SELECT low + :width FROM edge WHERE low + :width <= :stop
    ), bucket (low, high) AS (
        SELECT low, CASE WHEN low + :width > :stop THEN :stop + 1 ELSE low + :width END FROM edge
    ), extremes (low, high, minimum, maximum) AS MATERIALIZED (
        SELECT low, high, (SELECT MIN(value) {IN_BUCKET}), (SELECT MAX(value) {IN_BUCKET}) FROM bucket
    )
    SELECT (SELECT step {IN_BUCKET} AND value = minimum ORDER BY step LIMIT 1), 0, minimum FROM extremes
    WHERE minimum IS NOT NULL
    UNION ALL
    SELECT (SELECT step {IN_BUCKET} AND value = maximum ORDER BY step LIMIT 1), 0, maximum FROM extremes
    WHERE maximum IS NOT NULL
    UNION ALL
    SELECT MIN(step), kind, NULL {IN_SIGHT} AND kind <> 0 GROUP BY (step - :start) / :width, kind
    UNION ALL
    SELECT step, kind, value FROM points WHERE series_id = :series AND step IN (:start, :stop)
    """
)


def number(kind: int, value: float | None) -> float:
    """A stored value as it was logged: SQLite has no NaN."""
    return SPECIAL[kind] if value is None else value


def read(connection: sa.Connection, series_id: int, start: int, stop: int, buckets: int) -> Curve:
    """The curve of a series between two steps, both included: see `metrics.read`."""
    span = {"series": series_id, "start": start, "stop": stop}
    first, last = connection.execute(ENDS, span).one()
    if first is None:
        return Curve(np.empty(0, np.int64), np.empty(0))
    width = -(-(last - first + 1) // buckets)
    rows = connection.execute(REDUCED, {"series": series_id, "start": first, "stop": last, "width": width}).all()
    steps, index = np.unique(np.array([row[0] for row in rows], np.int64), return_index=True)
    values = np.array([number(row[1], row[2]) for row in rows])
    return Curve(steps, values[index])
