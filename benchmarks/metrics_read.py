"""How fast a chart is read: 20 runs of 10,000 steps, each reduced to 500 buckets, with planted single-point spikes.

Every run also has other metrics, so that the chart's points do not lie together in the file. A spike that is missing
from what was read is an error, not a figure. Processor time beside the clock's tells a busy machine from a slow one.
"""

import argparse
import json
import math
import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.metrics_write import running
from storage import metrics
from storage.database import Database, connect
from storage.records import Curve
from storage.workspace import Workspace

WANTED_MS = 150.0
BUCKETS = 500
SPIKES = 20
OTHERS = 4


def main() -> int:
    """Print one line of JSON; 0 where the median is quick enough and every spike is there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=15, help="repetitions, of which the median counts")
    options = parser.parse_args()
    figures = measure(options.runs, options.steps, options.times)
    print(json.dumps(figures))
    return 0 if figures["milliseconds"] <= WANTED_MS and figures["spikes_kept"] == figures["spikes"] else 1


def measure(runs: int, steps: int, times: int) -> dict[str, Any]:
    """The median milliseconds of one chart, and how many of the planted spikes are in it."""
    with tempfile.TemporaryDirectory() as folder:
        db = connect(Workspace(Path(folder)))
        spikes = {_fill(db, number, steps): _spikes(number, steps) for number in range(runs)}
        chart = [one for one in metrics.series(db, list(spikes)) if one.key == "loss"]
        seconds, processor = [], []
        for _ in range(times):
            begun, begun_processor = time.perf_counter(), time.process_time()
            curves = metrics.read(db, [one.id for one in chart], buckets=BUCKETS)
            seconds.append(time.perf_counter() - begun)
            processor.append(time.process_time() - begun_processor)
        kept = sum(_kept(curves[one.id], spikes[one.run_id]) for one in chart)
        db.close()
    return {
        "benchmark": "metrics_read",
        "points": runs * steps,
        "milliseconds": round(1000 * statistics.median(seconds), 1),
        "wanted_milliseconds": WANTED_MS,
        "processor_milliseconds": round(1000 * statistics.median(processor), 1),
        "slowest_milliseconds": round(1000 * max(seconds), 1),
        "spikes": runs * SPIKES,
        "spikes_kept": kept,
        "points_read": sum(curve.steps.size for curve in curves.values()),
    }


def _spikes(number: int, steps: int) -> dict[int, float]:
    """step -> value: up, down, NaN and infinite in turn, so far apart that no two share a bucket."""
    kinds = (50.0, -50.0, math.nan, math.inf)
    place = random.Random(number).uniform
    stretch = steps / SPIKES
    return {int(stretch * (spike + place(0.2, 0.8))): kinds[spike % len(kinds)] for spike in range(SPIKES)}


def _fill(db: Database, number: int, steps: int) -> str:
    lease = running(db)
    noise = random.Random(number)
    spikes = _spikes(number, steps)
    rows = []
    for step in range(steps):
        others = {f"metric/{other}": noise.random() for other in range(OTHERS)}
        rows.append((step, {"loss": spikes.get(step, noise.random()), **others}, float(step)))
    metrics.write(db, lease, rows)
    return lease.run_id


def _kept(curve: Curve, spikes: dict[int, float]) -> int:
    read = dict(zip(curve.steps.tolist(), curve.values.tolist(), strict=True))
    return sum(step in read and (read[step] == value or math.isnan(value)) for step, value in spikes.items())


if __name__ == "__main__":
    raise SystemExit(main())
