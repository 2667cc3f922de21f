"""dpo with LoRA on a real model of 135M parameters: 10 steps of 4 pairs of up to 512 tokens, in 6 GB and 15 minutes."""

import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

from accept.report import ALIGNLAB, SHARED_DATA, alignlab, answer, conclude

RUN_FILE = """
algorithm: dpo
model: {name: smollm2-135m, adapter: {kind: lora}}
data: {dataset: english, max_tokens: 512, max_prompt_tokens: 256}
optimizer: {batch_size: 4}
budget: {steps: 10}
evaluation: {prompts: 8}
"""
LOOK_SECONDS = 0.2


def main() -> int:
    """Fetch the model, train, watch the memory of all its processes."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(os.environ.get("ACCEPT_WORKSPACE") or Path(folder) / "workspace")
        run_file = Path(folder) / "run.yaml"
        run_file.write_text(RUN_FILE)
        english = SHARED_DATA / "dpo_en_demo.json"
        alignlab("data", "import", str(english), "--name", "english", workspace=workspace)
        began = time.monotonic()
        answer(alignlab("models", "add", "smollm2-135m", "--json", workspace=workspace))
        fetched = round(time.monotonic() - began, 1)
        command = [ALIGNLAB, "train", str(run_file), "--json", "--workspace", str(workspace)]
        child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        peak = watched(child)
        run = answer(subprocess.CompletedProcess(command, child.returncode, peak.out, ""))
    figures = {
        "seconds": run["seconds"],
        "steps": run["steps"],
        "peak_gb": round(peak.gigabytes, 2),
        "fetch_seconds": fetched,
        "first_loss": run["metrics"]["loss"]["first"],
    }
    wanted = {
        "10 steps": run["steps"] == 10,
        "within 6 GB": peak.gigabytes <= 6,
        "within 15 minutes": run["seconds"] <= 900,
    }
    return conclude("lora_smollm", figures, wanted)


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
