"""What every acceptance script does with its result: writes it down with the machine it came from, and says it."""

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SHARED_DATA = ROOT.parent / "shared" / "data"
ALIGNLAB = str(Path(sys.executable).with_name("alignlab"))


def conclude(name: str, figures: Mapping[str, Any], wanted: Mapping[str, bool]) -> int:
    """Write accept/<name>.json and print the verdict. Returns the exit code."""
    passed = all(wanted.values())
    machine = {"system": platform.platform(), "python": platform.python_version(), "cores": os.cpu_count()}
    record = {"passed": passed, "wanted": wanted, "figures": figures, "machine": machine, "at": time.strftime("%F %T")}
    path = Path(__file__).with_name(f"{name}.json")
    path.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps({name: figures}, ensure_ascii=False))
    for sentence, held in wanted.items():
        print(f"  {'held  ' if held else 'MISSED'} {sentence}", flush=True)
    return 0 if passed else 1


def alignlab(*arguments: str, workspace: Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command line against a workspace of its own."""
    environment = {**os.environ, "ALIGNLAB_HOME": str(workspace)}
    return subprocess.run([ALIGNLAB, *arguments], capture_output=True, text=True, check=False, cwd=cwd, env=environment)


def answer(done: subprocess.CompletedProcess[str]) -> Any:
    """The JSON a command answered with; its complaint where it failed."""
    if done.returncode:
        raise SystemExit(f"{' '.join(done.args)} ended with {done.returncode}: {done.stderr.strip()}")
    return json.loads(done.stdout)


def pytest(*arguments: str) -> tuple[bool, float, str]:
    """Run tests of the repository: whether they passed, seconds, and pytest's closing line."""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *arguments], capture_output=True, text=True, check=False, cwd=ROOT
    )
    if done.returncode:
        sys.stderr.write(done.stdout)
    lines = done.stdout.strip().splitlines() or [done.stderr.strip()]
    return done.returncode == 0, round(time.monotonic() - began, 1), lines[-1]
