"""The preflight's answer as the Launch page shows it: the figures of a run, its problems and its warnings.

Left out: asking the engine, and when (`app.launch.preflight_cache`).
"""

import math
from collections.abc import Sequence
from functools import partial

from markupsafe import Markup

from app.markup import notices, setting_names, tables, texts
from app.translations import _, ngettext
from engine.spec import Generate, RunSpec, readable
from engine.spec.answers import Estimate, PreflightAnswer, StudyEstimate
from words import Text

MINUTES = (0.5, 1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 45, 60)  # what a time is rounded to, by ratio
NEARLY = 0.9  # of a limit: from here on the figure is a warning


def figures(answer: PreflightAnswer) -> Markup:
    """The figures, then what stands in the way, then what to know."""
    spec = readable(answer.spec, RunSpec)
    algorithm = None if spec is None else spec.algorithm_name
    named = partial(setting_names.in_words, algorithm=algorithm)
    rows = Markup("") if answer.estimate is None else _facts_of_kind(spec, answer.estimate)
    if answer.study is not None:
        rows = study_facts(answer.study)
    problems = [named(text) for text in answer.problem_texts]
    warnings = [named(text) for text in answer.warning_texts]
    whole = rows + notices.sentences(problems, "bad") + notices.sentences(warnings, "warning")
    return with_brief(whole, problems_in_brief(problems) if problems else _brief(answer))


def with_brief(whole: Markup, brief: Markup) -> Markup:
    """What is known, and in one line what stays in view on a phone (theme/launch.css)."""
    return whole + Markup('<p class="al-brief" aria-hidden="true"><span>{}</span></p>').format(brief)


def problems_in_brief(problems: Sequence[Text]) -> Markup:
    """What keeps the run from being launched, for the line that stays in view: the problem, or how many there are."""
    count = ngettext("{count} thing to put right", "{count} things to put right", len(problems))
    return texts.tone(texts.sentence(problems[0]) if len(problems) == 1 else count, "bad", "✕")


def _brief(answer: PreflightAnswer) -> Markup:
    if answer.estimate is None:
        return Markup("")
    steps = ngettext("{count} step", "{count} steps", answer.estimate.steps)
    memory = _of(answer.estimate.memory_mb, answer.estimate.memory_limit_mb)
    return Markup("{} · <b>{}</b><br>{}").format(steps, _roughly(answer.estimate.seconds), memory)


def _facts_of_kind(spec: RunSpec | None, estimate: Estimate) -> Markup:
    return generation_facts(spec, estimate) if isinstance(spec, Generate) else facts(estimate)


def generation_facts(spec: Generate, estimate: Estimate) -> Markup:
    """The figures of a run that answers prompts."""
    prompts = ngettext("{count} prompt", "{count} prompts", estimate.steps)
    answers = ngettext("{count} answer to each", "{count} answers to each", spec.answers)
    rows = [
        (_("Prompts"), Markup("<b>{}</b> · {}").format(prompts, answers)),
        (_("Time"), Markup(_("about <b>{time}</b>, an estimate")).format(time=_roughly(estimate.seconds))),
        (_("Memory"), _of(estimate.memory_mb, estimate.memory_limit_mb)),
        (_("Runs on"), _machine(estimate)),
    ]
    return tables.pairs(rows)


def study_facts(estimate: StudyEstimate) -> Markup:
    """The figures of all runs of a study, one after another."""
    runs = Markup("<b>{}</b>").format(ngettext("{count} run", "{count} runs", estimate.runs))
    if estimate.trials:
        trials = ngettext("{count} of the search", "{count} of the search", estimate.trials)
        runs += Markup(" · {}").format(trials)
    rows = [
        (_("Runs"), runs),
        (_("Time"), Markup(_("about <b>{time}</b>, an estimate")).format(time=_roughly(estimate.seconds))),
        (_("Sampling"), Markup(_("{tokens} tokens")).format(tokens=_many(estimate.generated_tokens))),
        (_("Disk"), _of(estimate.disk_mb, estimate.disk_free_mb)),
    ]
    return tables.pairs(rows)


def facts(estimate: Estimate) -> Markup:
    """The figures, a line each; the ones that decide are bold."""
    rows = [
        (_("Steps"), _steps(estimate)),
        (_("Tokens"), _tokens(estimate)),
        (_("Time"), Markup(_("about <b>{time}</b>, an estimate")).format(time=_roughly(estimate.seconds))),
        (_("Memory"), _of(estimate.memory_mb, estimate.memory_limit_mb)),
        (_("Disk"), _of(estimate.disk_mb, estimate.disk_free_mb)),
        (_("Judged on"), _judged_on(estimate)),
        (_("Runs on"), _machine(estimate)),
    ]
    if estimate.final_prompts:
        rows.insert(6, (_("Reports on"), _reported_on(estimate)))
    if estimate.completions:
        rows.insert(2, (_("Sampling"), _sampled(estimate)))
    if estimate.skipped:
        left_out = ngettext("{count} has no room for an answer", "{count} have no room for an answer", estimate.skipped)
        rows.append((_("Left out"), texts.tone(left_out, "warning", "▲")))
    return tables.pairs(rows)


def _steps(estimate: Estimate) -> Markup:
    passes = _("{passes} passes over {items}").format(
        passes=texts.number(estimate.passes, 2), items=ngettext("{count} item", "{count} items", estimate.items)
    )
    return Markup("<b>{}</b> · {}").format(texts.number(estimate.steps), passes)


def _tokens(estimate: Estimate) -> Markup:
    trained = Markup("<b>{}</b> {}").format(_many(estimate.tokens), _("trained on"))
    if not estimate.generated_tokens:
        return trained
    return trained + Markup(", {} {}").format(_many(estimate.generated_tokens), _("generated"))


def _sampled(estimate: Estimate) -> str:
    prompts = ngettext("{count} prompt a rollout", "{count} prompts a rollout", estimate.rollout_prompts)
    return f"{prompts} · " + ngettext("{count} answer an update", "{count} answers an update", estimate.completions)


def _roughly(seconds: float) -> str:
    """In one unit, and in steps so wide that the figure keeps still while the machine's load changes a little."""
    minutes = min(MINUTES, key=lambda minutes: abs(math.log(max(seconds, 1.0) / 60 / minutes)))
    if minutes < 1:
        return _("{seconds} s").format(seconds=30)
    if minutes < 60:
        return _("{minutes} min").format(minutes=minutes)
    return _("{hours} h").format(hours=max(1, round(seconds / 3600)))


def _many(count: float) -> str:
    """Large counts in millions: they are estimates too."""
    return texts.number(count) if count < 100_000 else _("{millions} M").format(millions=texts.number(count / 1e6, 2))


def _of(needed_mb: float, available_mb: float) -> Markup:
    figure = Markup("<b>{}</b> {}").format(_size(needed_mb), _("of {size}").format(size=_size(available_mb)))
    return texts.tone(figure, "warning", "▲") if needed_mb > NEARLY * available_mb else figure


def _size(megabytes: float) -> str:
    return f"{megabytes:,.0f} MB" if megabytes < 10_000 else f"{megabytes / 1024:,.0f} GB"


def _judged_on(estimate: Estimate) -> str:
    if estimate.evaluated_on is not None:
        return estimate.evaluated_on
    if estimate.split:
        return _("a tenth of the prompts, held out")
    return _("the prompts it trains on: too few to hold any out")


def _reported_on(estimate: Estimate) -> str:
    prompts = ngettext("{count} prompt at the end", "{count} prompts at the end", estimate.final_prompts)
    each = estimate.final_answers // estimate.final_prompts
    answers = ngettext("{count} answer to each", "{count} answers to each", each)
    return f"{prompts} · {answers}" if each else prompts


def _machine(estimate: Estimate) -> str:
    return _("{device}, {precision}, {count} at once").format(
        device=estimate.device, precision=estimate.precision, count=estimate.micro_batch
    )
