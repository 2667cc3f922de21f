"""What the curve reader finds in a stored run, for its page and for the command line.

Left out: the patterns (`engine.analysis.curve_reader`), and what a page shows of them (`app.runs.findings_list`).
"""

from engine.analysis.curve_reader.curve import Curve, Finding, RunCurves
from engine.analysis.curve_reader.read import findings, is_read
from engine.spec import readable
from storage import metrics
from storage.database import Database
from storage.records import Run

BUCKETS = 200  # each gives its smallest and its largest point: enough for medians, and read in milliseconds


def of_run(db: Database, run: Run) -> list[Finding]:
    """What is found in the run's curves, the gravest first."""
    series = {summary.id: summary.key for summary in metrics.series(db, [run.id]) if is_read(summary.key)}
    curves = metrics.read(db, list(series), buckets=BUCKETS)
    spec = readable(run.spec)
    return findings(
        RunCurves(
            undecided_loss=None if spec is None else spec.undecided_loss,
            curves={series[number]: Curve.of(curve.steps, curve.values) for number, curve in curves.items()},
        )
    )
