"""What pages and the engine cost per look where there are many runs: processor time with 500 runs, and with 5,000.

Each figure is the median of many repetitions of one request as the browser or the engine makes it. Left out: Streamlit,
and the HTTP around a request.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from app.runs import lineage_graph, queue_list, recent, run_head, runs_table
from benchmarks import fill_workspace
from engine.runtime.engine.supervisor import Supervisor
from storage import run_facets, run_links, run_lists
from storage.database import Database, connect
from storage.workspace import Workspace

WANTED_MS = 50.0
SIZES = (500, 5000)
CHAINED = 2  # from the end of each stretch of eight runs, this far: the policy of a chain of four


def main() -> int:
    """Print one line of JSON; 0 where every figure is below the wanted one, whatever the number of runs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, nargs="+", default=SIZES)
    parser.add_argument("--times", type=int, default=21, help="repetitions, of which the median counts")
    options = parser.parse_args()
    figures = measure(options.runs, options.times)
    print(json.dumps(figures))
    costs = [cost for by_size in figures["processor_milliseconds"].values() for cost in by_size.values()]
    return 0 if max(costs) <= WANTED_MS else 1


def measure(sizes: Sequence[int], times: int) -> dict[str, Any]:
    """The median milliseconds of processor time of each look, by the number of runs."""
    by_size = {size: _costs(size, times) for size in sizes}
    looks = next(iter(by_size.values()))
    return {
        "benchmark": "run_lists",
        "wanted_milliseconds": WANTED_MS,
        "processor_milliseconds": {look: {str(size): by_size[size][look] for size in sizes} for look in looks},
    }


def _costs(size: int, times: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ALIGNLAB_HOME"] = folder  # what the fragments open
        db = connect(Workspace(Path(folder)))
        ids = fill_workspace.fill(db, size)
        costs = {name: _median(look, times) for name, look in _looks(db, ids).items()}
        db.close()
    return costs


def _looks(db: Database, ids: Sequence[str]) -> dict[str, Callable[[], object]]:
    """What is asked for again and again, by name; the run is one that has ancestors and descendants."""
    policy = ids[len(ids) // 2 // 8 * 8 + CHAINED]
    supervisor = Supervisor(db, "here", "cpu")
    return {
        "table poll": lambda: runs_table.table({}),
        "table poll, last page": lambda: runs_table.table({"page": str(len(ids) // runs_table.PER_PAGE)}),
        "table poll, search": lambda: runs_table.table({"search": "dpo 礼貌"}),
        "table poll, state": lambda: runs_table.table({"state": "failed"}),
        "table poll, facets": lambda: runs_table.table({"method": "dpo", "dataset": "manners"}),
        "table poll, result": lambda: runs_table.table({"sort": "-result"}),
        "table poll, setting": lambda: runs_table.table({"sort": "-seed", "columns": "seed,eval/kl@best"}),
        "table poll, group": lambda: runs_table.table({"group": "dataset"}),
        "table poll, setting group": lambda: runs_table.table({"group": "optimizer.batch_size"}),
        "filter menu": lambda: run_facets.values(db),
        "page count": lambda: runs_table.count({"search": "dpo 礼貌", "state": "succeeded"}),
        "stages strip": lambda: lineage_graph.stages({"id": policy}),
        "lineage graph": lambda: lineage_graph.graph({"id": policy}),
        "run page links": lambda: run_links.is_linked(db, policy),
        "run page header": lambda: run_head.head({"id": policy}),
        "supervisor turn": lambda: supervisor.turn(0.0),
        "ended last": lambda: recent.recent_runs({}),
        "queue": lambda: queue_list.queue({}),
        "compare names": lambda: run_lists.with_steps(db),
        "launch names": lambda: run_lists.startable_from(db),
    }


def _median(look: Callable[[], object], times: int) -> float:
    """Milliseconds; the first look, which compiles its statements, is not among them."""
    look()
    spent = []
    for _ in range(times):
        begun = time.process_time()
        look()
        spent.append(1000 * (time.process_time() - begun))
    return round(statistics.median(spent), 2)


if __name__ == "__main__":
    raise SystemExit(main())
