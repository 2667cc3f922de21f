"""The points of the curves of groups, as live charts take them: a mean, the edges of its band, single runs behind.

A group answers under its id in place of a run's, and each curve under the metric's key with a part after `~`. Runs are
aligned along the axis here, on the server: their points lie at other tokens or seconds. No Streamlit. Left out: which
panels show them (`group_panels`).
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from app.compare.compared_groups import Comparison, RunGroup
from app.compare.compared_runs import SeriesByRun
from app.markup.json_numbers import json_number
from engine.analysis.group_curves import BandKind, GroupCurve, Line, band_kind, combined, minus
from engine.spec import key_metrics
from storage import averaged_curves
from storage.averaged_curves import Averages
from storage.database import Database
from storage.metrics import LAST_STEP
from storage.records import ACTIVE, Series

POINTS = 400  # of a curve; beyond it, averages of equal stretches of steps
MEAN, LOW, HIGH = "mean", "low", "high"
DIGITS = 7
MOST_KEPT = 4000  # curves, of 7 kB each at most
CURVES = (*key_metrics.RANKED_HELD_OUT, key_metrics.TRAINING_REWARD, key_metrics.LOSS)
"""The metrics whose curves compare runs where each has a chart of its own."""
Curves = dict[str, dict[str, GroupCurve]]
"""group id -> metric key -> curve"""


def part(key: str, name: str) -> str:
    """The key of one curve of a metric: of its mean, an edge of its band, or a run."""
    return f"{key}~{name}"


def band_of(comparison: Comparison) -> BandKind:
    """What the bands of this comparison show."""
    return band_kind([len(group.runs) for group in comparison.groups])


def stretch(series: SeriesByRun) -> int:
    """Over how many steps the points of a whole curve are averaged."""
    last = max((each.last_step for of_run in series.values() for each in of_run.values()), default=0)
    return -(-(last + 1) // POINTS)


def count(series: SeriesByRun) -> int:
    """How many points there are: it changes whenever a curve does."""
    return sum(each.count for of_run in series.values() for each in of_run.values())


def group_curves(
    db: Database,
    comparison: Comparison,
    series: SeriesByRun,
    *,
    axis: str = "",
    keys: Sequence[str] | None = None,
    span: tuple[float, float] | None = None,
) -> Curves:
    """Mean and band of each metric that all runs of a group have, along steps or the metric `axis`.

    `span` is a part of the axis, which is read in more detail; `keys` are the metrics that are wanted, None for all.
    """
    curves: Curves = {}
    band = band_of(comparison)
    for group in comparison.groups:
        read = _Reader(db, group, series, axis, span)
        shared = [key for key in series[group.runs[0].id] if all(key in series[run.id] for run in group.runs)]
        wanted = [key for key in shared if keys is None or key in keys]
        combinations = {key: combined(lines, band) for key, lines in read.lines(wanted)}
        curves[group.id] = {key: curve for key, curve in combinations.items() if curve is not None}
    return curves


def differences(comparison: Comparison, curves: Curves) -> Curves:
    """Each curve less the baseline's mean; as they are where there is no baseline."""
    if comparison.baseline is None:
        return curves
    base = curves[comparison.baseline.id]
    less = {
        group: {key: minus(curve, base[key]) for key, curve in by_key.items() if key in base}
        for group, by_key in curves.items()
    }
    return {group: {key: curve for key, curve in by_key.items() if curve is not None} for group, by_key in less.items()}


def as_json(comparison: Comparison, curves: Curves, single: bool) -> dict[str, dict[str, Any]]:
    """The points by group and by part of a metric; `single` with those of every run."""
    return {
        group.id: {
            name: points
            for key, curve in curves[group.id].items()
            for name, points in _parts(group, key, curve, single)
        }
        for group in comparison.groups
    }


def is_active(group: RunGroup) -> bool:
    """Whether one of its runs may still report values."""
    return any(run.state in ACTIVE for run in group.runs)


def _parts(group: RunGroup, key: str, curve: GroupCurve, single: bool) -> Iterator[tuple[str, dict[str, list[Any]]]]:
    x = _numbers(curve.x)
    yield part(key, MEAN), {"x": x, "y": _numbers(curve.mean)}
    if group.is_single:
        return
    yield part(key, LOW), {"x": x, "y": _numbers(curve.low)}
    yield part(key, HIGH), {"x": x, "y": _numbers(curve.high)}
    if single:
        for run, values in zip(group.runs, curve.members, strict=True):
            yield part(key, run.id), {"x": x, "y": _numbers(values)}


def _numbers(values: Any) -> list[float | str]:
    return [json_number(value, DIGITS) for value in values]


class _Reader:
    """Reads the curves of a group's runs along an axis."""

    def __init__(
        self, db: Database, group: RunGroup, series: SeriesByRun, axis: str, span: tuple[float, float] | None
    ) -> None:
        self.db, self.group, self.series, self.axis = db, group, series, axis
        self.bases: dict[str, Averages] = {}
        self.width = stretch(series)
        if axis:
            numbers = {run.id: series[run.id][axis] for run in group.runs if axis in series[run.id]}
            self.bases = {run_id: _from_zero(_whole(db, each, self.width)) for run_id, each in numbers.items()}
        self.first, self.last = self._steps(span)
        if span:
            self.width = max(1, -(-(self.last - self.first + 1) // POINTS))

    def lines(self, keys: Sequence[str]) -> Iterator[tuple[str, list[Line]]]:
        """The curves of all runs of the group, metric by metric."""
        if self.axis and len(self.bases) < len(self.group.runs):
            return
        for key in keys:
            yield key, [self._line(run.id, self._averages(self.series[run.id][key])) for run in self.group.runs]

    def _averages(self, summary: Series) -> Averages:
        if self.last == LAST_STEP:
            return _whole(self.db, summary, self.width)
        return averaged_curves.averages(self.db, summary.id, self.width, start=self.first, stop=self.last)

    def _line(self, run_id: str, curve: Averages) -> Line:
        steps, values = curve
        return Line(np.interp(steps, *self.bases[run_id]) if self.axis else steps, values)

    def _steps(self, span: tuple[float, float] | None) -> tuple[int, int]:
        """The steps that lie between two places of the axis, of all runs together."""
        if span is None:
            return 0, LAST_STEP
        if not self.axis:
            return int(span[0]), int(span[1])
        ends = [np.interp(span, values, steps) for steps, values in self.bases.values()]
        first, last = min(end[0] for end in ends), max(end[1] for end in ends)
        return int(np.floor(first)), int(np.ceil(last))


@lru_cache(MOST_KEPT)
def _whole(db: Database, summary: Series, width: int) -> Averages:
    """A whole curve, kept: one that grows has another summary."""
    return averaged_curves.averages(db, summary.id, width)


def _from_zero(curve: Averages) -> Averages:
    """A growing metric with its beginning: nothing was counted at step 0."""
    steps, values = curve
    if steps.size and steps[0] > 0:
        return np.insert(steps, 0, 0.0), np.insert(values, 0, 0.0)
    return curve
