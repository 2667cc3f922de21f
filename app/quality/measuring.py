"""Measures a dataset of the workspace, keeps its report, and labels the rows with a defect.

`python -P -m app.quality.measuring --workspace DIR --dataset NAME` does it for the working copy, in a process of its
own that the dashboard starts (`background`). Left out: what is measured (`engine.analysis.quality`).
"""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from app.actions import quality_labels
from app.people import COMMAND_LINE
from app.quality import reports
from app.quality.stored_items import quality_input
from engine.analysis.quality.measure import measure
from engine.analysis.quality.quality_report import QualityReport
from storage import datasets, outages
from storage.database import Database, connect
from storage.item_content import FLAGS, content_hash, split
from storage.judging import judged_items
from storage.workspace import Workspace

Progress = Callable[[float], None]
NICENESS = 10  # it shall not slow a run down


def _ignore(fraction: float) -> None:
    """Nobody watches."""


def working_copy(db: Database, name: str, progress: Progress = _ignore) -> QualityReport:
    """The report of the working copy as it would be frozen, measured unless it is kept. Raises NotFound."""
    data = datasets.get(db, name)
    kept = reports.of_working_copy(db, data)
    if kept is not None and kept.is_current:
        return kept.report
    state = reports.state(db, data)
    items = split(judged_items.to_freeze(db, name, datasets.items(db, name)[0]))
    report = measure(quality_input(db, name, items), progress)
    version = content_hash(items)
    quality_labels.label_defects(
        db, COMMAND_LINE, name, {defect.key: defect.items for defect in report.defects if defect.key not in FLAGS}
    )
    reports.keep(db, data, state, version, report)
    return report


def frozen(db: Database, name: str, version: str, progress: Progress = _ignore) -> QualityReport:
    """The report of a frozen version of the dataset, measured unless it is kept. Raises NotFound, Damaged."""
    kept = reports.of_version(db, version)
    if kept is not None:
        return kept
    report = measure(quality_input(db, name, datasets.load(db, version)), progress)
    reports.keep_of_version(db, version, report)
    return report


def main() -> int:
    """Measure one working copy."""
    parser = argparse.ArgumentParser(prog="app.quality.measuring")
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--dataset", required=True)
    options = parser.parse_args()
    os.nice(NICENESS)
    working_copy(connect(Workspace(options.workspace)), options.dataset)
    return 0


if __name__ == "__main__":
    sys.exit(outages.in_words(main))
