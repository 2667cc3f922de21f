"""Curves: how fast a million points are written, and how fast a chart of 200,000 is read with every spike in it."""

import os
import sys

from accept.report import conclude
from benchmarks import metrics_read, metrics_write


def main() -> int:
    """Measure both, and say how busy the machine was with other things meanwhile."""
    read = metrics_read.measure(runs=20, steps=10_000, times=15)
    write = metrics_write.measure(series=100, steps=10_000, times=3)
    wanted = {
        "1,000,000 points are written at 100,000 points/s or more": write["points_per_second"] >= metrics_write.WANTED,
        "a chart of 20 runs x 10,000 steps is read in under 150 ms": read["milliseconds"] < metrics_read.WANTED_MS,
        "every planted spike is in it": read["spikes_kept"] == read["spikes"],
    }
    return conclude("metrics", {"read": read, "write": write, "load_average": os.getloadavg()[0]}, wanted)


if __name__ == "__main__":
    sys.exit(main())
