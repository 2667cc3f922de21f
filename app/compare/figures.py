"""Figures of a comparison as markup: the verdict and what to know before believing it, a row for each group and run.

Left out: the numbers (`group_figures`), those of the verdict (`verdict_section`), curves (`compared_curves`), and the
settings in which they differ (`differing_settings`).
"""

from collections.abc import Mapping

from markupsafe import Markup

from app import clients
from app.bridge.fragment import QUICK_SECONDS, SLOW_SECONDS, Fragment
from app.charts import drawings
from app.charts.line_styles import LineStyle
from app.compare import compared_groups, group_figures, group_verdicts, verdict_tables
from app.compare.compared_groups import Comparison, RunGroup
from app.compare.group_figures import Figures
from app.compare.group_words import caveats, counted
from app.markup import setting_names, sure, tables, texts
from app.markup.metric_names import declared, title
from app.runs import outcome
from app.translations import _
from engine.analysis.grouping import Spread
from storage.records import ACTIVE, Run, Series


def summary(query: Mapping[str, str]) -> Fragment:
    """The verdict, and what to know before believing the figures. Query: as in `compared_groups.of_query`."""
    comparison = compared_groups.of_query(clients.database(), query)
    judged = group_verdicts.of_comparison(clients.database(), comparison)
    html = (verdict_tables.lines(judged) if judged else Markup("")) + _warnings(comparison)
    return Fragment(Markup('<div class="al-summary">{}</div>').format(html) if html else html, every=_every(comparison))


def figures(query: Mapping[str, str]) -> Fragment:
    """The tables. The page around them runs again when a run's settings are resolved or its state changes."""
    comparison = compared_groups.of_query(clients.database(), query)
    final = group_figures.final_figures(clients.database(), comparison)
    version = " ".join(f"{run.id}{run.state}{run.resolved is None}" for run in comparison.runs)
    html = _group_table(comparison, final) if comparison.is_grouped else Markup("")
    return Fragment(html + _run_table(comparison, final), version=version, every=_every(comparison))


def _every(comparison: Comparison) -> float | None:
    states = {run.state for run in comparison.runs}
    return QUICK_SECONDS if "running" in states else SLOW_SECONDS if states & set(ACTIVE) else None


def _warnings(comparison: Comparison) -> Markup:
    lines = [texts.sentence(text) for text in caveats(comparison)]
    if not lines:
        return Markup("")
    mark = texts.tone("", "warning", "▲")
    items = Markup("").join(Markup("<li>{}{}</li>").format(mark, line) for line in lines)
    return Markup('<ul class="al-warnings">{}</ul>').format(items)


def _group_table(comparison: Comparison, final: Figures) -> Markup:
    """A row for each group: the means of the last values, how far the runs lie apart, and from the baseline."""
    heads = [_("Group"), *(title(key) for key in final.keys)]
    kinds = ["al-first", *("al-num al-moved" for _key in final.keys)]
    rows = [
        [_group_name(group, comparison), *(_spread(final.of_group(group, key), key, final) for key in final.keys)]
        for group in comparison.groups
    ]
    return tables.table(heads, rows, kinds, name="al-compared")


def _group_name(group: RunGroup, comparison: Comparison) -> Markup:
    notes = [_("baseline")] if group is comparison.baseline else []
    if group.varying:
        varying = ", ".join(map(setting_names.called, group.varying))
        notes.append(_("its runs also differ in {settings}").format(settings=varying))
    return Markup('<span class="al-who">{}<span><b>{}</b><small class="al-soft">{}</small></span></span>').format(
        drawings.stroke(group.style), counted(group), " · ".join(notes)
    )


def _spread(spread: Spread | None, key: str, final: Figures) -> Markup:
    """Mean and standard deviation of the runs, the lowest and the highest, and the difference to the baseline."""
    if spread is None:
        return Markup('<span class="al-soft">–</span>')
    end = Markup("<b>{}</b>").format(texts.number(spread.mean))
    if spread.deviation is None:
        return end + _difference(spread.mean, key, final) + _small(_("one run: no spread"))
    apart = _("{low} to {high}").format(low=texts.number(spread.low), high=texts.number(spread.high))
    return end + f" ± {texts.number(spread.deviation)}" + _difference(spread.mean, key, final) + _small(apart)


def _difference(value: float | None, key: str, final: Figures) -> Markup:
    """How far it is from the baseline, where there is one."""
    difference = final.difference(value, key)
    if difference is None:
        return Markup("")
    words = _("Δ {difference}").format(difference=texts.signed(difference))
    return Markup('<small class="al-delta">{}</small>').format(words)


def _small(text: str) -> Markup:
    return Markup('<small class="al-soft">{}</small>').format(text)


def _run_table(comparison: Comparison, final: Figures) -> Markup:
    heads = [_("Run"), *(title(key) for key in final.keys), _("Steps"), _("Tokens"), _("Time"), _("Seed")]
    kinds = ["al-first", *("al-num al-moved" for _key in final.keys), *["al-num"] * 4]
    seeds = [compared.seed for compared in comparison.compared]
    rows = [_row(run, comparison.styles[run.id], seed, final) for run, seed in zip(comparison.runs, seeds, strict=True)]
    return tables.table(heads, rows, kinds, name="al-compared")


def _row(run: Run, style: LineStyle, seed: str, final: Figures) -> list[tables.Cell]:
    series = final.series[run.id]
    return [
        _name(run, style),
        *(_moved(series.get(key)) + _difference(final.of_run(run, key), key, final) for key in final.keys),
        f"{run.step:,}",
        texts.number(group_figures.tokens(final, run)),
        outcome.duration(run) or "–",
        seed,
    ]


def _name(run: Run, style: LineStyle) -> Markup:
    return Markup(
        '<span class="al-who">{stroke}<span><a class="al-name" data-go="run" href="run?id={id}">{name}</a>'
        '<span class="al-id">{chip} {state}</span></span></span>'
    ).format(
        stroke=drawings.stroke(style),
        id=run.id,
        name=run.name,
        chip=texts.chip(run.algorithm),
        state=texts.state(run.state),
    )


def _moved(series: Series | None) -> Markup:
    """First and last value, and the best one on the way where it is neither."""
    if series is None:
        return Markup('<span class="al-soft">–</span>')
    return Markup('<span class="al-soft">{} →</span> <b>{}</b>{}').format(
        texts.number(series.first), sure.last(series), _peak(series)
    )


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
    best = _("best {value} at step {step}, by the prompts on the way").format(
        value=texts.number(value), step=f"{step:,}"
    )
    return Markup('<small class="al-soft">{}</small>').format(best)
