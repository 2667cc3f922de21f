"""The curves of the compared runs, on the same live charts with one legend.

Left out: which panels there are (`app.charts.panels`), and how each run is drawn (`app.charts.line_styles`).
"""

from collections.abc import Collection, Mapping, Sequence

from app import clients
from app.charts import branches, event_marks, live_panels, panels
from app.charts.line_styles import line_styles
from app.review import human_ceiling
from storage import metrics
from storage.records import ACTIVE, Run


def present(compared: Sequence[Run]) -> Mapping[str, Collection[str]]:
    """The metrics that each run has reported."""
    return metrics.by_run(clients.database(), [run.id for run in compared])


def curves(compared: Sequence[Run], present: Mapping[str, Collection[str]], axis: live_panels.Axis) -> None:
    """The panels, with one legend for all of them."""
    styles = line_styles(compared)
    db = clients.database()
    live_panels.show(
        "panels_compare",
        panels.compared(compared, present, styles, human_ceiling.baselines(db, compared)),
        [run.id for run in compared],
        active=any(run.state in ACTIVE for run in compared),
        legend=[panels.trace(run, styles[run.id], "") for run in compared],
        axis=axis,
        origins=branches.origins(db, compared),
        marks=event_marks.marks(db, compared),
    )
