"""Figures of several runs side by side: who leads, what keeps them from being compared, and a row for each run.

Left out: their curves (`app.charts.panels`), the settings in which they differ (`differing_settings`), and the
comparison itself (`engine.analysis.comparison`).
"""

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from app import clients
from app.bridge.fragment import QUICK_SECONDS, SLOW_SECONDS, Fragment
from app.charts.line_styles import LineStyle, line_styles
from app.compare.compared_runs import SeriesByRun, compared_run, figure_keys, final_values, seed
from app.markup import tables, texts
from app.markup.metric_names import declared, title
from app.runs import outcome
from app.translations import _, ngettext
from engine.analysis import comparison
from engine.spec import key_metrics
from storage import metrics, runs
from storage.records import ACTIVE, Run, Series

_STROKE = Markup(
    '<svg class="al-stroke" viewBox="0 0 24 8" aria-hidden="true"><path d="M0 4H24" '
    'style="stroke:var(--al-{colour});stroke-dasharray:{dashes}"/></svg>'
)
_DASHES = {"dash": "6 3", "dot": "2 3"}


def summary(query: Mapping[str, str]) -> Fragment:
    """Who leads by how much, and what to know before believing it. Query: `runs`, ids with commas between."""
    compared = named(query["runs"])
    series = metrics.by_run(clients.database(), [run.id for run in compared])
    html = _leader(compared, series) + _warnings(compared)
    return Fragment(Markup('<div class="al-summary">{}</div>').format(html) if html else html, every=_every(compared))


def figures(query: Mapping[str, str]) -> Fragment:
    """The table. The page around it runs again when a run's settings are resolved or its state changes."""
    compared = named(query["runs"])
    series = metrics.by_run(clients.database(), [run.id for run in compared])
    keys = figure_keys(series)
    styles = line_styles(compared)
    heads = [_("Run"), *(title(key) for key in keys), _("Steps"), _("Tokens"), _("Time"), _("Seed")]
    kinds = ["al-first", *("al-num al-moved" for _key in keys), *["al-num"] * 4]
    best = {key: _best(series, key) for key in keys}
    rows = [_row(run, styles[run.id], series[run.id], keys, best) for run in compared]
    version = " ".join(f"{run.id}{run.state}{run.resolved is None}" for run in compared)
    return Fragment(tables.table(heads, rows, kinds, name="al-compared"), version=version, every=_every(compared))


def named(ids: str) -> list[Run]:
    """The runs of a comma-separated list, each once. Raises NotFound."""
    named_runs = [runs.get(clients.database(), run) for run in dict.fromkeys(ids.split(",")) if run]
    return list({run.id: run for run in named_runs}.values())


def _every(compared: Sequence[Run]) -> float | None:
    states = {run.state for run in compared}
    return QUICK_SECONDS if "running" in states else SLOW_SECONDS if states & set(ACTIVE) else None


def _warnings(compared: Sequence[Run]) -> Markup:
    """What to know before believing the figures."""
    warnings = comparison.comparability_warnings([compared_run(run) for run in compared])
    lines = [texts.tone("", "warning", "▲") + texts.sentence(text) for text in warnings]
    items = Markup("").join(Markup("<li>{}</li>").format(line) for line in lines)
    return Markup('<ul class="al-warnings">{}</ul>').format(items) if lines else Markup("")


def _leader(compared: Sequence[Run], series: SeriesByRun) -> Markup:
    """The highest held-out reward and its lead; a caution follows, since one seed has no interval."""
    lead = comparison.leader(final_values(series, key_metrics.HEADLINE))
    if lead is None:
        return Markup("")
    names = {run.id: run.name for run in compared}
    if lead.is_tie(texts.number):
        sentence = _("{run} and {other} reach the same held-out reward, {value}.")
    else:
        sentence = _("{run} has the highest held-out reward, {value}: {lead} above {other}.")
    filled = (
        Markup("{}")
        .format(sentence)
        .format(
            run=Markup("<b>{}</b>").format(texts.name(names[lead.first])),
            other=texts.name(names[lead.second]),
            value=Markup("<b>{}</b>").format(texts.number(lead.first_value)),
            lead=texts.number(lead.margin),
        )
    )
    caution = _("Single runs: another seed may turn the order round.")
    return Markup('<p>{} <span class="al-soft">{}</span></p>').format(filled, caution)


def _best(series: SeriesByRun, key: str) -> str | None:
    """The run that ends best in a metric whose declaration says what is better; None for a tie or a single one."""
    better = declared(key).better
    return comparison.best(final_values(series, key), better) if better else None


def _row(
    run: Run, style: LineStyle, series: Mapping[str, Series], keys: Sequence[str], best: Mapping[str, str | None]
) -> list[tables.Cell]:
    tokens = series.get(key_metrics.TRAINED_TOKENS)
    return [
        _name(run, style),
        *(_moved(series.get(key), best[key] == run.id) for key in keys),
        f"{run.step:,}",
        texts.number(tokens.last) if tokens else "–",
        outcome.duration(run) or "–",
        seed(run),
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
    """The best value on the way, where it is neither the first nor the last."""
    better = declared(series.key).better
    if better is None:
        return Markup("")
    value, step = {
        "up": (series.maximum, series.maximum_step),
        "down": (series.minimum, series.minimum_step),
    }[better]
    if value is None or not step or texts.number(value) == texts.number(series.last):
        return Markup("")
    best = _("best {value} at step {step}").format(value=texts.number(value), step=f"{step:,}")
    return Markup('<small class="al-soft">{}</small>').format(best)


def counted(compared: Sequence[Run]) -> str:
    """How many runs there are, in words."""
    return ngettext("{count} run", "{count} runs", len(compared))
