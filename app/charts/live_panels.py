"""Panels of curves in a page, which extend themselves from our own route while a run is active.

Left out: which curves share a panel (`panels`), and drawing them (`js`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Literal
from urllib.parse import urlencode

import streamlit as st

from app.bridge import javascript
from app.charts.event_marks import Mark
from app.translations import _, current_language

_panels = st.components.v2.component(
    "alignlab_panels",
    html='<div class="al-panels"></div>',
    js=javascript.component_script("charts/js/panels.js"),
    isolate_styles=False,
)


@dataclass(frozen=True)
class Trace:
    """One curve of a panel: a metric of a run, its name in the legend, a token of the theme, and its dash.

    `marked`: its points are marked one by one while they are few, as those of an evaluation are. `band`: it is an edge
    of a shaded band; the lower one stands before its upper one. `interval`: that band is the interval of the curve
    whose key begins like its own, and has no name. `faint`: it stands behind a mean of which it is a part.
    """

    run: str
    key: str
    name: str
    colour: str
    dash: str = "solid"
    symbol: str = "circle"
    marked: bool = False
    band: Literal["", "lower", "upper"] = ""
    faint: bool = False
    interval: bool = False


@dataclass(frozen=True)
class Axis:
    """What curves are drawn along: the steps, or another metric of the same run.

    `at` has {value}, for what a crosshair says. `scattered`: the metric may fall and rise, so that charts have axes of
    their own and show what was measured together with it.
    """

    key: str
    title: str
    at: str
    scattered: bool = False


@dataclass(frozen=True)
class Origin:
    """A run whose curves a fork begins with, up to the step where it was left, and what the mark there says."""

    run: str
    until: int
    words: str


@dataclass(frozen=True)
class Baseline:
    """A dashed line across a chart at one value, and what it says."""

    value: float
    label: str


@dataclass(frozen=True)
class Panel:
    """One chart: a title, how to read it, and its curves; `across` where it has an axis of its own.

    Panels of one `scale` have the same axis of values.
    """

    title: str
    help: str
    unit: str
    traces: tuple[Trace, ...]
    across: Axis | None = None
    wide: bool = False
    baselines: tuple[Baseline, ...] = ()
    scale: str = ""


@dataclass(frozen=True)
class Source:
    """Where the points come from where they are not those of single runs: our routes for charts and for CSV."""

    url: str
    csv: str


def show(
    key: str,
    sections: Sequence[tuple[str, Sequence[Panel]]],
    runs: Sequence[str],
    *,
    active: bool,
    axis: Axis,
    legend: Sequence[Trace] = (),
    source: Source | None = None,
    hidden: Sequence[str] | None = None,
    on_hidden: Callable[[Sequence[str]], None] = lambda hidden: None,
    origins: Mapping[str, Sequence[Origin]] | None = None,
    marks: Mapping[str, Sequence[Mark]] | None = None,
    on_step: Callable[[int], None] | None = None,
) -> None:
    """Show panels of curves under their section titles; they extend while one of the runs is active.

    `legend` has one entry a run where several share the panels; a press on it hides the run in all of them. `hidden`
    are those that are hidden at first where the page keeps them, not the browser; `on_hidden` is called with others.
    `origins` has those of each run that is a fork, the oldest first; `marks` what happened to each run. `on_step` is
    called with the step of a curve that was pressed, before the page runs again.
    """
    forked = origins or {}
    source = source or _of_runs(runs, forked)
    _panels(
        key=key,
        data={
            "sections": [
                {"title": title, "panels": [asdict(_along(axis, panel)) for panel in members]}
                for title, members in sections
            ],
            "legend": [asdict(entry) for entry in legend],
            "axis": asdict(axis),
            "marks": {run: [asdict(mark) for mark in own] for run, own in (marks or {}).items()},
            "active": active,
            "pressable": on_step is not None,
            "page": key,
            "url": source.url,
            "origins": {run: [asdict(origin) for origin in line] for run, line in forked.items()},
            "csv": source.csv,
            "hidden": None if hidden is None else list(hidden),
            "tensorboard": "alignlab/tensorboard?" + urlencode([("run", run) for run in runs]),
            "plotly": javascript.address("charts/js/vendor/plotly-basic.min.js"),
            "words": _words(on_step is not None),
            "language": current_language(),
        },
        on_hidden_change=lambda: on_hidden(st.session_state[key]["hidden"]),
        on_step_change=lambda: on_step(st.session_state[key]["step"]) if on_step is not None else None,
    )


def _of_runs(runs: Sequence[str], forked: Mapping[str, Sequence[Origin]]) -> Source:
    """The points of single runs, those of the runs from which they were forked among them."""
    read = dict.fromkeys([*runs, *(origin.run for line in forked.values() for origin in line)])
    points, csv = (urlencode([("run", run) for run in named]) for named in (read, runs))
    return Source(f"alignlab/points?{points}", f"alignlab/points.csv?{csv}")


def _along(axis: Axis, panel: Panel) -> Panel:
    """The panel; with an axis of its own where the common one cannot be shared."""
    return replace(panel, across=axis) if axis.scattered and panel.across is None else panel


def _words(pressable: bool) -> dict[str, str]:
    """What the component says, in the reader's language."""
    return {
        "loading": _("Reading the curves"),
        "empty": _("No values yet: the first ones come with the first step."),
        "first": _("First values, whose curves begin with the second: {values}"),
        "stale": _("Could not be brought up to date since {time}"),
        "whole": _("Whole curve"),
        "press": _("Press a point to read the answers of its step.") if pressable else "",
        "reset": _gestures(pressable),
        "legend": _("Runs"),
        "toggle": _("Show or hide this run in all charts"),
        "range": _("Whole range"),
        "switch": _("Show or hide this curve"),
        "charts": _("Charts"),
        "search": _("Find a chart"),
        "missing": _("No chart has “{wanted}” in its title."),
        "smoothing": _("Smoothing"),
        "off": _("off"),
        "logarithmic": _("Log scale"),
        "logarithmic_help": _("Draws charts whose values are all above 0 on a logarithmic axis."),
        "events": _("Events"),
        "events_help": _("Marks on the axis where a run was saved, evaluated, paused or went back."),
        "download": _("Take this chart away"),
        "csv": _("CSV, every point"),
        "tensorboard": _("All curves for TensorBoard"),
    }


def _gestures(pressable: bool) -> str:
    """What a reader can do to a chart."""
    zoom = _("Drag over a chart to look closer; double-click to see all of it again.")
    return " ".join([zoom, _("Press a point to read the answers of its step.")]) if pressable else zoom
