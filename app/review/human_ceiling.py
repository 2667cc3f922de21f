"""The human ceiling of the data that a run is trained on: how often one person agrees with the majority of the others.

Left out: the figure (`engine.analysis.people_agreement`), and drawing it (`app.charts`).
"""

import math
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from app.charts.live_panels import Baseline
from app.review import estimates, judged_pairs
from app.translations import _
from engine.analysis.comparisons import Estimate, by_pair, nothing
from engine.analysis.people_agreement import ceiling
from engine.spec import key_metrics
from storage import datasets
from storage.database import Database
from storage.errors import NotFound
from storage.judging import judgements
from storage.records import Run


def baselines(db: Database, runs: Iterable[Run]) -> dict[tuple[str, str], Baseline]:
    """(run, metric) -> the line at the ceiling, for each accuracy of a run whose data several people judged."""
    estimates_by_version: dict[tuple[str, str], Estimate] = {}
    lines = {}
    for run in runs:
        data, evaluation = _block(run, "data"), _block(run, "evaluation")
        version = str(data.get("dataset")), str(data.get("version"))
        if version not in estimates_by_version:
            estimates_by_version[version] = of_version(db, *version)
        line = _baseline(estimates_by_version[version])
        for key in key_metrics.PAIR_ACCURACIES if line else ():
            elsewhere = evaluation.get("dataset") not in (None, data.get("dataset"))
            if key != key_metrics.HELD_OUT_ACCURACY or not elsewhere:
                lines[run.id, key] = line
    return {key: line for key, line in lines.items() if line is not None}


@lru_cache(maxsize=64)
def of_version(db: Database, dataset: str, version: str) -> Estimate:
    """The ceiling over the items whose verdicts a frozen version rests on, by what was said until it was frozen.

    Kept: a version does not change.
    """
    items = {judgement.item_id for judgement in judgements.of_version(db, version)}
    if not items:
        return nothing()
    try:
        frozen_at = next(frozen.created_at for frozen in datasets.versions(db, dataset) if frozen.hash == version)
        judged = judged_pairs.of_dataset(db, dataset)
    except (NotFound, StopIteration):  # deleted or renamed since
        return nothing()
    comparisons = [
        comparison
        for comparison, source in zip(judged.comparisons, judged.sources, strict=True)
        if comparison.item in items and source.created_at <= frozen_at
    ]
    return ceiling(by_pair(comparisons))


def _block(run: Run, name: str) -> dict[str, Any]:
    """A part of the run's settings; empty where the run of another trainer has none of this form."""
    block = run.spec.get(name)
    return block if isinstance(block, dict) else {}


def _baseline(estimate: Estimate) -> Baseline | None:
    if estimate.value is None or math.isnan(estimate.value):
        return None
    return Baseline(estimate.value, _("human ceiling {figure}").format(figure=estimates.in_words(estimate)))
