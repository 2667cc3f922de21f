"""dpo on the starter model with its own suggestions, through the command line: learns, measurably, without collapse."""

import sys
import tempfile
from pathlib import Path
from typing import Any

from accept.report import alignlab, answer, conclude
from storage import samples
from storage.database import connect
from storage.workspace import Workspace

RUN_FILE = """
algorithm: dpo
model: {name: starter}
data: {dataset: polite-weather}
seed: 0
"""


def main() -> int:
    """Train, read the metrics and the samples, compare."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder) / "workspace"
        run_file = Path(folder) / "run.yaml"
        run_file.write_text(RUN_FILE)
        alignlab("data", "list", workspace=workspace)  # sets the workspace up, which is not what is timed
        run = answer(alignlab("train", str(run_file), "--json", workspace=workspace))
        polite = shares(workspace, run["id"])
    series = run["metrics"]
    distinct = series["eval/distinct_2"]
    figures: dict[str, Any] = {
        "seconds": run["seconds"],
        "steps": run["steps"],
        "first_loss": series["loss"]["first"],
        "eval_accuracy": series["eval/accuracy"]["last"],
        "eval_margin": series["eval/margin"]["last"],
        "polite_share_before": polite[0],
        "polite_share_after": polite[-1],
        "distinct_2_kept": distinct["last"] / distinct["first"],
    }
    wanted = {
        "under 3 minutes": figures["seconds"] < 180,
        "first loss 0.6931 within 1e-3": abs(figures["first_loss"] - 0.6931) < 1e-3,
        "eval/accuracy at least 0.95": figures["eval_accuracy"] >= 0.95,
        "eval/margin at least 0.5": figures["eval_margin"] >= 0.5,
        "share of polite answers up by 20 points": polite[-1] - polite[0] >= 0.20,
        "eval/distinct_2 at least 0.7 of its start": figures["distinct_2_kept"] >= 0.7,
    }
    return conclude("starter_dpo", figures, wanted)


def shares(workspace: Path, run_id: str) -> list[float]:
    """The share of sampled held-out answers that score over 0.5 on polite, by evaluation."""
    database = connect(Workspace(workspace))
    taken = [samples.listing(database, run_id, step=step) for step in samples.steps(database, run_id)]
    return [sum(sample.scores["polite"] > 0.5 for sample in group) / len(group) for group in taken]


if __name__ == "__main__":
    sys.exit(main())
