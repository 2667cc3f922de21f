"""Which curves share a panel, in which order and colours: read from the metrics' declarations.

Left out: drawing them (`live_panels`), and how each of several runs is drawn (`line_styles`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import cycle
from typing import Literal

from app.charts import bounds
from app.charts.line_styles import LineStyle
from app.charts.live_panels import Axis, Baseline, Panel, Trace
from app.markup.metric_names import declared, title
from app.theme import mark
from app.translations import N_, _
from engine.spec import METRICS, general, key_metrics, metric_keys, readable
from storage.records import Run

OPTIMIZER, SYSTEM, OTHER = N_("Optimizer and data"), N_("System"), N_("Other")
COMPARED = (
    ("", "held_out"),
    (N_("In training"), "shared"),
    (N_("Of one run only"), "single"),
    (OPTIMIZER, "machine"),
    (SYSTEM, "system"),
)
RUN_SECTIONS: Mapping[str, str] = {"other": OTHER, "machine": OPTIMIZER, "system": SYSTEM}
"""All others are what it learns; `other` are those that no declaration of ours explains."""
UNDRAWN = ("progress", "final")  # axes, and figures of two steps, which are a table (`app.runs.end_table`)
# The second and later curves of a panel: colour and dash both differ, so that neither is needed alone.
OTHERS = (("baseline", "dash"), ("run-1", "dot"), ("run-3", "dashdot"), ("run-5", "longdash"))
Baselines = Mapping[tuple[str, str], Baseline]
"""(run, metric) -> the line that its chart shows."""
NONE: Baselines = {}


def sections(run: Run, present: Iterable[str], baselines: Baselines = NONE) -> list[tuple[str, list[Panel]]]:
    """Panels for all that the run may report and all that it has reported: what it learns, then how it trains."""
    panels: dict[str, dict[str, list[str]]] = {section: {} for section in ("", *RUN_SECTIONS)}
    for key in _ordered([*_expected(run), *present]):
        metric = declared(key)
        section = metric.section if general(key) in METRICS else "other"
        panels[section if section in RUN_SECTIONS else ""].setdefault(metric.panel, []).append(key)
    titles = {"": "", **{section: _(title) for section, title in RUN_SECTIONS.items()}}
    shown = [(titles[name], _panels(run, keys)) for name, keys in panels.items() if keys or name != "other"]
    return _with_baselines(shown, baselines)


def compared(
    runs: Sequence[Run],
    present: Mapping[str, Iterable[str]],
    styles: Mapping[str, LineStyle],
    baselines: Baselines = NONE,
) -> list[tuple[str, list[Panel]]]:
    """A panel for each metric with a curve for each run: held-out figures first, and what they cost."""
    keys_by_run = {run.id: dict.fromkeys([*_expected(run), *present[run.id]]) for run in runs}
    panels: dict[str, list[Panel]] = {section: [] for _name, section in COMPARED}
    for key in _ordered(key for run in runs for key in keys_by_run[run.id]):
        members = [run for run in runs if key in keys_by_run[run.id]]
        panels[_compared_section(key, len(members), len(runs))].append(_across_runs(key, members, styles))
    weighed = [run for run in runs if {key_metrics.HEADLINE, key_metrics.HELD_OUT_KL} <= keys_by_run[run.id].keys()]
    if weighed:
        panels["held_out"].insert(1, _reward_against_kl(weighed, styles))
    return _with_baselines([(name and _(name), panels[section]) for name, section in COMPARED], baselines)


def _with_baselines(shown: list[tuple[str, list[Panel]]], baselines: Baselines) -> list[tuple[str, list[Panel]]]:
    """The panels with the lines of their curves, each once."""

    def lines(panel: Panel) -> tuple[Baseline, ...]:
        keys = [(trace.run, trace.key) for trace in panel.traces]
        return tuple(dict.fromkeys(baselines[key] for key in keys if key in baselines))

    return [(name, [replace(panel, baselines=lines(panel)) for panel in panels]) for name, panels in shown]


def _compared_section(key: str, members: int, count: int) -> str:
    """Where a metric that `members` of `count` runs have stands."""
    section = declared(key).section
    if section != "learning":
        return section
    return "single" if members < min(2, count) else "shared"


def _across_runs(key: str, runs: Sequence[Run], styles: Mapping[str, LineStyle]) -> Panel:
    metric = declared(key)
    panel, own = _(metric.panel), title(key)
    name = own if own.startswith(panel) or metric.panel == key else f"{panel}: {own}"
    unit = _(metric.unit) if metric.unit else ""
    traces = tuple(trace(run, styles[run.id], key) for run in runs)
    return Panel(name, _(metric.help) if metric.help else "", unit, traces, wide=metric.wide)


def _reward_against_kl(runs: Sequence[Run], styles: Mapping[str, LineStyle]) -> Panel:
    return Panel(
        _("Held-out reward against KL"),
        _("What each evaluation gained, and how far it had moved from the start for it. Up and to the left is better."),
        "",
        tuple(trace(run, styles[run.id], key_metrics.HEADLINE) for run in runs),
        across=Axis(key_metrics.HELD_OUT_KL, _("KL to the reference"), "", scattered=True),
    )


def trace(run: Run, style: LineStyle, key: str) -> Trace:
    """A metric of one of several runs, under the run's own name."""
    return Trace(run.id, key, run.name, style.colour, style.dash, style.symbol, marked(key))


def marked(key: str) -> bool:
    """Whether a curve's points are marked: evaluations are few, and a line alone would not show when they were."""
    return declared(key).section == "held_out"


def _ordered(keys: Iterable[str]) -> list[str]:
    """Each key that has a chart once, ranked metrics first, then as given, and last what no declaration explains.

    The only part of a reward is left out: its curve is that of the whole.
    """
    unique = dict.fromkeys(keys)
    whole = key_metrics.only_part(unique, key_metrics.HELD_OUT_REWARD_PART)
    charted = [key for key in unique if key != whole and declared(key).section not in UNDRAWN]
    return sorted(charted, key=lambda key: declared(key).rank or len(METRICS) + (general(key) not in METRICS))


def _expected(run: Run) -> tuple[str, ...]:
    spec = readable(run.spec)
    return () if spec is None else metric_keys(spec)


def _panels(run: Run, keys_by_panel: Mapping[str, list[str]]) -> list[Panel]:
    return [_panel(run, name, keys) for name, keys in keys_by_panel.items()]


def _panel(run: Run, name: str, keys: list[str]) -> Panel:
    first = declared(keys[0])
    look = mark(run.algorithm)
    styles = cycle([(look.hue, look.dash), *OTHERS])
    bands = _bands(keys)
    edges = tuple(
        Trace(run.id, key, title(key), look.hue, symbol=look.symbol, band=band) for key, band in bands.items()
    )
    lines = tuple(
        Trace(run.id, key, title(key), *next(styles), symbol=look.symbol, marked=marked(key))
        for key in keys
        if key not in bands
    )
    intervals = tuple(edge for line in lines if line.marked for edge in interval(line))
    unit = _(first.unit) if first.unit else ""
    return Panel(_(name), _(first.help) if first.help else "", unit, (*edges, *lines, *intervals))


def interval(line: Trace) -> tuple[Trace, Trace]:
    """The edges of the band that shows how sure the points of a curve are."""
    lower = replace(line, key=bounds.key_of(line.key, "low"), band="lower", interval=True, marked=False)
    return lower, replace(lower, key=bounds.key_of(line.key, "high"), band="upper")


def _bands(keys: Sequence[str]) -> dict[str, Literal["lower", "upper"]]:
    """Which edge of a shaded band each of these metrics is, in the order of drawing; the others are lines."""
    bands: dict[str, Literal["lower", "upper"]] = {}
    for lower, upper in key_metrics.REWARD_BANDS:
        if lower in keys and upper in keys:
            bands |= {lower: "lower", upper: "upper"}
    return bands
