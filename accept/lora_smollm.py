"""LoRA on a real model of 135M parameters, each run within 6 GB.

dpo: 10 steps of 4 pairs of up to 512 tokens, in 15 minutes. grpo and gspo: 3 steps of 4 prompts with 4 answers of up to
32 new tokens.
"""

import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import psutil

from accept.report import ALIGNLAB, SHARED_DATA, alignlab, answer, conclude

PAIRS = """
algorithm: dpo
model: {name: smollm2-135m, adapter: {kind: lora}}
data: {dataset: english, max_tokens: 512, max_prompt_tokens: 256}
optimizer: {batch_size: 4}
budget: {steps: 10}
evaluation: {prompts: 8}
"""
GROUPS = """
algorithm: METHOD
model: {name: smollm2-135m, adapter: {kind: lora}}
data: {dataset: english, max_tokens: 512, max_prompt_tokens: 256}
sampling: {group_size: 4, minibatches: 1, max_new_tokens: 32}
optimizer: {batch_size: 4}
budget: {steps: 3}
evaluation: {prompts: 8}
"""
RUNS = {"dpo": PAIRS, "grpo": GROUPS.replace("METHOD", "grpo"), "gspo": GROUPS.replace("METHOD", "gspo")}
STEPS = {"dpo": 10, "grpo": 3, "gspo": 3}
LOOK_SECONDS = 0.2


def main() -> int:
    """Fetch the model, train, watch the memory of all its processes."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(os.environ.get("ACCEPT_WORKSPACE") or Path(folder) / "workspace")
        alignlab("data", "import", str(SHARED_DATA / "dpo_en_demo.json"), "--name", "english", workspace=workspace)
        began = time.monotonic()
        answer(alignlab("models", "add", "smollm2-135m", "--json", workspace=workspace))
        figures: dict[str, Any] = {"fetch_seconds": round(time.monotonic() - began, 1)}
        for method in RUNS:
            figures[method] = trained(method, workspace, Path(folder) / "run.yaml")
            print(method, figures[method], flush=True)
    runs = {method: figures[method] for method in RUNS}
    wanted = {
        "all steps": all(run["steps"] == STEPS[method] for method, run in runs.items()),
        "within 6 GB": all(run["peak_gb"] <= 6 for run in runs.values()),
        "dpo within 15 minutes": figures["dpo"]["seconds"] <= 900,
    }
    return conclude("lora_smollm", figures, wanted)


def trained(method: str, workspace: Path, file: Path) -> dict[str, Any]:
    """Train one run file through the command line; what it took."""
    file.write_text(RUNS[method])
    command = [ALIGNLAB, "train", str(file), "--json", "--workspace", str(workspace)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    peak = watched(child)
    run = answer(subprocess.CompletedProcess(command, child.returncode, peak.out, ""))
    return {
        "seconds": run["seconds"],
        "steps": run["steps"],
        "peak_gb": round(peak.gigabytes, 2),
        "first_loss": run["metrics"]["loss"]["first"],
    }


class Peak:
    """The largest sum of resident memory over a process and its descendants, and what the process printed."""

    gigabytes = 0.0
    out = ""


def watched(child: subprocess.Popen[str]) -> Peak:
    """Wait for a process, looking at its memory five times a second."""
    peak = Peak()

    def look() -> None:
        while child.poll() is None:
            peak.gigabytes = max(peak.gigabytes, resident(child.pid) / 1e9)
            time.sleep(LOOK_SECONDS)

    thread = threading.Thread(target=look)
    thread.start()
    peak.out = child.communicate()[0]
    thread.join()
    return peak


def resident(pid: int) -> int:
    """Bytes in memory of a process and all below it."""
    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0
    total = 0
    for member in family:
        try:
            total += member.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total


if __name__ == "__main__":
    sys.exit(main())
