"""The panels of groups: each metric with all groups in one chart, or with a chart for each group.

Left out: which metrics share a section (`app.charts.panels`), and the points (`group_points`).
"""

from dataclasses import replace

from app.charts import panels
from app.charts.live_panels import Panel, Trace
from app.charts.panels import Baselines
from app.compare.compared_groups import Comparison, RunGroup
from app.compare.compared_runs import SeriesByRun
from app.compare.group_points import CURVES, HIGH, LOW, MEAN, part
from app.compare.group_words import counted
from app.markup.metric_names import declared, title
from app.translations import _

Sections = list[tuple[str, list[Panel]]]


def overlaid(comparison: Comparison, series: SeriesByRun, baselines: Baselines, single: bool) -> Sections:
    """The panels that single runs would have, with a line and a band for each group in their place."""
    sections = panels.compared(comparison.runs, series, comparison.styles, baselines)
    return [(name, [_of_groups(comparison, panel, series, single) for panel in members]) for name, members in sections]


def apart(comparison: Comparison, series: SeriesByRun, single: bool) -> Sections:
    """Small multiples: a section for each metric that compares runs, with a chart for each group on one scale."""
    sections: Sections = []
    for key in CURVES:
        groups = [group for group in comparison.groups if _have(group, key, series)]
        metric = declared(key)
        charts = [
            Panel(
                group.label,
                _(metric.help),
                _(metric.unit) if metric.unit else "",
                traces(group, key, comparison, single),
                scale=key,
            )
            for group in groups
        ]
        if charts:
            sections.append((title(key), charts))
    return sections


def means_alone(sections: Sections) -> Sections:
    """The panels without bands and single runs."""

    def alone(panel: Panel) -> Panel:
        return replace(panel, traces=tuple(trace for trace in panel.traces if not (trace.band or trace.faint)))

    return [(name, [alone(panel) for panel in members]) for name, members in sections]


def drawn_keys(sections: Sections) -> list[str]:
    """The metrics whose points the panels need."""
    keys = [trace.key for _name, members in sections for panel in members for trace in panel.traces]
    across = [panel.across.key for _name, members in sections for panel in members if panel.across]
    return list(dict.fromkeys(key.partition("~")[0] for key in [*keys, *across]))


def legend(comparison: Comparison) -> list[Trace]:
    """An entry for each group, which says how many runs it has."""
    return [replace(_line(group, "", MEAN), name=counted(group)) for group in comparison.groups]


def traces(group: RunGroup, key: str, comparison: Comparison, single: bool) -> tuple[Trace, ...]:
    """A group's part of a panel: its band, the runs behind its mean where they are wanted, and the mean."""
    mean = _line(group, key, MEAN)
    if group.is_single:
        return (mean,)
    low, high = (replace(mean, key=part(key, edge), marked=False) for edge in (LOW, HIGH))
    behind = [
        replace(
            mean, key=part(key, run.id), name=run.name, dash=comparison.styles[run.id].dash, marked=False, faint=True
        )
        for run in (group.runs if single else ())
    ]
    return (replace(low, band="lower"), replace(high, band="upper"), *behind, mean)


def _of_groups(comparison: Comparison, panel: Panel, series: SeriesByRun, single: bool) -> Panel:
    key = panel.traces[0].key
    groups = [group for group in comparison.groups if _have(group, key, series)]
    if panel.across is None:
        return replace(panel, traces=tuple(each for group in groups for each in traces(group, key, comparison, single)))
    # Along another metric, such as KL, no band has a meaning: its edges lie at other places than the mean.
    across = replace(panel.across, key=part(panel.across.key, MEAN))
    return replace(panel, traces=tuple(_line(group, key, MEAN) for group in groups), across=across)


def _have(group: RunGroup, key: str, series: SeriesByRun) -> bool:
    return all(key in series[run.id] for run in group.runs)


def _line(group: RunGroup, key: str, name: str) -> Trace:
    style = group.style
    return Trace(group.id, part(key, name), group.label, style.colour, style.dash, style.symbol, panels.marked(key))
