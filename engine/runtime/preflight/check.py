"""Before a run's row is written: what is wrong with it, what to know about it, and what it will cost. No torch.

`python -P -m engine.runtime.preflight.check --workspace DIR` reads the run as JSON and prints the answer as JSON, as
the service's /preflight does. Left out: the figures (`estimate`), and mistakes that the run file shows by itself
(`engine.spec`), which are passed on.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from engine.data import data_stats
from engine.data.data_stats import Content
from engine.data.templates import TemplateProblem
from engine.models import catalogue, light_tokenizer
from engine.models.model_folder import Location, ModelProblem
from engine.runtime.preflight import estimate
from engine.runtime.run import ancestry, reward_context
from engine.runtime.run.machine import this_device
from engine.spec import Problem, SpecError, Train, dump, is_chain, metric_keys, parse, parse_chain, resolve
from engine.spec.answers import Estimate, PreflightAnswer, StageAnswer
from engine.spec.chain import placeholders, stage_problems
from storage import datasets
from storage.database import Database, connect
from storage.errors import StorageError
from storage.workspace import Workspace
from words import N_


def preflight(db: Database, run: Mapping[str, Any]) -> PreflightAnswer:
    """The answer for a run file or a file of stages, also for one that cannot be read."""
    try:
        return _check_chain(db, run) if is_chain(run) else _check_run(db, parse(run), {})
    except SpecError as error:
        return _answer(error.problems)


def _check_chain(db: Database, file: Mapping[str, Any]) -> PreflightAnswer:
    chain = parse_chain(file)
    ids = placeholders(len(chain.stages))
    planned: dict[str, Train] = {}
    problems: list[Problem] = []
    warnings: list[Problem] = []
    stages = []
    for number, (run_id, name, spec) in enumerate(zip(ids, chain.stages, chain.runs(ids), strict=True), 1):
        answer = _check_run(db, spec, planned)
        planned[run_id] = spec
        stages.append(StageAnswer(name=name, **dict(answer)))
        problems += stage_problems(number, name, answer.problems)
        warnings += stage_problems(number, name, answer.warnings)
    return _answer(problems, warnings).model_copy(update={"stages": tuple(stages)})


def _check_run(db: Database, spec: Train, planned: ancestry.Planned) -> PreflightAnswer:
    """One run, which may start from stages that are planned before it."""
    content, data_problems = _check_data(db, spec)
    location, model_problems = _check_model(db, spec, planned)
    reward_problems = reward_context.problems(db, spec, planned)
    problems = [*_setting_problems(spec), *reward_problems, *data_problems, *model_problems]
    resolved = resolve(spec, None if location is None else location.name)
    if content is None or location is None:
        return _answer(problems, spec=resolved)
    try:
        stats = data_stats.measure(content, spec, light_tokenizer.template(location))
    except (ModelProblem, TemplateProblem) as error:
        return _answer([*problems, Problem("model.name", error.text)], spec=resolved)
    if stats is None:
        text = N_("No answer of {name} has room within data.max_tokens: {limit}.")
        values = {"name": spec.data.dataset, "limit": spec.data.max_tokens}
        return _answer([*problems, Problem("data.max_tokens", (text, values))], spec=resolved)
    figures = estimate.estimate(db, resolved, content, stats, location, reward_context.models(db, spec, planned))
    problems += _capacity_problems(figures)
    warnings = [*_run_warnings(resolved, content, figures), *reward_context.warnings(db, spec)]
    return _answer(problems, warnings, figures, resolved)


def _setting_problems(spec: Train) -> Iterator[Problem]:
    """Problems that need no look at data, models or disk."""
    best = spec.checkpoint.keep_best
    if best is not None and best not in metric_keys(spec):
        text = N_("A {algorithm} run does not report {metric}, so it cannot keep the best by it.")
        yield Problem("checkpoint.keep_best", (text, {"algorithm": spec.algorithm, "metric": best}))
    if spec.resources.device.startswith("cuda") and this_device() == "cpu":
        yield Problem("resources.device", (N_("This machine has no GPU: set resources.device to auto or cpu."), {}))


def _check_data(db: Database, spec: Train) -> tuple[Content | None, list[Problem]]:
    """The data as read, or None and why the run cannot use it."""
    evaluation = spec.evaluation
    for path, name, version in (
        ("evaluation.version", evaluation.dataset, evaluation.version),
        ("data.version", spec.data.dataset, spec.data.version),
    ):
        if name is not None and version != "latest" and not _is_version(db, name, version):
            text = N_("{version} is not a version of the dataset {name}: set {path} to latest.")
            return None, [Problem(path, (text, {"version": version[:8], "name": name, "path": path}))]
    try:
        if evaluation.dataset is not None and evaluation.version == "latest":
            datasets.get(db, evaluation.dataset)
        elif evaluation.dataset is not None:
            datasets.version_path(db, evaluation.version)
    except StorageError as error:
        return None, [Problem("evaluation.dataset", error.text)]
    try:
        kind = datasets.get(db, spec.data.dataset).kind if spec.data.version == "latest" else None
        content = data_stats.read(db, spec)
    except StorageError as error:
        return None, [Problem("data.dataset", error.text)]
    if not content.items:
        return None, [Problem("data.dataset", (N_("The dataset {name} is empty."), {"name": spec.data.dataset}))]
    if kind is not None and kind not in spec.data_kinds:
        text = N_("{algorithm} cannot train on {name}: it holds {kind}, and {algorithm} needs {expected}.")
        values = {"algorithm": spec.algorithm, "name": spec.data.dataset, "kind": kind}
        return None, [Problem("data.dataset", (text, {**values, "expected": ", ".join(spec.data_kinds)}))]
    return (content, list(_batch_problems(spec, content))) if content.examples else (None, [_no_examples(spec)])


def _is_version(db: Database, name: str, version: str) -> bool:
    """Whether the dataset has the version. One that is gone, its versions with it, is another mistake."""
    try:
        return version in [frozen.hash for frozen in datasets.versions(db, name)]
    except StorageError:
        return True


def _batch_problems(spec: Train, content: Content) -> Iterator[Problem]:
    if spec.optimizer.batch_size > content.example_count:
        text = N_("The batch of {batch} is larger than the data: {name} has {count} to train on.")
        values = {"batch": spec.optimizer.batch_size, "name": spec.data.dataset, "count": content.example_count}
        yield Problem("optimizer.batch_size", (text, values))


def _no_examples(spec: Train) -> Problem:
    values = {"name": spec.data.dataset, "filter": spec.data.filter}
    if spec.data.filter is not None:
        return Problem("data.filter", (N_("No item of {name} has the tag or topic {filter}."), values))
    return Problem("data.dataset", (N_("The dataset {name} has no two answers of a prompt that differ."), values))


def _check_model(db: Database, spec: Train, planned: ancestry.Planned) -> tuple[Location | None, list[Problem]]:
    """The base model, or None and why there is none."""
    try:
        name = ancestry.resolve_ancestry(db, spec.model, planned).root
    except StorageError as error:
        return None, [Problem("model.from", error.text)]
    try:
        location = catalogue.locate(name, db.workspace)
    except ModelProblem as error:
        return None, [Problem("model.name" if spec.model.from_ is None else "model.from", error.text)]
    return location, list(_context_problems(spec, location))


def _context_problems(spec: Train, location: Location) -> Iterator[Problem]:
    """Whether the model's context holds the longest example, and the longest prompt with its response."""
    if location.context is None:
        return
    values = {"name": location.name, "context": location.context}
    if spec.data.max_tokens > location.context:
        text = N_("The model {name} reads {context} tokens at most: set data.max_tokens to that or less.")
        yield Problem("data.max_tokens", (text, values))
    elif spec.data.max_prompt_tokens + spec.sampling.max_new_tokens > location.context:
        text = N_(
            "The model {name} reads {context} tokens at most, which data.max_prompt_tokens and "
            "sampling.max_new_tokens exceed together."
        )
        yield Problem("sampling.max_new_tokens", (text, values))


def _capacity_problems(figures: Estimate) -> Iterator[Problem]:
    """Whether disk and memory suffice."""
    if figures.disk_mb > figures.disk_free_mb:
        text = N_("The run needs {needed} MB of disk for its checkpoints; {free} MB are free.")
        yield Problem("checkpoint", (text, {"needed": figures.disk_mb, "free": figures.disk_free_mb}))
    if figures.memory_mb > figures.memory_limit_mb:
        text = N_(
            "The run needs about {needed} MB of memory; this machine has {limit} MB. LoRA (model.adapter), a smaller "
            "micro-batch or shorter examples need less."
        )
        values = {"needed": figures.memory_mb, "limit": figures.memory_limit_mb}
        yield Problem("optimizer.micro_batch", (text, values))


def _run_warnings(spec: Train, content: Content, figures: Estimate) -> Iterator[Problem]:
    if not content.split and not spec.evaluated_elsewhere:
        text = N_(
            "{name} has too few different prompts to hold any out: the run is evaluated on the prompts it trains on."
        )
        yield Problem("evaluation", (text, {"name": spec.data.dataset}))
    if figures.skipped:
        text = N_("About {count} examples have no room for an answer and will be skipped.")
        yield Problem("data.max_tokens", (text, {"count": figures.skipped}))
    if spec.budget != "auto" and spec.budget.unit == "seconds":
        yield Problem("budget", (N_("A run with a budget in seconds cannot be repeated bit for bit."), {}))
    if figures.memory_mb > 0.8 * figures.memory_limit_mb:
        yield Problem("optimizer.micro_batch", (N_("The run will need most of this machine's memory."), {}))


def _answer(
    problems: Sequence[Problem],
    warnings: Sequence[Problem] = (),
    figures: Estimate | None = None,
    spec: Train | None = None,
) -> PreflightAnswer:
    file = None if spec is None else dump(spec)
    return PreflightAnswer(problems=tuple(problems), warnings=tuple(warnings), estimate=figures, spec=file)


def main() -> int:
    """Answer the run on standard input."""
    parser = argparse.ArgumentParser(prog="engine.runtime.preflight.check")
    parser.add_argument("--workspace", type=Path, required=True)
    options = parser.parse_args()
    db = connect(Workspace(options.workspace.resolve()))
    answer = preflight(db, json.load(sys.stdin))
    sys.stdout.write(json.dumps(answer.to_json(), ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
