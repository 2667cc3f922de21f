"""Before a run's row is written: what is wrong with it, what to know about it, and what it will cost. No torch.

`python -P -m engine.runtime.preflight.check --workspace DIR` reads the run as JSON and prints the answer as JSON, as
the service's /preflight does. Left out: the figures (`estimate`), and mistakes that the run file shows by itself
(`engine.spec`), which are passed on.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
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
from engine.spec.chain import placeholders, stage_problems
from storage import datasets
from storage.database import Database, connect
from storage.errors import StorageError
from storage.workspace import Workspace
from words import N_


def preflight(db: Database, run: Mapping[str, Any]) -> dict[str, Any]:
    """{problems, warnings, estimate, spec}: problems keep a run from being launched, warnings do not.

    `estimate` is null where a problem stands in its way; `spec` is the run with learning rate and budget in place of
    auto, null where it cannot be read. Of a file of stages `stages` has a name and an answer for each.
    """
    try:
        return _chain(db, run) if is_chain(run) else _run(db, parse(run), {})
    except SpecError as error:
        return _answer(error.problems)


def _chain(db: Database, file: Mapping[str, Any]) -> dict[str, Any]:
    chain = parse_chain(file)
    ids = placeholders(len(chain.stages))
    planned: dict[str, Train] = {}
    problems: list[Problem] = []
    warnings: list[Problem] = []
    stages = []
    for run_id, name, spec in zip(ids, chain.stages, chain.runs(ids), strict=True):
        answer = _run(db, spec, planned)
        planned[run_id] = spec
        stages.append({"name": name, **answer})
        problems += stage_problems(len(stages), name, _problems(answer["problems"]))
        warnings += stage_problems(len(stages), name, _problems(answer["warnings"]))
    return {**_answer(problems, warnings), "stages": stages}


def _run(db: Database, spec: Train, planned: ancestry.Planned) -> dict[str, Any]:
    """One run, which may start from stages that are planned before it."""
    problems = [*_settings(spec), *reward_context.problems(db, spec, planned)]
    content, found = _data(db, spec)
    problems += found
    location, found = _model(db, spec, planned)
    problems += found
    full = resolve(spec, None if location is None else location.name)
    if content is None or location is None:
        return _answer(problems, spec=full)
    try:
        size = data_stats.measure(content, spec, light_tokenizer.template(location))
    except (ModelProblem, TemplateProblem) as error:
        return _answer([*problems, Problem("model.name", error.text)], spec=full)
    if size is None:
        text = N_("No answer of {name} has room within data.max_tokens: {limit}.")
        values = {"name": spec.data.dataset, "limit": spec.data.max_tokens}
        return _answer([*problems, Problem("data.max_tokens", (text, values))], spec=full)
    figures = estimate.estimate(db, full, content, size, location, reward_context.models(db, spec, planned))
    problems += _room(figures)
    warnings = [*_worth_knowing(full, content, location, figures), *reward_context.warnings(db, spec)]
    return _answer(problems, warnings, figures, full)


def _settings(spec: Train) -> Iterator[Problem]:
    """What can be told without looking anything up."""
    best = spec.checkpoint.keep_best
    if best is not None and best not in metric_keys(spec):
        text = N_("A {algorithm} run does not report {metric}, so it cannot keep the best by it.")
        yield Problem("checkpoint.keep_best", (text, {"algorithm": spec.algorithm, "metric": best}))
    if spec.resources.device.startswith("cuda") and this_device() == "cpu":
        yield Problem("resources.device", (N_("This machine has no GPU: set resources.device to auto or cpu."), {}))


def _data(db: Database, spec: Train) -> tuple[Content | None, list[Problem]]:
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
            datasets.file(db, evaluation.version)
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
    return (content, list(_enough(spec, content))) if content.units else (None, [_nothing_left(spec)])


def _is_version(db: Database, name: str, version: str) -> bool:
    """Whether the dataset has the version. One that is gone, its versions with it, is another mistake."""
    try:
        return version in [one.hash for one in datasets.versions(db, name)]
    except StorageError:
        return True


def _enough(spec: Train, content: Content) -> Iterator[Problem]:
    if spec.optimizer.batch_size > content.unit_count:
        text = N_("The batch of {batch} is larger than the data: {name} has {count} to train on.")
        values = {"batch": spec.optimizer.batch_size, "name": spec.data.dataset, "count": content.unit_count}
        yield Problem("optimizer.batch_size", (text, values))


def _nothing_left(spec: Train) -> Problem:
    values = {"name": spec.data.dataset, "filter": spec.data.filter}
    if spec.data.filter is not None:
        return Problem("data.filter", (N_("No item of {name} has the tag or topic {filter}."), values))
    return Problem("data.dataset", (N_("The dataset {name} has no two answers of a prompt that differ."), values))


def _model(db: Database, spec: Train, planned: ancestry.Planned) -> tuple[Location | None, list[Problem]]:
    try:
        name = ancestry.resolve_ancestry(db, spec.model, planned).root
    except StorageError as error:
        return None, [Problem("model.from", error.text)]
    try:
        location = catalogue.locate(name, db.workspace)
    except ModelProblem as error:
        return None, [Problem("model.name" if spec.model.from_ is None else "model.from", error.text)]
    return location, list(_context(spec, location))


def _context(spec: Train, location: Location) -> Iterator[Problem]:
    """The model must be able to read the longest example, and to answer the longest prompt."""
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


def _room(figures: Mapping[str, Any]) -> Iterator[Problem]:
    if figures["disk_mb"] > figures["disk_free_mb"]:
        text = N_("The run needs {needed} MB of disk for its checkpoints; {free} MB are free.")
        yield Problem("checkpoint", (text, {"needed": figures["disk_mb"], "free": figures["disk_free_mb"]}))
    if figures["memory_mb"] > figures["memory_limit_mb"]:
        text = N_(
            "The run needs about {needed} MB of memory; this machine has {limit} MB. LoRA (model.adapter), a smaller "
            "micro-batch or shorter examples need less."
        )
        values = {"needed": figures["memory_mb"], "limit": figures["memory_limit_mb"]}
        yield Problem("optimizer.micro_batch", (text, values))


def _worth_knowing(spec: Train, content: Content, location: Location, figures: Mapping[str, Any]) -> Iterator[Problem]:
    """What does not keep the run from being launched."""
    if not content.split and not spec.evaluated_elsewhere:
        text = N_(
            "{name} has too few different prompts to hold any out: the run is evaluated on the prompts it trains on."
        )
        yield Problem("evaluation", (text, {"name": spec.data.dataset}))
    if figures["skipped"]:
        text = N_("About {count} examples have no room for an answer and will be skipped.")
        yield Problem("data.max_tokens", (text, {"count": figures["skipped"]}))
    if spec.budget != "auto" and spec.budget.unit == "seconds":
        yield Problem("budget", (N_("A run with a budget in seconds cannot be repeated bit for bit."), {}))
    if figures["memory_mb"] > 0.8 * figures["memory_limit_mb"]:
        yield Problem("optimizer.micro_batch", (N_("The run will need most of this machine's memory."), {}))


def _answer(
    problems: list[Problem],
    warnings: list[Problem] | None = None,
    figures: Mapping[str, Any] | None = None,
    spec: Train | None = None,
) -> dict[str, Any]:
    def entries(found: list[Problem]) -> list[dict[str, Any]]:
        return [{"path": one.path, "text": list(one.text)} for one in found]

    return {
        "problems": entries(problems),
        "warnings": entries(warnings or []),
        "estimate": figures,
        "spec": None if spec is None else dump(spec),
    }


def _problems(entries: list[dict[str, Any]]) -> list[Problem]:
    return [Problem(entry["path"], (entry["text"][0], entry["text"][1])) for entry in entries]


def main() -> int:
    """Answer the run on standard input."""
    parser = argparse.ArgumentParser(prog="engine.runtime.preflight.check")
    parser.add_argument("--workspace", type=Path, required=True)
    options = parser.parse_args()
    db = connect(Workspace(options.workspace.resolve()))
    sys.stdout.write(json.dumps(preflight(db, json.load(sys.stdin)), ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
