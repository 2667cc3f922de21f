"""How a comparison is looked at: its groups, its baseline, how curves are laid out. All of it stands in the address.

Left out: which runs it has (`chosen_runs`), and what is drawn (`compared_curves`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from app import clients
from app.bridge import address
from app.charts import axis_choice
from app.charts.live_panels import Axis
from app.compare import compared_groups
from app.compare.compared_groups import Comparison
from app.compare.compared_runs import SeriesByRun
from app.compare.group_words import counted
from app.markup import setting_names
from app.translations import _
from engine.analysis import grouping

NO_BASELINE = "none"


@dataclass(frozen=True)
class Layout:
    """How curves are drawn: small multiples, single runs behind the means, differences to the baseline, the axis."""

    apart: bool
    single: bool
    less: bool
    axis: Axis


def chosen_comparison(places: Sequence[str]) -> Comparison:
    """The comparison in the groups, and with the baseline, that the reader has chosen."""
    whole = compared_groups.compared(compared_groups.members(clients.database(), places))
    choices = {by: _group_words(by) for by in compared_groups.group_choices(whole.compared)}
    by = str(address.select(_("Groups"), choices, name="group", default=whole.by, label_visibility="collapsed"))
    grouped = compared_groups.regrouped(whole, by)
    baseline_words = _("Baseline: {run}")
    labels = {group.runs[0].id: baseline_words.format(run=counted(group)) for group in grouped.groups}
    named = compared_groups.with_baseline(grouped, st.query_params.get("baseline")).baseline
    if named and st.query_params.get("baseline") not in labels:  # another run of the group
        st.query_params["baseline"] = named.runs[0].id
    baseline = address.select(
        _("Baseline"),
        {NO_BASELINE: _("No baseline"), **labels},
        name="baseline",
        default=NO_BASELINE,
        label_visibility="collapsed",
    )
    return compared_groups.with_baseline(grouped, baseline)


def layout(comparison: Comparison, series: SeriesByRun) -> Layout:
    """How the curves are to be drawn."""
    arrangement = address.choice(
        _("Charts"), {"overlay": _("Overlaid"), "apart": _("One for each")}, name="layout", default="overlay"
    )
    single = comparison.is_grouped and address.choice(_("Single runs"), {"1": _("Single runs")}, name="single") == "1"
    less = (
        comparison.baseline is not None
        and address.choice(_("Difference"), {"1": _("Difference to the baseline")}, name="less") == "1"
    )
    return Layout(arrangement == "apart", single, less, axis_choice.choose(comparison.runs, series))


def _group_words(by: str) -> str:
    if by == grouping.NO_GROUPS:
        return _("Each run by itself")
    if by == grouping.ALL_BUT_SEED:
        return _("Grouped over seeds")
    return _("Grouped by {setting}").format(setting=setting_names.called(by))
