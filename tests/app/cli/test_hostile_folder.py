"""Commands work from a folder that holds modules of our own names, and never run them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ALIGNLAB = Path(sys.executable).with_name("alignlab")
TRAP = "from pathlib import Path\nPath(__file__).with_name('SPRUNG').touch()\nraise SystemExit(99)\n"
RUN_FILE = "algorithm: dpo\nmodel: {name: starter}\ndata: {dataset: polite-weather}\nbudget: {steps: 1}\n"

pytestmark = pytest.mark.slow


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    folder = tmp_path / "hostile"
    for name in ("engine.py", "app.py", "torch.py", "yaml.py", "storage/__init__.py"):
        trap = folder / name
        trap.parent.mkdir(parents=True, exist_ok=True)
        trap.write_text(TRAP)
    (folder / "run.yaml").write_text(RUN_FILE)
    return folder


def alignlab(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONSAFEPATH", "PYTHONPATH")}
    done = subprocess.run(
        [ALIGNLAB, *arguments, "--workspace", "../workspace"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert not list(folder.rglob("SPRUNG")), f"{arguments} ran a stray module"
    return done


def test_doctor_and_train_run_none_of_them(hostile: Path):
    found = json.loads(alignlab(hostile, "doctor", "--json").stdout)
    states = {check["name"]: check["state"] for check in found["checks"]}
    assert {name for name, state in states.items() if state == "wrong"} == set(), found
    queued = alignlab(hostile, "train", "run.yaml", "--detach", "--json")
    assert queued.returncode == 0, queued.stderr
    trained = alignlab(hostile, "train", "run.yaml", "--json")
    assert trained.returncode == 0, trained.stderr
    assert json.loads(trained.stdout)["state"] == "succeeded"
