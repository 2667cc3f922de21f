"""How far a run has come: a bar, what is left, how fast it goes."""

from collections.abc import Mapping

from markupsafe import Markup

from app.markup import texts
from app.theme import mark
from app.translations import _, ngettext
from engine.spec import ResolvedTrain, key_metrics, readable
from storage.records import ENDED, Run, RunSummary, Series

_BAR = Markup(
    '<span class="al-bar" role="progressbar" aria-label="{label}" aria-valuemin="0" aria-valuemax="100" '
    'aria-valuenow="{now}">'
    '<i class="al-fill-{hue}" style="width:{width}%"></i></span>'
)


def bar(run: RunSummary) -> Markup:
    """The bar alone, in the method's hue."""
    width = run.fraction * 100
    label = _("Progress of {run}").format(run=run.name)
    return _BAR.format(now=int(width), label=label, width=f"{width:.1f}", hue=mark(run.algorithm).hue)


def steps(run: Run) -> str:
    """`step 186 of 300`, where the budget is in steps; `32 of 40 prompts` of a run that answers prompts."""
    if run.kind == "generate":
        return _prompts(run)
    total = total_steps(run)
    if total is None:
        return _("step {step}").format(step=f"{run.step:,}")
    return _("step {step} of {total}").format(step=f"{run.step:,}", total=f"{total:,}")


def _prompts(run: RunSummary) -> str:
    if not run.fraction:
        return ngettext("{count} prompt", "{count} prompts", run.step)
    return _("{step} of {total} prompts").format(step=f"{run.step:,}", total=f"{round(run.step / run.fraction):,}")


def total_steps(run: Run) -> int | None:
    """The budget in steps, once it is known."""
    decided = ResolvedTrain.read(run.resolved) or readable(run.spec)
    return None if decided is None or decided.budget == "auto" else decided.budget.steps


def left(run: RunSummary) -> str:
    """How long it will take, or what is still done after the last step; empty where that is not known."""
    if run.state != "running" or run.eta_seconds is None:
        return ""
    if run.fraction >= 1 and run.kind == "train":
        if not run.eta_seconds:
            return _("last evaluation")
        return _("end evaluation, {time} left").format(time=texts.duration(run.eta_seconds))
    return _("{time} left").format(time=texts.duration(run.eta_seconds))


def pace(run: RunSummary, series: Mapping[str, Series]) -> str:
    """What is left and how fast it goes; empty before this attempt's first step, and where nothing goes on."""
    if run.state not in ENDED and not left(run):
        return ""
    parts = [left(run)] if left(run) else []
    if key_metrics.STEP_SECONDS in series:
        seconds = series[key_metrics.STEP_SECONDS].last
        parts.append(_("{seconds} s a step").format(seconds=texts.number(seconds)))
    if key_metrics.TOKENS_PER_SECOND in series:
        count = series[key_metrics.TOKENS_PER_SECOND].last
        parts.append(_("{count} tokens/s").format(count=f"{count:,.0f}"))
    return " · ".join(parts)
