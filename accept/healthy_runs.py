"""Thirty healthy runs raise no alarm: every method on the starter, three seeds each, as it suggests them.

An alarm is a finding of the curve reader, or a watch rule, as it is at first, that acts. Budgets are three tenths of
the suggested ones, so that all thirty take less than half an hour; `--runs N` trains the first N only, which says
whether this script works and nothing else.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import islice, product
from pathlib import Path
from typing import Any

import yaml

from accept.report import alignlab, answer, conclude
from engine.spec import ALGORITHMS, suggested_blocks, suggestions

SEEDS = 3
SHARE = 0.3  # of the suggested steps
EVALUATIONS = 5
MINUTES = 30
RULES = ("nan", "kl", "truncation")  # a reward model samples no answers: it has the first alone

Row = dict[str, Any]


def main(arguments: Sequence[str] | None = None) -> int:
    """Train all, and count what is found in their curves."""
    parser = argparse.ArgumentParser(prog="accept.healthy_runs")
    parser.add_argument("--runs", type=int, default=len(ALGORITHMS) * SEEDS)
    chosen = parser.parse_args(arguments).runs
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder) / "workspace"
        alignlab("data", "list", workspace=workspace)  # sets the workspace up
        rows = [trained(workspace, file) for file in islice(run_files(), chosen)]
    minutes = (time.monotonic() - began) / 60
    wanted = {
        f"{SEEDS * len(ALGORITHMS)} runs": len(rows) == SEEDS * len(ALGORITHMS),
        "every run comes to its end": all(row["state"] == "succeeded" for row in rows),
        "no finding of the curve reader": not any(row["findings"] for row in rows),
        "no watch rule acts": not any(row["reason"] for row in rows),
        f"under {MINUTES} minutes": minutes < MINUTES,
    }
    return conclude("healthy_runs", {"minutes": round(minutes, 1), "runs": rows}, wanted)


def run_files() -> Iterator[Row]:
    """Each method once, then each with the next seed."""
    for seed, method in product(range(SEEDS), ALGORITHMS):
        steps = max(EVALUATIONS, round(SHARE * suggestions("starter", method).get("budget.steps", 80)))
        data = {"dataset": "polite-weather"}
        if "sampled" in ALGORITHMS[method].sources and method != "dpo":
            data["source"] = "sampled"
        yield suggested_blocks("starter", method) | {
            "name": f"{method} {seed}",
            "algorithm": method,
            "model": {"name": "starter"},
            "data": data,
            "seed": seed,
            "budget": {"steps": steps},
            "evaluation": {"every": max(1, steps // EVALUATIONS), "prompts": 32},
            "watch": [{"kind": kind, "do": "pause"} for kind in RULES[: 1 if method == "reward" else 3]],
        }


def trained(workspace: Path, file: Row) -> Row:
    """One run, and the alarms it raised."""
    path = workspace.parent / "run.yaml"
    path.write_text(yaml.safe_dump(file))
    done = alignlab("train", str(path), "--json", workspace=workspace)  # ends with 1 where a rule paused the run
    if not done.stdout:
        raise SystemExit(done.stderr)
    run_id = json.loads(done.stdout)["id"]
    shown = answer(alignlab("runs", "show", run_id, "--json", workspace=workspace))
    row = {
        "name": file["name"],
        "state": shown["state"],
        "steps": shown["step"],
        "reason": shown["reason"],
        "findings": [f"{finding['pattern']}: {finding['evidence']}" for finding in shown["findings"]],
    }
    print(row, flush=True)
    return row


if __name__ == "__main__":
    sys.exit(main())
