"""What a run's numbers come to: the figures that matter for its kind, and one line that says how it went."""

from collections.abc import Mapping
from math import isfinite

from markupsafe import Markup

from app.markup import texts
from app.markup.metric_names import KEY_METRICS, declared, title
from app.translations import _, translate
from storage.records import RunSummary, Series

SHOWN = 3
UNJUDGED = ("eval/kl",)  # grows from 0 in every run: whether that is too much is for the reader to weigh


def headline(series: Mapping[str, Series]) -> list[Series]:
    """The series that matter, at most three."""
    return [series[key] for key in KEY_METRICS if key in series][:SHOWN]


def change(series: Series) -> Markup:
    """How the value moved since the start: an arrow, the difference, and whether that is better."""
    moved = series.last - series.first
    if series.count < 2 or not isfinite(moved):
        return Markup("")
    direction = declared(series.key).direction
    better = None if series.key in UNJUDGED else {"up": moved > 0, "down": moved < 0}.get(direction)
    tone = "soft" if better is None or not moved else "good" if better else "warning"
    glyph = "▲" if moved > 0 else "▼" if moved < 0 else "="
    return texts.tone(texts.signed(moved), tone, glyph)


def outcome(run: RunSummary, series: Mapping[str, Series]) -> Markup:
    """One line: why it failed, else from where to where the first figure went, and the others' last values."""
    if run.state == "failed":
        where = _("failed at step {step}").format(step=run.step)
        return texts.tone(where, "bad", "✕") + Markup(": {}").format(translate(run.reason) or _("see its log"))
    told = headline(series)
    if not told:
        return Markup('<span class="al-soft">{}</span>').format(translate(run.reason) or _("no values"))
    first, *rest = told
    line = Markup("{name} {start} → <b>{end}</b>").format(
        name=title(first.key), start=texts.number(first.first), end=texts.number(first.last)
    )
    others = Markup(" · ").join(Markup("{} {}").format(title(other.key), texts.number(other.last)) for other in rest)
    return line + Markup(' <span class="al-soft">· {}</span>').format(others) if rest else line
