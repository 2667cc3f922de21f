"""What a run's numbers come to: the figures that matter for its kind, and one line that says how it went."""

from collections.abc import Mapping
from math import isfinite

from markupsafe import Markup

from app.markup import sure, texts
from app.markup.metric_names import declared, title
from app.translations import _, ngettext
from engine.spec import key_metrics
from engine.spec.metrics import at_the_end
from storage.records import RunSummary, Series

SHOWN = 3


def headline(series: Mapping[str, Series]) -> list[Series]:
    """The series that matter, at most three; of a run that has ended, those of its end evaluation."""
    ranked = [series[key] for key in key_metrics.RANKED if key in series][:SHOWN]
    return [series.get(at_the_end(each.key) or each.key, each) for each in ranked]


def change(series: Series) -> Markup:
    """How the value moved since the start: an arrow, the difference, and whether that is better."""
    moved = series.last - series.first
    if series.count < 2 or not isfinite(moved):
        return Markup("")
    better = declared(series.key).better
    side = "up" if moved > 0 else "down"
    tone = "soft" if better is None or not moved else "good" if better == side else "warning"
    glyph = "▲" if moved > 0 else "▼" if moved < 0 else "="
    return texts.tone(texts.signed(moved), tone, glyph)


def seconds(run: RunSummary, now: float | None = None) -> float | None:
    """From the first start to the end, or to `now` where there is no end yet; pauses included. None where one lacks."""
    end = now if run.finished_at is None else run.finished_at
    return None if run.started_at is None or end is None else end - run.started_at


def duration(run: RunSummary, now: float | None = None) -> str:
    """From the first start to the end, or to `now`, pauses included; empty where one of them is missing."""
    length = seconds(run, now)
    return "" if length is None else texts.duration(length)


def outcome(run: RunSummary, series: Mapping[str, Series]) -> Markup:
    """One line: why it failed, else from where to where the first figure went, and the others' last values."""
    if run.state == "failed":
        failure = _("failed at step {step}").format(step=run.step)
        return texts.tone(failure, "bad", "✕") + Markup(": {}").format(texts.sentence(run.reason) or _("see its log"))
    figures = headline(series)
    if run.kind == "generate":
        return Markup("{}").format(ngettext("{count} prompt answered", "{count} prompts answered", run.step))
    if not figures:
        return Markup('<span class="al-soft">{}</span>').format(texts.sentence(run.reason) or _("no values"))
    first, *rest = figures
    line = Markup("{name} {start} → <b>{end}</b>").format(
        name=title(first.key), start=texts.number(first.first), end=sure.last(first)
    )
    others = Markup(" · ").join(Markup("{} {}").format(title(other.key), sure.last(other)) for other in rest)
    return line + Markup(' <span class="al-soft">· {}</span>').format(others) if rest else line
