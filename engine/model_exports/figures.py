"""What a run measured at the checkpoint that is exported, each figure with how sure it is.

Left out: their place in the card (`card`).
"""

from collections.abc import Iterator, Sequence
from math import sqrt
from statistics import fmean, stdev
from typing import NamedTuple

from engine.analysis.intervals import Z
from engine.model_exports.sources import Source
from engine.spec import key_metrics
from storage import metrics, samples
from storage.database import Database
from storage.records import Sample

KEYS = (*key_metrics.RANKED_HELD_OUT, key_metrics.RESPONSE_LENGTH, key_metrics.LOSS)
_PART = key_metrics.HELD_OUT_REWARD_PART.partition("{")[0]


class Figure(NamedTuple):
    """The last value of a metric up to the checkpoint. `low` and `high`: the 95 % interval over so many `answers`."""

    key: str
    step: int
    value: float
    low: float | None = None
    high: float | None = None
    answers: int = 0


def of(db: Database, source: Source) -> list[Figure]:
    """The figures of the checkpoint's step or of the last evaluation before it; intervals where answers were kept."""
    series = metrics.by_run(db, [source.run.id])[source.run.id]
    keys = dict.fromkeys((*KEYS, *(key for key in series if key.startswith(_PART))))
    return [figure for key in keys if key in series for figure in _figure(db, source, key, series[key].id)]


def _figure(db: Database, source: Source, key: str, number: int) -> Iterator[Figure]:
    curve = metrics.read(db, [number], stop=source.checkpoint.step)[number]
    if not len(curve.steps):
        return
    step, value = int(curve.steps[-1]), float(curve.values[-1])
    rows = samples.listing(db, source.run.id, step=step) if key != key_metrics.LOSS else []
    interval = _interval(key, value, rows)
    yield Figure(key, step, value, *interval) if interval else Figure(key, step, value)


def _interval(key: str, value: float, rows: Sequence[Sample]) -> tuple[float, float, int] | None:
    """The interval of a mean over answers to different prompts; None of what is no such mean."""
    values = _values(key, rows)
    if len(values) < 2 or abs(fmean(values) - value) > 1e-6 * max(1.0, abs(value)):
        return None
    half = Z * stdev(values) / sqrt(len(values))
    return value - half, value + half, len(values)


def _values(key: str, rows: Sequence[Sample]) -> list[float]:
    """The values that the metric is the mean of, where the answers keep them."""
    if key == key_metrics.RESPONSE_LENGTH:
        return [float(row.tokens) for row in rows]
    name = key.removeprefix(_PART)
    if key == key_metrics.HEADLINE:  # the weighted sum, which answers keep where it has a single part of weight 1
        name = next(iter(rows[0].scores), "") if rows and len(rows[0].scores) == 1 else ""
    return [row.scores[name] for row in rows if name in row.scores]
