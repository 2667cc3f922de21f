"""Sparklines of many runs at once: each with the curve of its first figure, between its lowest and highest values.

Left out: drawing a line (`app.charts.sparkline`).
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence

from markupsafe import Markup

from app.charts.sparkline import sparkline
from app.markup.metric_names import title
from app.runs import outcome
from engine.spec import key_metrics
from storage import envelopes
from storage.database import Database
from storage.envelopes import Envelope
from storage.records import RunSummary, Series

BUCKETS = 24
FEW = 2  # points of a line
KEPT = 2_000
_Key = tuple[str, str, int, int]  # run, metric, number of points, last step: what changes with every point
_kept: OrderedDict[_Key, Envelope] = OrderedDict()


def drawn(series: Mapping[str, Series]) -> Series | None:
    """The first figure that matters, or the loss while that one has too few points for a line."""
    figure = next(iter(outcome.headline(series)), None)
    if figure is not None and figure.count >= FEW:
        return figure
    return series.get(key_metrics.LOSS, figure)


def of_runs(db: Database, runs: Sequence[RunSummary], series: Mapping[str, Mapping[str, Series]]) -> dict[str, Markup]:
    """The sparkline of each run by id; one query reads all curves that have changed since they were last read."""
    chosen = {run.id: summary for run in runs if (summary := drawn(series[run.id])) is not None}
    _read(db, list(chosen.values()))
    return {
        run.id: sparkline(_line(_kept.get(_key(chosen[run.id]), [])), run.algorithm, title(chosen[run.id].key))
        for run in runs
        if run.id in chosen
    }


def _read(db: Database, wanted: Sequence[Series]) -> None:
    """Keep the envelopes of these series; a finished curve is read once."""
    missing = {summary.id: _key(summary) for summary in wanted if _key(summary) not in _kept}
    found = envelopes.read(db, list(missing), BUCKETS) if missing else {}
    for series_id, key in missing.items():
        _kept[key] = found.get(series_id, [])
    while len(_kept) > KEPT:
        _kept.popitem(last=False)


def _key(summary: Series) -> _Key:
    return summary.run_id, summary.key, summary.count, summary.last_step


def _line(envelope: Envelope) -> list[float]:
    """One line through both ends of each pair, the end first that is nearer to where the line comes from."""
    line: list[float] = []
    for low, high in envelope:
        from_above = bool(line) and abs(line[-1] - high) < abs(line[-1] - low)
        line += [low] if low == high else [high, low] if from_above else [low, high]
    return line
