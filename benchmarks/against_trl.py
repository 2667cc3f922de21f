"""AlignLab against TRL in one run: the same work, step by step in turn, medians of 5, a table, and a JSON beside it.

`python -m benchmarks.against_trl [WORK ...] [--best]`; a WORK is part of a name of `benchmarks.works`. A fixed product
of matrices is timed before, between and after the steps of a pair: where its times spread over 20 %, the machine was
disturbed, and the pair is measured again; where that does not help either, no ratio is printed. With --best each side
also runs in bf16, and its faster one counts. Left out: PPO, which needs another TRL (`accept.peers.environment`).
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import torch

from accept.peers.environment import PEERS, TRL, around, environment
from accept.report import alignlab, answer
from benchmarks.works import LEARNING_RATE, STEPS, WORKS, Work, rows
from engine.models import catalogue
from storage.workspace import Workspace

WARM_UP = 1
DISTURBED = 1.2  # slowest over fastest calibration
TRIES = 3
RESULT = Path(__file__).with_name("against_trl.json")
PROCESSOR_FEATURES = ("avx2", "avx512f", "avx512_bf16", "amx_bf16")

Row = dict[str, Any]


@dataclass
class Side:
    """A process that takes one step when it is told to."""

    label: str
    process: subprocess.Popen[str]
    steps: list[Row] = field(default_factory=list)

    def wait(self) -> None:
        """Until it is warm."""
        self.about = self._read()["ready"]

    def step(self) -> None:
        """Take one step and keep what it says of it."""
        assert self.process.stdin is not None
        self.process.stdin.write("step\n")
        self.process.stdin.flush()
        self.steps.append(self._read())

    @property
    def seconds(self) -> float:
        """The median of its steps."""
        return float(statistics.median(step["seconds"] for step in self.steps))

    def summary(self) -> Row:
        """What the table and the JSON say of it."""
        return {
            "seconds": round(self.seconds, 4),
            "all_seconds": [round(step["seconds"], 4) for step in self.steps],
            "tokens": [round(step["tokens"]) for step in self.steps],
            "peak_mb": round(max(step["peak_mb"] for step in self.steps)),
            "about": self.about,
        }

    def _read(self) -> Row:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.label} ended with {self.process.wait()}; its log is above")
        read: Row = json.loads(line)
        return read


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; 0 where every ratio that could be measured reaches its floor."""
    parser = argparse.ArgumentParser(prog="benchmarks.against_trl", description=__doc__)
    parser.add_argument("works", nargs="*", help="parts of the names of works; all where none is named")
    parser.add_argument("--best", action="store_true", help="each side also in bf16; the faster one counts")
    options = parser.parse_args(arguments)
    chosen = [work for name, work in WORKS.items() if not options.works or any(part in name for part in options.works)]
    with tempfile.TemporaryDirectory() as scratch:
        workspace = Workspace(Path(os.environ.get("BENCHMARK_WORKSPACE") or Path(scratch) / "workspace"))
        if any(work.model != "starter" for work in chosen):
            answer(alignlab("models", "add", "smollm2-135m", "--json", workspace=workspace.root))
        results = [measured(work, workspace, Path(scratch), best=options.best) for work in chosen]
    record = {"machine": machine(), "trl": TRL, "best": options.best, "works": results, "at": time.strftime("%F %T")}
    RESULT.write_text(json.dumps(record, indent=1) + "\n")
    print(table(results))
    return int(any(row["ratio"] is not None and row["ratio"] < row["floor"] for row in results))


def measured(work: Work, workspace: Workspace, scratch: Path, *, best: bool) -> Row:
    """One work, measured again where the machine was disturbed."""
    for number in range(TRIES):
        sides, beats = _interleaved(work, workspace, scratch, best=best)
        spread = max(beats) / min(beats)
        print(f"{work.name}, try {number + 1}: {spread:.2f} calibration, load {psutil.getloadavg()[0]:.1f}", flush=True)
        if spread <= DISTURBED:
            break
    ours = min((side for side in sides if side.label.startswith("alignlab")), key=lambda side: side.seconds)
    theirs = min((side for side in sides if side.label.startswith("trl")), key=lambda side: side.seconds)
    return {
        "name": work.name,
        "floor": work.floor,
        "aim": work.aim,
        "ratio": round(theirs.seconds / ours.seconds, 2) if spread <= DISTURBED else None,
        "calibration_spread": round(spread, 3),
        "load": round(psutil.getloadavg()[0], 1),
        "memory_ratio": round(ours.summary()["peak_mb"] / theirs.summary()["peak_mb"], 2),
        "sides": {side.label: side.summary() for side in sides},
    }


def _interleaved(work: Work, workspace: Workspace, scratch: Path, *, best: bool) -> tuple[list[Side], list[float]]:
    """The sides with their steps, taken in turn, and the seconds of the calibrations around them."""
    precisions = ("fp32", "bf16") if best else ("fp32",)
    beats = []
    with ExitStack() as stack:
        sides = [
            stack.enter_context(opened(work, workspace, scratch, precision))
            for opened in (_ours, _theirs)
            for precision in precisions
        ]
        for side in sides:  # one after the other, so that each warms up alone
            side.wait()
        for _ in range(STEPS):
            for side in sides:
                beats.append(calibration())
                side.step()
        beats.append(calibration())
    return sides, beats


def calibration() -> float:
    """Seconds of a fixed product of matrices on all processors."""
    torch.manual_seed(0)
    left, right = torch.randn(1024, 1024), torch.randn(1024, 1024)
    seconds = []
    for _ in range(9):
        began = time.perf_counter()
        left @ right
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds)


@contextmanager
def _ours(work: Work, workspace: Workspace, scratch: Path, precision: str) -> Iterator[Side]:
    run_id = _queued(work, workspace, scratch, precision)
    warm_up = WARM_UP + (len(rows(work)) // work.batch if work.warm else 0)  # a pass over all, and one step
    question = {"workspace": str(workspace.root), "run": run_id, "warm_up": warm_up}
    with _side(f"alignlab {precision}", [sys.executable, "-m", "benchmarks.own_steps"], question, None) as side:
        yield side


def _queued(work: Work, workspace: Workspace, scratch: Path, precision: str) -> str:
    """The id of a run of this work, which only the benchmark claims."""
    name = "".join(letter if letter.isalnum() else "-" for letter in work.name)
    data, file = scratch / f"{name}.jsonl", scratch / f"{name}.yaml"
    data.write_text("".join(json.dumps(row) + "\n" for row in rows(work)))
    if not any(known["name"] == name for known in answer(alignlab("data", "list", "--json", workspace=workspace.root))):
        answer(alignlab("data", "import", str(data), "--name", name, "--json", workspace=workspace.root))
    file.write_text(json.dumps(run_file(work, name, precision)))
    return str(answer(alignlab("train", str(file), "--detach", "--json", workspace=workspace.root))["id"])


def run_file(work: Work, dataset: str, precision: str) -> Row:
    """The run file of our side; evaluations and checkpoints are never reached."""
    run: Row = {
        "name": dataset,
        "algorithm": work.method,
        "model": {"name": work.model},
        "data": {"dataset": dataset, "source": "sampled" if work.is_sampled else "frozen"},
        "optimizer": {"batch_size": work.batch, "learning_rate": LEARNING_RATE, "schedule": "constant"},
        "budget": {"steps": 10_000},
        "resources": {"precision": precision},
        **work.ours,
    }
    if work.is_sampled:
        run["reward"] = [{"kind": "length", "shortest": 1, "longest": 1000}]
        run["sampling"] = {"group_size": work.group, "minibatches": 1, "max_new_tokens": work.new_tokens}
    return run


@contextmanager
def _theirs(work: Work, workspace: Workspace, _scratch: Path, precision: str) -> Iterator[Side]:
    settings = {**work.theirs, "bf16": precision == "bf16"}
    question = {
        "method": work.method,
        "model": str(catalogue.locate(work.model, workspace).folder),
        "rows": rows(work),
        "batch": work.batch,
        "group": work.group,
        "new_tokens": work.new_tokens,
        "learning_rate": LEARNING_RATE,
        "warm_up": WARM_UP,
        "settings": {**settings, "lr_scheduler_type": "constant"},
    }
    with _side(f"trl {precision}", [str(environment()), str(PEERS / "trl_steps.py")], question, around()) as side:
        yield side


@contextmanager
def _side(label: str, command: list[str], question: Row, variables: dict[str, str] | None) -> Iterator[Side]:
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=variables) as process:
        assert process.stdin is not None
        process.stdin.write(json.dumps(question) + "\n")
        process.stdin.flush()
        try:
            yield Side(label, process)
        finally:
            process.stdin.close()
            process.kill()


def machine() -> Row:
    """What a reader needs to judge the figures."""
    words = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    model = next((line.partition(": ")[2] for line in words.splitlines() if line.startswith("model name")), "")
    features = [feature for feature in PROCESSOR_FEATURES if f" {feature}" in words]
    return {"processor": model, "features": features, "cores": os.cpu_count(), "torch": torch.__version__}


def table(results: Sequence[Row]) -> str:
    """Markdown, for the terminal and docs/performance.md."""
    lines = ["| work | AlignLab s | TRL s | ratio | floor / aim | memory |", "|---|--:|--:|--:|--:|--:|"]
    for row in results:
        best = {
            name: min(side["seconds"] for label, side in row["sides"].items() if label.startswith(name))
            for name in ("alignlab", "trl")
        }
        ratio = "disturbed" if row["ratio"] is None else f"{row['ratio']:.2f}"
        lines.append(
            f"| {row['name']} | {best['alignlab']:.3f} | {best['trl']:.3f} | {ratio} "
            f"| {row['floor']} / {row['aim']} | {row['memory_ratio']:.2f} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
