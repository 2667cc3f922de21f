"""10,000 generated inputs: no error but our own, no status 500, none over 2 s of processor time or 1 GB of memory.

Run files, YAML, changes of the command line, patterns, preflights, rows and files of preference data, requests to the
routes of dashboard and engine, commands. Each is made of its number alone, so a fault can be tried again:
`python -m accept.hostile_inputs KIND FIRST END`. Left out: files of models.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from accept.report import ROOT, conclude

COUNTS = {
    "run files": 2_000,
    "yaml": 1_500,
    "changes": 500,
    "patterns": 500,
    "preflights": 500,
    "rows": 1_750,
    "files": 1_250,
    "dashboard": 1_000,
    "engine": 700,
    "commands": 300,
}
SHARE = 250  # inputs of one process, whose memory says what they took
MOST_MEGABYTES = 1_000
LIMIT = 4_000_000_000  # of address space: what asks for more fails instead of taking the machine down


def main(arguments: list[str]) -> int:
    """Try all kinds, or the named part of one."""
    if arguments:
        kind, first, end = arguments
        print(json.dumps(tried(kind, int(first), int(end))))
        return 0
    figures: dict[str, Any] = {}
    faults: list[str] = []
    for kind, count in COUNTS.items():
        parts = [_in_process(kind, first, min(first + SHARE, count)) for first in range(0, count, SHARE)]
        figures[kind] = {
            "tried": sum(part["tried"] for part in parts),
            "faults": sum(len(part["faults"]) for part in parts),
            "slowest_seconds": max(part["slowest_seconds"] for part in parts),
            "megabytes": max(part["megabytes"] for part in parts),
        }
        faults += [fault for part in parts for fault in part["faults"]]
        print(kind, figures[kind], flush=True)
    for fault in faults:
        print(fault, flush=True)
    count = sum(figure["tried"] for figure in figures.values())
    wanted = {
        "10,000 inputs were tried": count >= 10_000,
        "no error but our own, no status 500, none over 2 s": not faults,
        f"none over {MOST_MEGABYTES} MB": all(figure["megabytes"] < MOST_MEGABYTES for figure in figures.values()),
    }
    return conclude("hostile_inputs", {**figures, "first_faults": faults[:20]}, wanted)


def tried(kind: str, first: int, end: int) -> dict[str, Any]:
    """The outcome of the inputs of one kind with these numbers, in this process."""
    from tests.hostile.attempts import attempts
    from tests.hostile.bounded import fault

    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"ALIGNLAB_HOME": f"{folder}/workspace", "HF_HUB_OFFLINE": "1"}
        attempt = attempts(Path(folder))[kind]
        resource.setrlimit(resource.RLIMIT_AS, (LIMIT, LIMIT))
        outcomes = [fault(kind, number, attempt) for number in range(first, end)]
    return {
        "tried": len(outcomes),
        "faults": [wrong for wrong, _seconds in outcomes if wrong is not None],
        "slowest_seconds": round(max(seconds for _wrong, seconds in outcomes), 2),
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _in_process(kind: str, first: int, end: int) -> dict[str, Any]:
    """The outcome of a share, in a process of its own; one that dies is a fault."""
    command = [sys.executable, "-m", "accept.hostile_inputs", kind, str(first), str(end)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    process = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=environment)
    if process.returncode:
        last = (process.stderr.strip().splitlines() or ["nothing"])[-1]
        fault = f"{kind} {first} to {end}: the process ended with {process.returncode}, saying {last[:300]}"
        return {"tried": 0, "faults": [fault], "slowest_seconds": 0.0, "megabytes": 0}
    outcome: dict[str, Any] = json.loads(process.stdout.splitlines()[-1])
    return outcome


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
