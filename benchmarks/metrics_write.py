"""How fast curves are written: 100 series of 10,000 steps, through the writer that training uses.

The points are added, flushed and committed; each repetition has a new database. Left out: the price of `add` beside
training, which is one dictionary a step.
"""

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from storage import metrics, queue, run_writes
from storage.database import Database, connect
from storage.records import Lease
from storage.workspace import Workspace

WANTED = 100_000


def main() -> int:
    """Print one line of JSON; 0 where the median reaches the wanted rate."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--series", type=int, default=100)
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=3, help="repetitions, of which the median counts")
    options = parser.parse_args()
    figures = measure(options.series, options.steps, options.times)
    print(json.dumps(figures))
    return 0 if figures["points_per_second"] >= WANTED else 1


def measure(series: int, steps: int, times: int) -> dict[str, Any]:
    """The median rate in points per second, and every repetition's seconds."""
    seconds, processor = zip(*(_write_once(series, steps) for _ in range(times)), strict=True)
    points = series * steps
    return {
        "benchmark": "metrics_write",
        "points": points,
        "points_per_second": round(points / statistics.median(seconds)),
        "wanted_points_per_second": WANTED,
        "seconds": [round(one, 3) for one in seconds],
        "processor_seconds": [round(one, 3) for one in processor],
    }


def running(db: Database) -> Lease:
    """The lease of a run that nothing but the benchmark writes to."""
    made = run_writes.create(db, spec={}, kind="train", algorithm=None, lane="train", name="benchmark", now=0.0)
    lease = queue.claim_run(db, made.id, host="here", device=made.id, seconds=3600.0, now=0.0)
    assert lease is not None
    return lease


def _write_once(series: int, steps: int) -> tuple[float, float]:
    """Seconds by the clock, and of processor time."""
    rows = [{f"metric/{number}": step / (number + 1) for number in range(series)} for step in range(steps)]
    with tempfile.TemporaryDirectory() as folder:
        db = connect(Workspace(Path(folder)))
        lease = running(db)
        begun, begun_processor = time.perf_counter(), time.process_time()
        writer = metrics.Writer(db, lease)
        for step, values in enumerate(rows):
            writer.add(step, values, float(step))
        writer.close()
        spent = time.perf_counter() - begun, time.process_time() - begun_processor
        assert writer.dropped == 0
        assert sum(one.count for one in metrics.series(db, [lease.run_id])) == series * steps
        db.close()
    return spent


if __name__ == "__main__":
    raise SystemExit(main())
