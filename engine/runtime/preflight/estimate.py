"""What a run would cost: steps, tokens, time, memory and disk, before anything of it exists. No torch.

Time comes from earlier runs of the same model and algorithm on this machine, else from the arithmetic of the model.
"""

import math
import os
import shutil
import statistics
from collections.abc import Sequence

import psutil

from engine.data.data_stats import RESPONSE_SHARE, Content, DataStats
from engine.models import memory
from engine.models.model_folder import Location
from engine.runtime.run import forks
from engine.runtime.run.machine import this_device
from engine.spec import Train
from engine.spec.answers import Estimate
from engine.spec.key_metrics import TOKENS_PER_SECOND
from engine.spec.models import resolve_budget
from storage import metrics, runs
from storage.database import Database

START_SECONDS = 8.0  # loading torch and the model
FLOPS_A_CORE = 4e10  # of small models in fp32, measured on two cores
FLOPS_A_GPU = 5e13
BYTES_A_SECOND = 8e9  # at which weights are read for every sampled token
SECONDS_A_TOKEN = 0.004  # of a decoding step whatever the model
ROWS = 64  # responses sampled at once (`engine.models.sampler`)
EARLIER_RUNS = 50
RUNS_ALIKE = 5
SPEED_POINTS = 50


def estimate(
    db: Database,
    spec: Train,
    content: Content,
    stats: DataStats,
    location: Location,
    scorers: Sequence[Location],
    *,
    final_prompts: int,
) -> Estimate:
    """The figures of the run; `scorers` are its reward models, and it reports on `final_prompts` at its end."""
    budget = resolve_budget(spec, location.name)
    batch = spec.optimizer.batch_size
    speed = _tokens_a_second(db, spec, stats, location)
    cost = {"steps": 1.0, "samples": batch * stats.responses, "tokens": batch * stats.tokens}
    cost["seconds"] = cost["tokens"] / speed
    steps = math.ceil(max(0.0, budget.amount - forks.spent_before(db, spec)) / cost[budget.unit])
    tokens = round(steps * cost["tokens"])
    evaluations = 1 + math.ceil(steps / spec.evaluation.every)
    evaluation_seconds = evaluations * _evaluation_seconds(spec, stats, location, speed)
    device = this_device() if spec.resources.device == "auto" else spec.resources.device
    evaluation_seconds += _end_seconds(spec, stats, location, speed, final_prompts * spec.evaluation.answers)
    size = memory.estimate(spec, location, stats.longest, scorers)
    precision = spec.resources.precision if spec.resources.precision != "auto" else auto_precision(device)
    return Estimate(
        steps=steps,
        passes=round(steps * batch / max(1, content.example_count), 2),
        items=content.example_count,
        tokens=tokens,
        generated_tokens=_generated_tokens(spec, steps),
        rollout_prompts=spec.rollout_prompts,
        completions=spec.completions,
        seconds=round(START_SECONDS + tokens / speed + evaluation_seconds),
        memory_mb=round(size.megabytes),
        memory_limit_mb=round(psutil.virtual_memory().total / 2**20),
        disk_mb=round((spec.checkpoint.keep_last + 2) * size.checkpoint_megabytes),
        disk_free_mb=round(shutil.disk_usage(db.workspace.root).free / 2**20),
        skipped=stats.skipped,
        split=content.split,
        evaluated_on=spec.evaluation.dataset if spec.evaluated_elsewhere else None,
        final_prompts=final_prompts,
        final_answers=0 if "scalar_head" in spec.needs else final_prompts * spec.evaluation.answers,
        device=device,
        micro_batch=size.micro_batch,
        precision=precision,
    )


def _generated_tokens(spec: Train, steps: int) -> int:
    """Tokens sampled for training; each response passes through as many updates as there are epochs."""
    return round(steps * spec.completions / spec.sampling.epochs * RESPONSE_SHARE * spec.sampling.max_new_tokens)


def auto_precision(device: str) -> str:
    """What `auto` will become on a device, as far as can be told without it."""
    return "bf16" if device.startswith("cuda") else "fp32"


def _tokens_a_second(db: Database, spec: Train, stats: DataStats, location: Location) -> float:
    """The speed of earlier runs of this model and algorithm, else what the model's arithmetic gives."""
    measured = _measured_speed(db, spec)
    if measured is not None:
        return measured
    flops = FLOPS_A_GPU if this_device() == "cuda" else FLOPS_A_CORE * (os.cpu_count() or 1)
    # 2 for the pass forward, 4 for the pass back, 2 for the reference; per weight and token (arXiv:2001.08361)
    training_speed = flops / (location.parameters * (8 if "reference" in spec.needs else 6))
    if spec.data.source != "sampled":
        return training_speed
    tokens = spec.optimizer.batch_size * stats.tokens
    sampling_seconds = _decoding_seconds(spec, location) * math.ceil(spec.completions / ROWS) / spec.sampling.epochs
    return tokens / (tokens / training_speed + sampling_seconds)


def _measured_speed(db: Database, spec: Train) -> float | None:
    """The median of the last few such runs: one that ran beside other work must not decide the estimate."""
    model = spec.model.model_dump(mode="json", by_alias=True)
    earlier = runs.listing(
        db, states=("succeeded",), kind="train", algorithm=spec.algorithm, model=spec.model.name, limit=EARLIER_RUNS
    )
    similar = [run.id for run in earlier if run.spec["model"] == model]
    series = [line.id for line in metrics.series(db, similar[:RUNS_ALIKE]) if line.key == TOKENS_PER_SECOND]
    curves = metrics.read(db, series, buckets=SPEED_POINTS).values()
    speeds = [statistics.median(curve.values) for curve in curves if len(curve.values)]
    return statistics.median(speeds) if speeds else None


def _decoding_seconds(spec: Train, location: Location) -> float:
    """One batch of responses, token by token."""
    return spec.sampling.max_new_tokens * (SECONDS_A_TOKEN + 4 * location.parameters / BYTES_A_SECOND)


def _evaluation_seconds(spec: Train, stats: DataStats, location: Location, speed: float) -> float:
    """One evaluation: the responses token by token, then forward passes, which cost half of an update."""
    return _decoding_seconds(spec, location) + spec.evaluation.prompts * stats.tokens / speed / 2


def _end_seconds(spec: Train, stats: DataStats, location: Location, speed: float, answers: int) -> float:
    """The end evaluation: so many answers of step 0, and as many of the last step, which are scored in batches."""
    if "scalar_head" in spec.needs:
        return 0.0
    tokens = answers * stats.tokens / stats.responses
    return 2 * math.ceil(answers / ROWS) * _decoding_seconds(spec, location) + tokens / speed / 2
