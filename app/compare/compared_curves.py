"""The curves of a comparison on live charts with one legend: of single runs, or of groups with means and bands.

Left out: which panels there are (`app.charts.panels`, `group_panels`), and how each line is drawn
(`app.charts.line_styles`).
"""

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlencode

import streamlit as st
from markupsafe import Markup

from app import clients
from app.charts import branches, event_marks, live_panels, panels
from app.charts.live_panels import Source
from app.compare import group_panels, group_points, group_words
from app.compare.compared_groups import Comparison
from app.compare.compared_runs import SeriesByRun
from app.compare.view_controls import Layout
from app.review import human_ceiling
from app.translations import _
from storage.records import ACTIVE

HIDDEN = "hide"


def curves(comparison: Comparison, places: list[str], layout: Layout, series: SeriesByRun) -> None:
    """The panels, with one legend for all of them, and words on what their lines are."""
    if comparison.is_grouped or layout.less or layout.apart:
        _words(comparison, layout, group_points.stretch(series))
        _of_groups(comparison, places, layout, series)
    else:
        _of_runs(comparison, layout, series)


def _of_runs(comparison: Comparison, layout: Layout, series: SeriesByRun) -> None:
    db, runs = clients.database(), comparison.runs
    live_panels.show(
        "panels_compare",
        panels.compared(runs, series, comparison.styles, human_ceiling.baselines(db, runs)),
        [run.id for run in runs],
        active=any(run.state in ACTIVE for run in runs),
        legend=[panels.trace(run, comparison.styles[run.id], "") for run in runs],
        axis=layout.axis,
        origins=branches.origins(db, runs),
        marks=event_marks.marks(db, runs),
        hidden=_hidden(),
        on_hidden=_keep_hidden,
    )


def _of_groups(comparison: Comparison, places: list[str], layout: Layout, series: SeriesByRun) -> None:
    """The server has put the points along the axis, unless it is one that falls and rises."""
    if layout.apart:
        sections = group_panels.apart(comparison, series, layout.single)
    else:
        baselines = {} if layout.less else human_ceiling.baselines(clients.database(), comparison.runs)
        sections = group_panels.overlaid(comparison, series, baselines, layout.single)
    axis = layout.axis
    if axis.scattered:
        sections = group_panels.means_alone(sections)
    keys = [*group_panels.drawn_keys(sections), *([axis.key] if axis.scattered else [])]
    live_panels.show(
        "panels_compare",
        sections,
        [run.id for run in comparison.runs],
        active=any(run.state in ACTIVE for run in comparison.runs),
        legend=group_panels.legend(comparison),
        axis=replace(axis, key=group_points.part(axis.key, group_points.MEAN) if axis.scattered else ""),
        source=_source(comparison, places, layout, keys),
        hidden=_hidden(),
        on_hidden=_keep_hidden,
    )


def _hidden() -> list[str]:
    """The lines that the address hides."""
    return [line for line in st.query_params.get(HIDDEN, "").split(",") if line]


def _keep_hidden(hidden: Sequence[str]) -> None:
    if hidden:
        st.query_params[HIDDEN] = ",".join(hidden)
    else:
        st.query_params.pop(HIDDEN, None)


def _source(comparison: Comparison, places: list[str], layout: Layout, keys: list[str]) -> Source:
    """Our routes for the points of groups."""
    query = {
        "runs": ",".join(places),
        "group": comparison.by,
        "baseline": comparison.baseline.runs[0].id if comparison.baseline else "",
        "x": "" if layout.axis.scattered else layout.axis.key,
        "less": "1" if layout.less else "",
        "single": "1" if layout.single else "",
    }
    shown = {name: value for name, value in query.items() if value}
    points = urlencode({**shown, "keys": ",".join(keys)})
    return Source(f"alignlab/groups?{points}", f"alignlab/groups.csv?{urlencode(shown)}")


def _words(comparison: Comparison, layout: Layout, stretch: int) -> None:
    """What lines and bands are, and where they end early."""
    sentences = []
    if comparison.is_grouped:
        band = group_points.band_of(comparison)
        sentences.append(group_words.means() if layout.axis.scattered else group_words.band(band))
        sentences += group_words.shortened(comparison.groups)
    if layout.less and comparison.baseline:
        baseline = group_words.counted(comparison.baseline)
        sentences.append(_("All of it less the mean of the baseline, {run}.").format(run=baseline))
    sentences += [text for text in [group_words.averaged(stretch)] if text]
    st.html(Markup('<p class="al-soft al-reading">{}</p>').format(" ".join(sentences)))
