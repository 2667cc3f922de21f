"""What a run would cost: steps, tokens, time, memory and disk, before anything of it exists. No torch.

Time comes from earlier runs of the same model and algorithm on this machine, else from the arithmetic of the model.
"""

import math
import os
import shutil
import statistics
from collections.abc import Sequence
from typing import Any

import psutil

from engine.data.data_stats import ANSWER_SHARE, Content, DataStats
from engine.models import memory
from engine.models.model_folder import Location
from engine.runtime.run.machine import this_device
from engine.spec import Train
from engine.spec.blocks import Budget
from storage import metrics, runs
from storage.database import Database

START_SECONDS = 8.0  # loading torch and the model
FLOPS_A_CORE = 4e10  # of small models in fp32, measured on two cores
FLOPS_A_GPU = 5e13
BYTES_A_SECOND = 8e9  # at which weights are read for every sampled token
SECONDS_A_TOKEN = 0.004  # of a decoding step whatever the model
ROWS = 64  # answers sampled at once (`engine.models.sampler`)
REMEMBERED_RUNS = 50
LIKE_RUNS = 5
SPEED_POINTS = 50


def estimate(
    db: Database, spec: Train, content: Content, extent: DataStats, location: Location, scorers: Sequence[Location]
) -> dict[str, Any]:
    """The figures of the run. `spec` has no auto left in learning rate and budget; `scorers` are its reward models."""
    assert isinstance(spec.budget, Budget)
    batch = spec.optimizer.batch_size
    speed = _tokens_a_second(db, spec, extent, location)
    cost = {"steps": 1.0, "samples": batch * extent.answers, "tokens": batch * extent.tokens}
    cost["seconds"] = cost["tokens"] / speed
    steps = math.ceil(spec.budget.amount / cost[spec.budget.unit])
    tokens = round(steps * cost["tokens"])
    evaluations = 1 + math.ceil(steps / spec.evaluation.every)
    evaluating = evaluations * _evaluation_seconds(spec, extent, location, speed)
    size = memory.estimate(spec, location, extent.longest, scorers)
    device = this_device() if spec.resources.device == "auto" else spec.resources.device
    return {
        "steps": steps,
        "passes": round(steps * batch / max(1, content.unit_count), 2),
        "items": content.unit_count,  # to train on
        "tokens": tokens,
        "generated_tokens": _generated(spec, steps),
        "rollout_prompts": spec.rollout_prompts,
        "completions": spec.completions,
        "seconds": round(START_SECONDS + tokens / speed + evaluating),
        "memory_mb": round(size.megabytes),
        "memory_limit_mb": round(psutil.virtual_memory().total / 2**20),
        "disk_mb": round((spec.checkpoint.keep_last + 2) * size.checkpoint_megabytes),
        "disk_free_mb": round(shutil.disk_usage(db.workspace.root).free / 2**20),
        "skipped": extent.skipped,
        "split": content.split,
        "evaluated_on": spec.evaluation.dataset if spec.evaluated_elsewhere else None,
        "device": device,
        "micro_batch": size.micro_batch,
        "precision": spec.resources.precision if spec.resources.precision != "auto" else _precision(device),
    }


def _generated(spec: Train, steps: int) -> int:
    """Tokens sampled for training; each answer passes through as many updates as there are epochs."""
    return round(steps * spec.completions / spec.sampling.epochs * ANSWER_SHARE * spec.sampling.max_new_tokens)


def _precision(device: str) -> str:
    return "bf16" if device.startswith("cuda") else "fp32"


def _tokens_a_second(db: Database, spec: Train, extent: DataStats, location: Location) -> float:
    """As earlier runs of this model and algorithm had it; else from the model's arithmetic."""
    known = _remembered_speed(db, spec)
    if known is not None:
        return known
    flops = FLOPS_A_GPU if this_device() == "cuda" else FLOPS_A_CORE * (os.cpu_count() or 1)
    # 2 for the pass forward, 4 for the pass back, 2 for the reference; per weight and token (arXiv:2001.08361)
    trained = flops / (location.parameters * (8 if "reference" in spec.needs else 6))
    if spec.data.source != "sampled":
        return trained
    tokens = spec.optimizer.batch_size * extent.tokens
    sampling = _decoding_seconds(spec, location) * math.ceil(spec.completions / ROWS) / spec.sampling.epochs
    return tokens / (tokens / trained + sampling)


def _remembered_speed(db: Database, spec: Train) -> float | None:
    """The middle of what the last few such runs had: one that ran beside other work must not rule the estimate."""
    model = spec.model.model_dump(mode="json", by_alias=True)
    runs_then = runs.listing(db, states=("succeeded",), kind="train", limit=REMEMBERED_RUNS)
    like = [run.id for run in runs_then if run.algorithm == spec.algorithm and run.spec["model"] == model]
    series = [one.id for one in metrics.series(db, like[:LIKE_RUNS]) if one.key == "tokens_per_second"]
    curves = metrics.read(db, series, buckets=SPEED_POINTS).values()
    speeds = [statistics.median(curve.values) for curve in curves if len(curve.values)]
    return statistics.median(speeds) if speeds else None


def _decoding_seconds(spec: Train, location: Location) -> float:
    """One batch of answers, token by token."""
    return spec.sampling.max_new_tokens * (SECONDS_A_TOKEN + 4 * location.parameters / BYTES_A_SECOND)


def _evaluation_seconds(spec: Train, extent: DataStats, location: Location, speed: float) -> float:
    """One evaluation: the answers token by token, then passes forward only, which are half of what updates cost."""
    return _decoding_seconds(spec, location) + spec.evaluation.prompts * extent.tokens / speed / 2
