"""What is checked before a train run: settings, data, model, memory and disk. No torch.

Left out: what is checked before runs of every kind (`run_checks`), and the figures (`estimate`).
"""

from collections.abc import Iterator
from typing import Any

from engine.data import data_stats
from engine.data.data_stats import Content
from engine.data.held_out_prompts import NONE_LEFT
from engine.data.templates import TemplateProblem
from engine.models import tokenizer_process
from engine.models.model_folder import Location, ModelProblem
from engine.runtime.preflight import (
    estimate,
    evaluation_checks,
    learning_checks,
    refused_items,
    thinking_checks,
    watch_checks,
)
from engine.runtime.preflight.refused_items import Prompts
from engine.runtime.preflight.run_checks import (
    answer,
    check_model,
    dataset_problems,
    device_problems,
    name_problems,
    notify_problems,
)
from engine.runtime.run import ancestry, forks, reward_context
from engine.spec import Problem, Train, metric, metric_keys, resolve, set_in_vain
from engine.spec.answers import Estimate, PreflightAnswer
from engine.spec.blocks import SystemTurn
from storage import datasets
from storage.database import Database
from storage.errors import StorageError
from storage.item_content import kinds_in_words
from words import N_, to_json


def check(db: Database, spec: Train, planned: ancestry.Planned) -> PreflightAnswer:
    """The answer for one train run, which may start from stages that are planned before it."""
    content, data_problems = _check_data(db, spec)
    location, model_problems = _check_model(db, spec, planned)
    reward_problems = reward_context.problems(db, spec, planned)
    setting_problems = [
        *name_problems(spec),
        *notify_problems(db, spec),
        *_setting_problems(spec),
        *device_problems(spec),
    ]
    resolved = resolve(spec, None if location is None else location.name)
    fork_problems = list(forks.problems(db, resolved))
    problems = [*setting_problems, *fork_problems, *reward_problems, *data_problems, *model_problems]
    if content is None or location is None:
        return answer(problems, spec=resolved)
    try:
        refusals = refused_items.find(db, _prompts(spec, answers=_reads_answers(spec)), location, *_reading(spec))
        tokenised = data_stats.tokenise(content, spec, tokenizer_process.template(location, spec.data.enable_thinking))
        warnings = list(_other_readers(db, spec, planned, location))
        problems += _evaluation_problems(db, spec, location)
    except (ModelProblem, TemplateProblem) as error:
        return answer([*problems, Problem("model.name", error.text)], spec=resolved)
    findings = learning_checks.Findings(spec, content, tokenised, refusals)
    problems += learning_checks.problems(findings)
    warnings += learning_checks.warnings(findings)
    stats = data_stats.stats(tokenised, content, spec)
    if stats is None:
        return answer(problems, warnings, spec=resolved).model_copy(update={"data_check": findings.counts})
    scorers = [plan.location for plan in reward_context.models(db, spec, planned)]
    sides = evaluation_checks.read(db, resolved, content)
    reported_on = evaluation_checks.division(resolved, location, sides).reported_on
    figures = estimate.estimate(db, resolved, content, stats, location, scorers, final_prompts=reported_on)
    problems += _capacity_problems(figures)
    warnings += [*set_in_vain(spec, _data_kind(db, spec)), *_run_warnings(resolved, content, figures)]
    warnings += reward_context.warnings(db, spec)
    warnings += thinking_checks.warnings(content.examples, spec, location)
    warnings += evaluation_checks.warnings(db, resolved, location, sides)
    warnings += watch_checks.warnings(resolved, figures.steps)
    return answer(problems, warnings, figures, resolved).model_copy(update={"data_check": findings.counts})


def _prompts(spec: Train, *, answers: bool = False) -> Prompts:
    return Prompts(spec.data.dataset, spec.data.version, spec.data.filter, answers)


def _reads_answers(spec: Train) -> bool:
    """Whether the run reads the answers of its data."""
    return spec.data.source == "frozen"


def _reading(spec: Train) -> tuple[SystemTurn, bool | None]:
    """How the policy's template is given a conversation."""
    return spec.data.system_turn, spec.data.enable_thinking


def _other_readers(db: Database, spec: Train, planned: ancestry.Planned, policy: Location) -> Iterator[Problem]:
    """Prompts that a reward model refuses, whose template may be another one than the policy's."""
    for plan in reward_context.models(db, spec, planned):
        reading = plan.system_turn, plan.enable_thinking
        if (plan.location, reading) == (policy, _reading(spec)):
            continue
        refusals = refused_items.find(db, _prompts(spec), plan.location, *reading)
        if refusals.count:
            yield Problem(plan.path, (N_("The reward model: {refused}"), {"refused": to_json(refusals.text)}))


def _evaluation_problems(db: Database, spec: Train, location: Location) -> Iterator[Problem]:
    """An evaluation set of which not one prompt can be read."""
    if spec.evaluated_elsewhere and spec.evaluation.dataset is not None:
        prompts = Prompts(spec.evaluation.dataset, spec.evaluation.version, answers=_reads_answers(spec))
        refusals = refused_items.find(db, prompts, location, *_reading(spec))
        if refusals.count and refusals.count == refusals.checked:
            values = {"name": spec.evaluation.dataset, "cause": to_json(refusals.refusals[0].cause)}
            yield Problem("evaluation.dataset", (N_("Not one prompt of {name} can be read. {cause}"), values))


def _setting_problems(spec: Train) -> Iterator[Problem]:
    """What a run reports follows from its settings; no validator of theirs can tell, since `reported` imports Train."""
    best = spec.checkpoint.keep_best
    if best is not None and best not in metric_keys(spec):
        text = N_("A {algorithm} run does not report {metric}, so it cannot keep the best by it.")
        yield Problem("checkpoint.keep_best", (text, {"algorithm": spec.algorithm, "metric": best}))
    elif best is not None and metric(best).section == "final":
        text = N_("{metric} is known only when the run has ended, so it cannot keep the best by it.")
        yield Problem("checkpoint.keep_best", (text, {"metric": best}))


def _check_data(db: Database, spec: Train) -> tuple[Content | None, list[Problem]]:
    """The data as read, or None and why the run cannot use it."""
    problems = list(dataset_problems(db, spec))
    if problems:
        return None, problems
    try:
        kind = _data_kind(db, spec)
        content = data_stats.read(db, spec)
    except StorageError as error:
        return None, [Problem("data.dataset", error.text)]
    if not content.items:
        return None, [Problem("data.dataset", (N_("The dataset {name} is empty."), {"name": spec.data.dataset}))]
    if kind is not None and kind not in spec.data_kinds:
        text = N_("{algorithm} cannot train on {name}: it holds {kind}, and {algorithm} needs {expected}.")
        values: dict[str, Any] = {"algorithm": spec.algorithm, "name": spec.data.dataset}
        values |= {"kind": to_json(kinds_in_words([kind])), "expected": to_json(kinds_in_words(spec.data_kinds))}
        return None, [Problem("data.dataset", (text, values))]
    if not content.examples:
        return None, [_no_examples(spec, content)]
    return content, list(_batch_problems(spec, content))


def _data_kind(db: Database, spec: Train) -> str | None:
    """What the working copy holds; None of a frozen version, which may be older than a change of it."""
    return datasets.get(db, spec.data.dataset).kind if spec.data.version == "latest" else None


def _batch_problems(spec: Train, content: Content) -> Iterator[Problem]:
    if spec.optimizer.batch_size > content.example_count:
        text = N_("The batch of {batch} is larger than the data: {name} has {count} to train on.")
        values = {"batch": spec.optimizer.batch_size, "name": spec.data.dataset, "count": content.example_count}
        yield Problem("optimizer.batch_size", (text, values))


def _no_examples(spec: Train, content: Content) -> Problem:
    """Why no item gives an example, and what would."""
    values = {"name": spec.data.dataset, "filter": spec.data.filter}
    if not content.train_items and spec.data.filter is not None:
        return Problem("data.filter", (N_("No item of {name} has the tag or topic {filter}."), values))
    if not content.train_items and spec.data.fraction < 1:
        text = N_("So small a share of {name} holds no prompt: set {path} higher.")
        return Problem("data.fraction", (text, {**values, "path": "data.fraction"}))
    if not content.train_items:
        text = N_("All items of {name} are excluded from training.")
    elif spec.batch != "texts":
        text = N_(
            "No pair of {name} has a preference yet, and no two scores of a prompt's answers differ: judge its pairs "
            "on Annotate, or import preferences. A tie makes no preference."
        )
    elif spec.labelled:
        text = N_(
            "No answer of {name} is labelled good or bad, and no pair has a preference yet: judge its pairs on "
            "Annotate, or import labels or preferences."
        )
    else:
        text = N_("No item of {name} has an answer to imitate: add answers, or import demonstrations.")
    return Problem("data.dataset", (text, values))


def _check_model(db: Database, spec: Train, planned: ancestry.Planned) -> tuple[Location | None, list[Problem]]:
    """The base model, and whether it has room for the data; or None and why there is none."""
    location, problems = check_model(db, spec.model, planned)
    return location, problems if location is None else [*problems, *_context_problems(spec, location)]


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
        narrowed = any(item.split == "held_out" for item in content.read)
        values = {"name": spec.data.dataset, "filter": spec.data.filter}
        yield Problem("evaluation", (NONE_LEFT if narrowed else text, values))
    if figures.skipped:
        text = N_("About {count} examples have no room for an answer and will be skipped.")
        yield Problem("data.max_tokens", (text, {"count": figures.skipped}))
    if spec.budget != "auto" and spec.budget.unit == "seconds":
        yield Problem("budget", (N_("A run with a budget in seconds cannot be repeated bit for bit."), {}))
    if figures.memory_mb > 0.8 * figures.memory_limit_mb:
        yield Problem("optimizer.micro_batch", (N_("The run will need most of this machine's memory."), {}))
