"""The final figures of a comparison as numbers: of each run, of each group, and how far each is from the baseline.

The table, the report, the CSV and the command line show these and no others. No Streamlit. Left out: what is shown of
them (`figures`, `html_report`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.compare.compared_groups import Comparison, RunGroup
from app.compare.compared_runs import SeriesByRun, figure_keys
from app.markup import csv_text
from app.runs import outcome
from engine.analysis import grouping
from engine.analysis.grouping import Spread
from engine.spec import key_metrics
from storage import metrics
from storage.database import Database
from storage.records import Run

COLUMNS = ("group", "run", "name", "seed", "metric", "runs", "value", "low", "high", "deviation", "difference")


@dataclass(frozen=True)
class Figures:
    """Spreads of the last values by metric, of each group and, by id, of each run; None where a value is missing."""

    keys: tuple[str, ...]
    series: SeriesByRun
    groups: Mapping[str, Mapping[str, Spread | None]]
    baseline: str | None

    def of_group(self, group: RunGroup, key: str) -> Spread | None:
        """The last values of its runs; None unless all of them have the metric."""
        return self.groups[group.id][key]

    def of_run(self, run: Run, key: str) -> float | None:
        """The last value of a run."""
        series = self.series[run.id].get(key)
        return None if series is None else series.last

    def difference(self, value: float | None, key: str) -> float | None:
        """How far a value is above the mean of the baseline."""
        base = None if self.baseline is None else self.groups[self.baseline][key]
        return None if base is None or value is None else grouping.difference(value, base.mean)


def final_figures(db: Database, comparison: Comparison) -> Figures:
    """Read from the summaries of the series, which hold their last values."""
    series = metrics.by_run(db, [run.id for run in comparison.runs])
    keys = tuple(figure_keys(series))
    groups = {group.id: {key: _spread(group, series, key) for key in keys} for group in comparison.groups}
    return Figures(keys, series, groups, comparison.baseline.id if comparison.baseline else None)


def _spread(group: RunGroup, series: SeriesByRun, key: str) -> Spread | None:
    of_runs = [series[run.id].get(key) for run in group.runs]
    return grouping.spread([each.last for each in of_runs if each is not None]) if all(of_runs) else None


def tokens(figures: Figures, run: Run) -> float | None:
    """What it was trained on so far."""
    return figures.of_run(run, key_metrics.TRAINED_TOKENS)


def rows(comparison: Comparison, figures: Figures) -> Iterator[tuple[Any, ...]]:
    """One row a run and metric, then one a group and metric, as COLUMNS says; unrounded."""
    seeds = {run.id: compared.seed for run, compared in zip(comparison.runs, comparison.compared, strict=True)}
    for group in comparison.groups:
        for run in group.runs:
            for key in figures.keys:
                value = figures.of_run(run, key)
                if value is not None:
                    difference = figures.difference(value, key)
                    yield group.label, run.id, run.name, seeds[run.id], key, 1, value, value, value, None, difference
    for group in comparison.groups:
        for key in figures.keys:
            spread = figures.of_group(group, key)
            if spread is not None:
                bounds = spread.low, spread.high, spread.deviation
                difference = figures.difference(spread.mean, key)
                yield group.label, None, None, None, key, spread.count, spread.mean, *bounds, difference


def csv_lines(comparison: Comparison, figures: Figures) -> str:
    """The rows as CSV; names stay inert in programs for tables."""
    inert = [
        [csv_text.inert(cell) if isinstance(cell, str) else cell for cell in row] for row in rows(comparison, figures)
    ]
    return csv_text.lines([COLUMNS, *inert])


def as_json(comparison: Comparison, figures: Figures) -> dict[str, Any]:
    """Groups with their runs, for `runs compare --json`."""
    return {
        "group_by": comparison.by,
        "baseline": comparison.baseline.label if comparison.baseline else None,
        "groups": [_group_json(group, figures) for group in comparison.groups],
        "runs": [run.id for run in comparison.runs],
        "figures": [_run_json(run, figures) for run in comparison.runs],
    }


def _group_json(group: RunGroup, figures: Figures) -> dict[str, Any]:
    spreads = {key: figures.of_group(group, key) for key in figures.keys}
    return {
        "label": group.label,
        "runs": [run.id for run in group.runs],
        "seeds": group.seeds,
        "metrics": {
            key: {**vars(spread), "difference": figures.difference(spread.mean, key)}
            for key, spread in spreads.items()
            if spread is not None
        },
    }


def _run_json(run: Run, figures: Figures) -> dict[str, Any]:
    values = {key: figures.of_run(run, key) for key in figures.keys}
    return {
        "id": run.id,
        "name": run.name,
        "state": run.state,
        "steps": run.step,
        "tokens": tokens(figures, run),
        "seconds": outcome.seconds(run),
        "metrics": {
            key: {"value": value, "difference": figures.difference(value, key)}
            for key, value in values.items()
            if value is not None
        },
    }
