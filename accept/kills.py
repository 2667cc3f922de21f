"""200 kills -9 at seeded moments over all methods: each run ends bit for bit as one that nothing disturbed.

Killed are the worker, the engine, the dashboard, `alignlab up` and `alignlab train`, at moments from the start of a
process on. Beside them: pause and stop, a database that another process holds, and a full disk (where a small file
file system can be mounted). The model is tiny and random, so that a run lasts seconds; `--kills N` is a method's share.
With `--folder DIR` the figures of each method are kept there, and a second call tries only the methods that lack them.
"""

import argparse
import json
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from accept.killed_runs import DISTURBANCES, Bench, Plan
from accept.report import conclude
from tests import tiny

SAMPLED: dict[str, Any] = {
    "reward": [{"kind": "length", "shortest": 40}],
    "sampling": {"group_size": 2, "epochs": 2, "minibatches": 3},
    "budget": {"steps": 60},
    "evaluation": {"every": 20, "prompts": 4},
    "checkpoint": {"every": 4},  # a rollout is 6 updates
}
FROZEN: dict[str, Any] = {
    "budget": {"steps": 120},
    "evaluation": {"every": 30, "prompts": 4},
    "checkpoint": {"every": 5},
}
METHODS = {
    "sft": FROZEN,
    "reward": {key: value for key, value in FROZEN.items() if key != "reward"},
    "dpo": FROZEN,
    "grpo_pairwise": FROZEN,
    "gspo_selective": FROZEN,
    "ppo": {**SAMPLED, "kl_target": 0.01},
    "grpo": SAMPLED,
    "gspo": SAMPLED,
}
SHARES = {"worker": 0.4, "engine": 0.24, "up": 0.16, "train": 0.12, "dashboard": 0.08}  # of the kills of a method
SEED = 14


def main(arguments: Sequence[str] | None = None) -> int:
    """Kill, compare, and write the figures down."""
    parser = argparse.ArgumentParser(prog="accept.kills")
    parser.add_argument("--kills", type=int, default=25, help="kills a method")
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=list(METHODS))
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args(arguments)
    quota = {target: max(1, round(share * options.kills)) for target, share in SHARES.items()}
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.folder or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        missing = [method for method in options.methods if not _figures(folder, method).exists()]
        if missing:
            model = tiny.write_model(Path(scratch) / "model")
            with ProcessPoolExecutor(2, get_context("spawn")) as pool:
                list(pool.map(partial(_try, Path(scratch), model, quota, folder), (missing[::2], missing[1::2])))
        rows = {method: json.loads(_figures(folder, method).read_text()) for method in options.methods}
    kills = Counter({target: sum(row["kills"][target] for row in rows.values()) for target in SHARES})
    figures = {"kills": kills.total(), "by_target": kills}
    wanted = {
        f"at least {sum(quota.values()) * len(rows)} kills": kills.total() >= sum(quota.values()) * len(rows),
        "every killed run ends as an undisturbed one, bit for bit": all(row["same"] for row in rows.values()),
        "children end with their parent": not any(row["orphans"] for row in rows.values()),
    }
    for key, sentence in DISTURBANCES.items():
        outcomes = [row[key] for row in rows.values() if key in row]
        wanted |= {sentence: all(outcomes)} if outcomes else {}
    return conclude("kills", {**figures, "methods": {method: rows[method] for method in sorted(rows)}}, wanted)


def _try(scratch: Path, model: Path, quota: dict[str, int], folder: Path, methods: Sequence[str]) -> None:
    """Everything that happens to the runs of these methods, each in a workspace of its own. Writes the figures down."""
    for method in methods:
        if _figures(folder, method).exists():  # by another call meanwhile
            continue
        plan = Plan(method, {"algorithm": method, **METHODS[method]}, random.Random(f"{SEED} {method}"))
        with Bench(scratch / f"workspace-{method}", model) as bench:
            row = bench.disturb(plan, quota)
        print(f"{method}: {row}", flush=True)
        _figures(folder, method).write_text(json.dumps(row))


def _figures(folder: Path, method: str) -> Path:
    return folder / f"{method}.json"


if __name__ == "__main__":
    sys.exit(main())
