"""What a run measured at the checkpoint that is exported, each figure with how sure it is.

Left out: their place in the card (`card`).
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from engine.model_exports.sources import Source
from engine.spec import key_metrics
from storage import intervals, metrics
from storage.database import Database
from storage.records import Interval, Series

KEYS = (*key_metrics.RANKED_HELD_OUT, key_metrics.RESPONSE_LENGTH, key_metrics.LOSS)
AT_THE_END = (key_metrics.FINAL_REWARD, key_metrics.FINAL_GAIN, key_metrics.FINAL_KL)
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
    """The figures of the checkpoint's step or of the last evaluation before it, with the intervals that were kept."""
    series = metrics.by_run(db, [source.run.id])[source.run.id]
    kept = intervals.listing(db, [source.run.id]).get(source.run.id, {})
    reported = (key for key, each in series.items() if key in AT_THE_END and each.last_step == source.checkpoint.step)
    keys = dict.fromkeys((*reported, *KEYS, *(key for key in series if key.startswith(_PART))))
    return [figure for key in keys if key in series for figure in _figure(db, source, series[key], kept.get(key, {}))]


def _figure(db: Database, source: Source, series: Series, kept: Mapping[int, Interval]) -> Iterator[Figure]:
    curve = metrics.read(db, [series.id], stop=source.checkpoint.step)[series.id]
    if len(curve.steps):
        step, value = int(curve.steps[-1]), float(curve.values[-1])
        interval = kept.get(step)
        bounds = (None, None, 0) if interval is None else (interval.low, interval.high, interval.answers)
        yield Figure(series.key, step, value, *bounds)
