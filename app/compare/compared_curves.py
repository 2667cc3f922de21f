"""The curves of a comparison on live charts with one legend: of single runs, or of groups with means and bands.

Left out: which panels there are (`app.charts.panels`, `group_panels`), and how each line is drawn
(`app.charts.line_styles`).
"""

from collections.abc import Sequence
from urllib.parse import urlencode

import streamlit as st
from markupsafe import Markup

from app import clients
from app.charts import live_panels, panels
from app.charts.live_panels import Axis, Source
from app.compare import group_panels, group_points, group_words
from app.compare.compared_groups import Comparison
from app.compare.view_controls import Layout
from app.review import human_ceiling
from app.translations import _
from storage import metrics
from storage.records import ACTIVE

HIDDEN = "hide"


def curves(comparison: Comparison, places: list[str], layout: Layout) -> None:
    """The panels, with one legend for all of them, and words on what their lines are."""
    db = clients.database()
    runs = [run.id for run in comparison.runs]
    series = metrics.by_run(db, runs)
    baselines = {} if layout.less else human_ceiling.baselines(db, comparison.runs)
    if not (comparison.is_grouped or layout.less or layout.apart):
        sections = panels.compared(comparison.runs, series, comparison.styles, baselines)
        legend = [panels.trace(run, comparison.styles[run.id], "") for run in comparison.runs]
        source, axis = None, layout.axis
    else:
        sections = (
            group_panels.apart(comparison, series, layout.single)
            if layout.apart
            else group_panels.overlaid(comparison, series, baselines, layout.single)
        )
        legend = group_panels.legend(comparison)
        source = _source(comparison, places, layout, group_panels.drawn_keys(sections))
        axis = layout.axis and Axis("", layout.axis.title, layout.axis.at)  # the server has put them along it
        _words(comparison, layout, group_points.stretch(series))
    live_panels.show(
        "panels_compare",
        sections,
        runs,
        active=any(run.state in ACTIVE for run in comparison.runs),
        legend=legend,
        axis=axis,
        source=source,
        hidden=[line for line in st.query_params.get(HIDDEN, "").split(",") if line],
        on_hidden=_keep_hidden,
    )


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
        "x": layout.axis.key if layout.axis else "",
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
        sentences.append(group_words.band(group_points.band_of(comparison)))
        sentences += group_words.shortened(comparison.groups)
    if layout.less and comparison.baseline:
        baseline = group_words.counted(comparison.baseline)
        sentences.append(_("All of it less the mean of the baseline, {run}.").format(run=baseline))
    sentences += [text for text in [group_words.averaged(stretch)] if text]
    st.html(Markup('<p class="al-soft al-reading">{}</p>').format(" ".join(sentences)))
