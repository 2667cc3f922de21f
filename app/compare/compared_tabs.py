"""The tabs of Compare: which sections each of them shows."""

from urllib.parse import urlencode

import streamlit as st
from markupsafe import Markup

from app import clients
from app.bridge import live
from app.bridge.fragment import Build
from app.charts import axes
from app.compare import compared_curves, differing_settings, side_by_side, verdict_section, view_controls
from app.compare import figures as final_figures
from app.compare import relations as relation_sections
from app.compare.compared_groups import Comparison
from app.markup.texts import section
from app.translations import _
from storage import metrics


def summary(comparison: Comparison, places: list[str]) -> None:
    """Which is better, if that can be said, and what to know before believing anything below."""
    _show(final_figures.summary, "summary_fragment", comparison, places)


def verdict(comparison: Comparison, places: list[str]) -> None:
    """The figures behind what is said of which is better."""
    _show(verdict_section.verdict_figures, "verdict_fragment", comparison, places)


def curves(comparison: Comparison, places: list[str]) -> None:
    """Curves, and below them the figures to which they came."""
    series = metrics.by_run(clients.database(), [run.id for run in comparison.runs])
    with st.container(key="compare_charts", horizontal=True, vertical_alignment="center"):
        layout = view_controls.layout(comparison, series)
    compared_curves.curves(comparison, places, layout, series)


def figures(comparison: Comparison, places: list[str]) -> None:
    """The tables of the final figures."""
    st.html(section(_("Final figures"), _("from the start to the end; held-out where it says so")))
    link = Markup('<a class="al-button" href="{}?{}" download>{}</a>')
    along = st.query_params.get(axes.NAME, "")
    asked = urlencode({**_query(comparison, places), **({axes.NAME: along} if along else {})})
    files = [("alignlab/compare.csv", _("Figures as CSV")), ("alignlab/compare.html", _("All of it as one HTML file"))]
    taken = Markup(" ").join(link.format(address, asked, words) for address, words in files)
    live.static(Markup('<p class="al-files">{}</p>').format(taken), key="compare_files")
    _show(final_figures.figures, "figures_fragment", comparison, places)


def settings(comparison: Comparison, places: list[str]) -> None:
    """The settings and data that are not the same in all."""
    differing_settings.differing_settings(comparison)


def relations(comparison: Comparison, places: list[str]) -> None:
    """Settings against figures, and figures against each other."""
    relation_sections.relations(comparison)


def samples(comparison: Comparison, places: list[str]) -> None:
    """What they answer to the same prompts."""
    side_by_side.same_prompts(comparison)


def _show(build: Build, key: str, comparison: Comparison, places: list[str]) -> None:
    live.show(build, key=key, first=None, **_query(comparison, places))


def _query(comparison: Comparison, places: list[str]) -> dict[str, str]:
    baseline = comparison.baseline.runs[0].id if comparison.baseline else ""
    return {"runs": ",".join(places), "group": comparison.by, "baseline": baseline}
