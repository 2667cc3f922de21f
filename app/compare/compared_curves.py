"""The curves of the compared runs, on the same live charts with one legend.

Left out: which panels there are (`app.charts.panels`), and how each run is drawn (`app.charts.line_styles`).
"""

from collections.abc import Sequence

from app import clients
from app.charts import branches, live_panels, panels
from app.charts.line_styles import line_styles
from app.review import human_ceiling
from storage import metrics
from storage.records import ACTIVE, Run


def curves(compared: Sequence[Run], axis: live_panels.Axis | None) -> None:
    """The panels, with one legend for all of them."""
    styles = line_styles(compared)
    db = clients.database()
    series = metrics.by_run(db, [run.id for run in compared])
    live_panels.show(
        "panels_compare",
        panels.compared(compared, series, styles, human_ceiling.baselines(db, compared)),
        [run.id for run in compared],
        active=any(run.state in ACTIVE for run in compared),
        legend=[panels.trace(run, styles[run.id], "") for run in compared],
        axis=axis,
        origins=branches.origins(db, compared),
    )
