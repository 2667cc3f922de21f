"""A DPO run of TRL, sent by the callback that `alignlab callback` prints, on one chart with ours on the same data.

TRL trains in an environment of its own (`parity_trl`), on the starter and the pairs that AlignLab exports for it; ours
trains from the same model with the same batch size, learning rate and beta. Both are then read as Compare reads them.
Left out: equal curves. The two sample other batches; their losses on one batch are compared by `parity_trl`.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from accept.dashboard import Dashboard
from accept.peers import environment
from accept.report import ROOT, alignlab, answer, conclude
from app.charts import panels
from app.charts.line_styles import line_styles
from storage import metrics, run_lists, runs
from storage.database import Database, connect
from storage.workspace import Workspace

STEPS, BATCH, RATE, BETA = 20, 8, 2e-4, 0.1
STARTER = ROOT / "engine" / "starter" / "model"
SHARED = ("loss", "rewards/chosen", "rewards/rejected", "rewards/margins", "rewards/accuracies", "eval/loss")
OURS = f"""
name: ours
algorithm: dpo
beta: {BETA}
model: {{name: starter}}
data: {{dataset: polite-weather}}
optimizer: {{batch_size: {BATCH}, learning_rate: {RATE}}}
budget: {{steps: {STEPS}}}
evaluation: {{every: {STEPS // 2}, prompts: 16}}
"""


def main() -> int:
    """Train both, and look at what they have in common."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        workspace = folder / "workspace"
        (folder / "run.yaml").write_text(OURS)
        answer(alignlab("train", str(folder / "run.yaml"), "--json", workspace=workspace))
        house = Dashboard(workspace)
        _train_with_trl(folder, workspace, house.url)
        house.kill()
        db = connect(Workspace(workspace))
        figures = _shared(db)
        db.close()
    wanted = {
        "TRL's run has ended as succeeded": figures["states"] == ["succeeded", "succeeded"],
        f"both have {STEPS} losses": figures["losses"] == [STEPS, STEPS],
        "the same names hold the same quantities": figures["missing"] == [],
        "each of them is one chart with both runs": figures["not_on_one_chart"] == [],
    }
    return conclude("trl_callback", figures, wanted)


def _train_with_trl(folder: Path, workspace: Path, url: str) -> None:
    (folder / "alignlab_callback.py").write_text(alignlab("callback", workspace=workspace).stdout)
    token = answer(alignlab("callback", "--new-token", "trl", "--json", workspace=workspace))["token"]
    file = folder / "pairs.jsonl"
    answer(
        alignlab(
            "data", "export", "polite-weather", "--format", "trl", "--out", str(file), "--json", workspace=workspace
        )
    )
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    question = {
        "model": str(STARTER),
        "train": rows[64:],
        "held_out": rows[:64],
        "steps": STEPS,
        "batch_size": BATCH,
        "learning_rate": RATE,
        "beta": BETA,
        "url": url,
        "token": token,
        "callback": str(folder),
    }
    command = [str(environment.environment()), str(ROOT / "accept" / "peers" / "trl_live.py")]
    done = subprocess.run(command, input=json.dumps(question), capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"TRL ended with {done.returncode}: {done.stderr[-2000:]}")


def _shared(db: Database) -> dict[str, Any]:
    chosen = [runs.get(db, run.id) for run in run_lists.search(db)]
    series = metrics.by_run(db, [run.id for run in chosen])
    keys = [set(series[run.id]) for run in chosen]
    losses = [series[run.id]["loss"].count for run in chosen]
    charts = panels.compared(chosen, dict(zip((run.id for run in chosen), keys, strict=True)), line_styles(chosen))
    shared = [panel for _, members in charts for panel in members if len(panel.traces) == len(chosen)]
    drawn = {key for panel in shared for key in (trace.key for trace in panel.traces)}
    return {
        "runs": [f"{run.name} ({run.origin})" for run in chosen],
        "states": [run.state for run in chosen],
        "losses": losses,
        "shared_keys": sorted(keys[0] & keys[1]),
        "missing": sorted({key for key in SHARED if not all(key in each for each in keys)}),
        "not_on_one_chart": sorted(set(SHARED) - drawn),
    }


if __name__ == "__main__":
    sys.exit(main())
