"""Curves as the averages of equal stretches of steps, the same stretches for all: what a mean over runs is made of.

Left out: curves that keep every spike, which single runs are drawn with (`metrics`).
"""

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from storage.database import Database
from storage.metrics import LAST_STEP

AVERAGED = sa.text(
    """
    SELECT AVG(step * 1.0), AVG(value), MAX(kind) FROM points
    WHERE series_id = :series AND step BETWEEN :start AND :stop GROUP BY step / :width ORDER BY step / :width
    """
)
Averages = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]
"""Mean steps, growing, and mean values; NaN where a stretch holds a value that is no finite number."""


def averages(db: Database, series_id: int, width: int, *, start: int = 0, stop: int = LAST_STEP) -> Averages:
    """The curve between two steps (both included), averaged over `width` steps each; with 1, every point as it is."""
    span = {"series": series_id, "start": start, "stop": stop, "width": width}
    with db.read() as connection:
        rows = connection.execute(AVERAGED, span).all()
    values = [float("nan") if kind or value is None else float(value) for _step, value, kind in rows]
    return np.array([float(row[0]) for row in rows]), np.array(values)
