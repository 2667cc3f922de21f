"""All that a run leaves behind, but for time, speed and memory: two runs that are one leave the same, bit for bit."""

from dataclasses import replace
from typing import Any

from safetensors.numpy import load_file

from storage import final_samples, intervals, metrics, rollout_samples, runs, samples
from storage.database import Database

MEASURED = {"tokens_per_second", "samples_per_second", "seconds_per_step", "memory_mb", "train_seconds", "cpu_percent"}


def left_behind(db: Database, run_id: str) -> dict[str, Any]:
    """Points, samples, files of evaluations, and weights and optimizer state of the newest checkpoint, in bytes."""
    newest = runs.checkpoints(db, run_id)[-1].path
    tensors = load_file(newest / "weights.safetensors") | load_file(newest / "optimizer.safetensors")
    return {
        "points": [repr(point[:3]) for point in metrics.points(db, run_id) if point[0] not in MEASURED],  # nan is nan
        "samples": [
            (one.step, one.prompt_index, one.text, one.scores, one.reward, one.kl)
            for one in samples.listing(db, run_id)
        ],
        "intervals": intervals.listing(db, [run_id]).get(run_id, {}),
        "final": [replace(sample, run_id="", attempt=0) for sample in final_samples.listing(db, run_id)],
        "rollouts": [
            replace(sample, run_id="", attempt=0)
            for step in rollout_samples.steps(db, run_id)
            for sample in rollout_samples.at(db, run_id, step)
        ],
        "tokens": {path.name: path.read_bytes() for path in sorted(db.workspace.evaluations(run_id).glob("*"))},
        "weights": {name: value.tobytes() for name, value in tensors.items()},
    }
