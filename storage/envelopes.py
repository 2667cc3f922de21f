"""Curves as few pairs of minimum and maximum, of many series at once: for small pictures in tables.

Left out: curves that a person reads and zooms (`metrics.read`).
"""

from collections.abc import Collection

import sqlalchemy as sa

from storage import tables
from storage.database import Database

Envelope = list[tuple[float, float]]
"""(smallest, largest) finite value of each stretch of steps that has one, in the order of the steps."""


def read(db: Database, series_ids: Collection[int], buckets: int) -> dict[int, Envelope]:
    """The envelopes of these series over `buckets` equal stretches, in one query; a series without points has none."""
    point, series = tables.Point, tables.Series
    number = ((point.step * buckets) // (series.last_step + 1)).label("bucket")
    query = (
        sa.select(
            point.series_id, number, sa.func.min(point.value).label("low"), sa.func.max(point.value).label("high")
        )
        .join(series, series.id == point.series_id)
        .where(series.id.in_(series_ids), point.value.is_not(None))
        .group_by(point.series_id, number)
        .order_by(point.series_id, number)
    )
    found: dict[int, Envelope] = {}
    if series_ids:
        with db.read() as connection:
            for row in connection.execute(query):
                found.setdefault(row.series_id, []).append((row.low, row.high))
    return found
