"""Faults that weak tests let through, planted one at a time in a copy of the engine: some test must catch each.

The faults stand in planted_faults.yaml, the first test that caught each is written to planted_faults.json, and
docs/faults.md says what they are. Left out: faults of the database, the queue and the pages.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

from accept.report import ROOT, conclude

# What says most about a fault first: plain loops and identities, then the contract, then the worked examples.
OF_MATHS = (
    "tests/engine/maths",
    *(
        f"tests/engine/algorithms/test_{name}.py"
        for name in ("dpo", "policy_gradients", "reward", "sft", "article", "kto")
    ),
    "tests/engine/algorithms/test_contract.py",
    "engine/maths",
    "engine/algorithms",
)
OF_MODELS = tuple(f"tests/engine/models/test_{name}.py" for name in ("scoring", "packing", "load", "batches"))


def main() -> int:
    """Plant each fault and count the tests that notice."""
    faults = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
    caught: dict[str, str | None] = {}
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name)
        for part in ("engine", "storage", "tests", "pyproject.toml"):
            source = ROOT / part
            (shutil.copytree if source.is_dir() else shutil.copy)(source, copy / part)
        assert not failing(copy, OF_MATHS + OF_MODELS), "the tests must pass before anything is planted"
        for fault in faults:
            caught[fault["name"]] = planted(copy, fault)
            print(f"{fault['name']}: {caught[fault['name']]}", flush=True)
    return conclude("planted_faults", caught, {f"{name}: caught": test is not None for name, test in caught.items()})


def planted(copy: Path, fault: dict[str, Any]) -> str | None:
    """The first test that fails while the fault is there."""
    path = copy / fault["file"]
    text = path.read_text(encoding="utf-8")
    if text.count(fault["before"]) != 1:
        raise SystemExit(f"{fault['name']}: {fault['file']} does not hold this once: {fault['before']}")
    path.write_text(text.replace(fault["before"], fault["after"]), encoding="utf-8")
    found = failing(copy, OF_MODELS if "/models/" in fault["file"] else OF_MATHS)
    path.write_text(text, encoding="utf-8")
    return found


def failing(copy: Path, tests: tuple[str, ...]) -> str | None:
    """The name of the first test that fails in the copy."""
    command = [sys.executable, "-m", "pytest", "-qx", "-p", "no:cacheprovider", "--hypothesis-seed=0", "-rfE", *tests]
    around = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=copy, env=around)
    lines = [line.split(" ")[1] for line in done.stdout.splitlines() if line.startswith(("FAILED ", "ERROR "))]
    if done.returncode not in (0, 1) and not lines:
        raise SystemExit(done.stdout[-2000:] + done.stderr[-2000:])
    return lines[0] if lines else None


if __name__ == "__main__":
    sys.exit(main())
