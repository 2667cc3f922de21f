"""What is checked before a generate run: prompts, models, the dataset that it fills, and what it will take. No torch.

Left out: what is checked before runs of every kind (`run_checks`).
"""

import math
import shutil
from collections.abc import Iterator, Mapping, Sequence

import psutil

from engine.data.data_stats import RESPONSE_SHARE
from engine.data.items import matching, prompts
from engine.data.templates import TemplateProblem
from engine.models.memory import FLOAT, MEGABYTE, PROCESS_MB
from engine.models.model_folder import Location, ModelProblem
from engine.runtime.preflight import refused_items
from engine.runtime.preflight.estimate import BYTES_A_SECOND, ROWS, SECONDS_A_TOKEN, START_SECONDS, auto_precision
from engine.runtime.preflight.run_checks import (
    answer,
    check_model,
    dataset_problems,
    device_problems,
    name_problems,
    notify_problems,
)
from engine.runtime.run import ancestry, reward_context
from engine.runtime.run.machine import this_device
from engine.spec import Generate, Problem
from engine.spec.answers import Estimate, PreflightAnswer
from storage import datasets, generated_item_writes
from storage.database import Database
from storage.errors import StorageError
from words import N_


def check(db: Database, spec: Generate, planned: ancestry.Planned) -> PreflightAnswer:
    """The answer for one generate run."""
    count, data_problems = _check_prompts(db, spec)
    locations: dict[str, Location] = {}
    model_problems: list[Problem] = []
    for path, model in spec.models.items():
        location, of_model = check_model(db, model, planned, path)
        model_problems += of_model
        if location is not None:
            locations[path] = location
            model_problems += _context_problems(spec, path, location)
    problems = [
        *name_problems(spec),
        *notify_problems(db, spec),
        *device_problems(spec),
        *reward_context.problems(db, spec, planned),
        *_target_problems(db, spec),
        *data_problems,
        *model_problems,
    ]
    if not count or len(locations) < len(spec.models):
        return answer(problems, spec=spec)
    warnings = [*reward_context.warnings(db, spec)]
    try:
        unreadable = list(_unreadable(db, spec, locations))
    except (ModelProblem, TemplateProblem) as error:
        return answer([*problems, Problem("model.name", error.text)], spec=spec)
    scorers = [plan.location for plan in reward_context.models(db, spec, planned)]
    figures = _estimate(db, spec, count, [*locations.values()], scorers)
    problems += [problem for whole, problem in unreadable if whole]
    warnings += [problem for whole, problem in unreadable if not whole]
    return answer([*problems, *_memory_problems(figures)], warnings, figures, spec)


def _check_prompts(db: Database, spec: Generate) -> tuple[int, list[Problem]]:
    """How many prompts will be answered, or 0 and why none can be."""
    problems = list(dataset_problems(db, spec))
    if problems:
        return 0, problems
    data = spec.data
    try:
        latest = data.version == "latest"
        items = datasets.items(db, data.dataset)[0] if latest else datasets.load(db, data.version)
    except StorageError as error:
        return 0, [Problem("data.dataset", error.text)]
    if not items:
        return 0, [Problem("data.dataset", (N_("The dataset {name} is empty."), {"name": data.dataset}))]
    count = len(prompts(matching(items, data.filter)))
    if not count:
        values = {"name": data.dataset, "filter": data.filter}
        return 0, [Problem("data.filter", (N_("No item of {name} has the tag or topic {filter}."), values))]
    return min(count, spec.prompts or count), []


def _target_problems(db: Database, spec: Generate) -> Iterator[Problem]:
    text = generated_item_writes.unfit(db, spec.into)
    if text is not None:
        yield Problem("into", text)


def _context_problems(spec: Generate, path: str, location: Location) -> Iterator[Problem]:
    """Whether the model's context holds the longest prompt with its answer."""
    if location.context is not None and spec.data.max_prompt_tokens + spec.sampling.max_new_tokens > location.context:
        text = N_(
            "The model {name} reads {context} tokens at most, which data.max_prompt_tokens and "
            "sampling.max_new_tokens exceed together."
        )
        yield Problem(path, (text, {"name": location.name, "context": location.context}))


def _unreadable(db: Database, spec: Generate, locations: Mapping[str, Location]) -> Iterator[tuple[bool, Problem]]:
    """The prompts that a model refuses, and whether these are all. Raises ModelProblem and TemplateProblem."""
    asked = refused_items.Prompts(spec.data.dataset, spec.data.version, spec.data.filter)
    for location in dict.fromkeys(locations.values()):
        refusals = refused_items.find(db, asked, location, spec.data.system_turn, spec.data.enable_thinking)
        if refusals.count:
            yield refusals.count == refusals.total, Problem("data", refusals.text)


def _estimate(
    db: Database, spec: Generate, count: int, locations: Sequence[Location], scorers: Sequence[Location]
) -> Estimate:
    """The figures of the run; `count` prompts are answered."""
    sampling = spec.sampling
    batches = math.ceil(count / max(1, ROWS // sampling.samples))
    token_seconds = sum(SECONDS_A_TOKEN + FLOAT * location.parameters / BYTES_A_SECOND for location in locations)
    parameters = sum(location.parameters for location in (*locations, *scorers))
    device = this_device() if spec.resources.device == "auto" else spec.resources.device
    precision = spec.resources.precision
    return Estimate(
        steps=count,
        passes=1.0,
        items=count,
        tokens=0,
        generated_tokens=round(count * spec.answers * RESPONSE_SHARE * sampling.max_new_tokens),
        rollout_prompts=0,
        completions=0,
        seconds=round(START_SECONDS + batches * sampling.max_new_tokens * token_seconds),
        memory_mb=round(PROCESS_MB + FLOAT * parameters / MEGABYTE),
        memory_limit_mb=round(psutil.virtual_memory().total / 2**20),
        disk_mb=0,
        disk_free_mb=round(shutil.disk_usage(db.workspace.root).free / 2**20),
        skipped=0,
        split=False,
        evaluated_on=None,
        device=device,
        micro_batch=ROWS,
        precision=auto_precision(device) if precision == "auto" else precision,
    )


def _memory_problems(figures: Estimate) -> Iterator[Problem]:
    if figures.memory_mb > figures.memory_limit_mb:
        text = N_("The run needs about {needed} MB of memory; this machine has {limit} MB. Choose a smaller model.")
        yield Problem("model", (text, {"needed": figures.memory_mb, "limit": figures.memory_limit_mb}))
