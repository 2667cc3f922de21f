"""Runs beside each other in figures: who leads, what makes them unlike, and a row for each run.

Left out: their curves (`charts.panels`) and the settings in which they differ (`views.compare`).
"""

from collections.abc import Mapping, Sequence
from math import isfinite

from markupsafe import Markup

from app import clients
from app.bridge.fragment import QUICK_SECONDS, SLOW_SECONDS, Fragment
from app.charts.line_styles import LineStyle, line_styles
from app.compare.comparability import comparability_warnings
from app.markup import tables, texts
from app.markup.metric_names import HELD_OUT, declared, title
from app.runs import outcome, recent
from app.translations import _, ngettext, translate
from storage import metrics, runs
from storage.records import ACTIVE, Run, Series

HEADLINE = "eval/reward"
_STROKE = Markup(
    '<svg class="al-stroke" viewBox="0 0 24 8" aria-hidden="true"><path d="M0 4H24" '
    'style="stroke:var(--al-{colour});stroke-dasharray:{dashes}"/></svg>'
)
_DASHES = {"dash": "6 3", "dot": "2 3"}
Figures = Mapping[str, Mapping[str, Series]]


def summary(query: Mapping[str, str]) -> Fragment:
    """Who leads by how much, and what to know before believing it. Query: `runs`, ids with commas between."""
    compared = named(query["runs"])
    series = metrics.by_run(clients.database(), [run.id for run in compared])
    lead = _leader(compared, series)
    warnings = [texts.tone("", "warning", "▲") + translate(text) for text in comparability_warnings(compared)]
    told = Markup("").join(Markup("<li>{}</li>").format(line) for line in warnings)
    html = lead + (Markup('<ul class="al-warnings">{}</ul>').format(told) if warnings else "")
    return Fragment(Markup('<div class="al-summary">{}</div>').format(html) if html else html, every=_every(compared))


def figures(query: Mapping[str, str]) -> Fragment:
    """The table. The page around it runs again when a run's settings are settled or its state changes."""
    compared = named(query["runs"])
    series = metrics.by_run(clients.database(), [run.id for run in compared])
    keys = [key for key in HELD_OUT if any(key in series[run.id] for run in compared)]
    styles = line_styles(compared)
    heads = [_("Run"), *(title(key) for key in keys), _("Steps"), _("Tokens"), _("Time"), _("Seed")]
    kinds = ["al-first", *("al-num al-moved" for _key in keys), *["al-num"] * 4]
    best = {key: _best(compared, series, key) for key in keys}
    rows = [_row(run, styles[run.id], series[run.id], keys, best) for run in compared]
    stamp = " ".join(f"{run.id}{run.state}{run.resolved is None}" for run in compared)
    return Fragment(tables.table(heads, rows, kinds, name="al-compared"), version=stamp, every=_every(compared))


def named(ids: str) -> list[Run]:
    """The runs of a comma-separated list. Raises NotFound."""
    return [runs.get(clients.database(), run) for run in ids.split(",") if run]


def _every(compared: Sequence[Run]) -> float | None:
    states = {run.state for run in compared}
    return QUICK_SECONDS if "running" in states else SLOW_SECONDS if states & set(ACTIVE) else None


def _leader(compared: Sequence[Run], series: Figures) -> Markup:
    """The highest held-out reward and its lead; one seed each has no interval, and that is said."""
    reached = [(series[run.id][HEADLINE].last, run) for run in compared if HEADLINE in series[run.id]]
    reached = sorted(((value, run) for value, run in reached if isfinite(value)), key=lambda one: -one[0])
    if len(reached) < 2:
        return Markup("")
    (first, best), (second, next_) = reached[:2]
    if texts.number(first) == texts.number(second):
        told = _("{run} and {other} reach the same held-out reward, {value}.")
    else:
        told = _("{run} has the highest held-out reward, {value}: {lead} above {other}.")
    words = (
        Markup("{}")
        .format(told)
        .format(
            run=Markup("<b>{}</b>").format(best.name),
            other=next_.name,
            value=Markup("<b>{}</b>").format(texts.number(first)),
            lead=texts.number(first - second),
        )
    )
    doubt = _("Single runs: another seed may turn the order round.")
    return Markup('<p>{} <span class="al-soft">{}</span></p>').format(words, doubt)


def _best(compared: Sequence[Run], series: Figures, key: str) -> str | None:
    """The run that ends best in a metric whose direction says what is better; None for a tie or a single one."""
    side = {"up": 1, "down": -1}.get(declared(key).direction, 0) if key not in outcome.UNJUDGED else 0
    ends = sorted((side * series[run.id][key].last, run.id) for run in compared if key in series[run.id])
    if side == 0 or len(ends) < 2 or not isfinite(ends[-1][0]) or ends[-1][0] == ends[-2][0]:
        return None
    return ends[-1][1]


def _row(
    run: Run, style: LineStyle, series: Mapping[str, Series], keys: Sequence[str], best: Mapping[str, str | None]
) -> list[tables.Cell]:
    tokens = series.get("num_tokens")
    return [
        _name(run, style),
        *(_moved(series.get(key), best[key] == run.id) for key in keys),
        f"{run.step:,}",
        texts.number(tokens.last) if tokens else "–",
        recent.duration(run) or "–",
        str(run.spec.get("seed", "–")),
    ]


def _name(run: Run, style: LineStyle) -> Markup:
    return Markup(
        '<span class="al-who">{stroke}<span><a class="al-name" data-go="run" href="run?id={id}">{name}</a>'
        '<span class="al-id">{chip} {state}</span></span></span>'
    ).format(
        stroke=stroke(style), id=run.id, name=run.name, chip=texts.chip(run.algorithm), state=texts.state(run.state)
    )


def stroke(style: LineStyle) -> Markup:
    """A piece of the run's line, as the panels draw it."""
    return _STROKE.format(colour=style.colour, dashes=_DASHES.get(style.dash, "none"))


def _moved(series: Series | None, leads: bool) -> Markup:
    """Start and end, and the best value where it is neither."""
    if series is None:
        return Markup('<span class="al-soft">–</span>')
    end = Markup("<b>{}</b>").format(texts.number(series.last))
    if leads:
        end = Markup('<b class="al-leads" title="{}">{}</b>').format(
            _("the best of these runs"), texts.number(series.last)
        )
    return Markup('<span class="al-soft">{} →</span> {}{}').format(texts.number(series.first), end, _peak(series))


def _peak(series: Series) -> Markup:
    side = declared(series.key).direction if series.key not in outcome.UNJUDGED else "none"
    value, step = {
        "up": (series.maximum, series.maximum_step),
        "down": (series.minimum, series.minimum_step),
        "none": (None, None),
    }[side]
    if value is None or not step or texts.number(value) == texts.number(series.last):
        return Markup("")
    best = _("best {value} at step {step}").format(value=texts.number(value), step=f"{step:,}")
    return Markup('<small class="al-soft">{}</small>').format(best)


def counted(compared: Sequence[Run]) -> str:
    """How many runs there are, in words."""
    return ngettext("{count} run", "{count} runs", len(compared))
