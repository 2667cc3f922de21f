"""The curves of the compared runs, on the same live charts with one legend.

Left out: which panels there are (`app.charts.panels`), and how each run is drawn (`app.charts.line_styles`).
"""

from collections.abc import Sequence

from app import clients
from app.charts import live_panels, panels
from app.charts.line_styles import line_styles
from app.review import human_ceiling
from app.translations import _
from engine.spec import key_metrics
from storage import metrics
from storage.records import ACTIVE, Run


def curves(compared: Sequence[Run], axis: str) -> None:
    """The panels, with one legend for all of them."""
    styles = line_styles(compared)
    db = clients.database()
    series = metrics.by_run(db, [run.id for run in compared])
    tokens = live_panels.Axis(key_metrics.TRAINED_TOKENS, _("tokens"), _("{value} tokens"))
    live_panels.show(
        "panels_compare",
        panels.compared(compared, series, styles, human_ceiling.baselines(db, compared)),
        [run.id for run in compared],
        active=any(run.state in ACTIVE for run in compared),
        legend=[panels.trace(run, styles[run.id], "") for run in compared],
        axis=tokens if axis == "tokens" else None,
    )
