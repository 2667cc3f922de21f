"""The tab Relations: settings, costs and figures of the compared runs against each other.

Left out: what is drawn (`relation_drawings`).
"""

from collections.abc import Mapping

import streamlit as st
from markupsafe import Markup

from app import clients
from app.bridge import address, live
from app.compare import group_figures, relation_drawings
from app.compare.compared_groups import Comparison
from app.compare.relation_drawings import METRIC, Measures
from app.markup.metric_names import title
from app.markup.texts import section
from app.translations import _
from engine.analysis.comparison import on_one_scale
from engine.spec import key_metrics


def relations(comparison: Comparison) -> None:
    """All drawings, each with how it is read."""
    db = clients.database()
    final = group_figures.final_figures(db, comparison)
    measured = relation_drawings.measures(comparison, final)
    result = relation_drawings.result_key(final)
    if result is None:
        st.html(Markup('<p class="al-soft">{}</p>').format(_("No held-out figure yet: it comes with an evaluation.")))
        return
    live.static(relation_drawings.key_of_groups(comparison), key="relations_key")
    _scatter(comparison, measured, result)
    parts = [_parallel(comparison, measured, result)]
    if on_one_scale(comparison.compared):
        kl = relation_drawings.reward_against_kl(db, comparison, final, measured)
        parts.append(_part(_("Frontier of reward and KL"), _("full points: no evaluation has more for less KL"), kl))
        parts += [_cost(comparison, measured, cost, result) for cost in relation_drawings.COSTS]
        parts.append(_importance(comparison, measured, result))
    else:
        parts.append(Markup('<p class="al-soft">{}</p>').format(_(relation_drawings.NOT_ON_ONE_SCALE)))
    live.static(Markup('<div class="al-drawings">{}</div>').format(Markup("").join(parts)), key="relations_drawings")


def _scatter(comparison: Comparison, measured: Measures, result: str) -> None:
    """Any measure against any other, which the reader chooses."""
    names = measured.names
    st.html(section(_("One against another"), _("each run is a point; it leads to the run")))
    first = next(iter(names))
    kl = f"{METRIC}:{key_metrics.HELD_OUT_KL}"
    with st.container(key="compare_scatter", horizontal=True):
        across = _measure(_("Across"), names, "across", first if first != "seconds" else kl)
        up = _measure(_("Up"), names, "up", f"{METRIC}:{result}")
    drawn = relation_drawings.scatter(comparison, measured, across, up)
    live.static(drawn or _nothing(), key="relations_scatter")


def _measure(label: str, names: Mapping[str, str], name: str, default: str) -> str:
    return str(address.select(label, names, name=name, default=default, label_visibility="collapsed"))


def _parallel(comparison: Comparison, measured: Measures, result: str) -> Markup:
    drawn = relation_drawings.parallel(comparison, measured, result)
    if drawn is None:
        return Markup("")
    return _part(_("Settings and result"), _("each line is a run; it leads to the run"), drawn, wide=True)


def _cost(comparison: Comparison, measured: Measures, cost: str, result: str) -> Markup:
    if cost not in measured.names:
        return Markup("")
    heading = _("{up} against {across}").format(up=title(result), across=measured.names[cost])
    drawn = relation_drawings.cost_against_quality(comparison, measured, cost, result)
    return _part(heading, _("the line: nothing better was cheaper"), drawn)


def _importance(comparison: Comparison, measured: Measures, result: str) -> Markup:
    drawn = relation_drawings.importance(comparison, measured, result)
    if not isinstance(drawn, Markup):
        return _part(_("Importance of settings"), "", Markup('<p class="al-soft">{}</p>').format(drawn))
    words = Markup('<p class="al-soft">{}</p>').format(relation_drawings.importance_words(comparison, result))
    return _part(_("Importance of settings"), "", drawn + words)


def _part(heading: str, note: str, drawn: Markup | None, wide: bool = False) -> Markup:
    return Markup('<section class="{}">{}{}</section>').format(
        "al-broad" if wide else "", section(heading, note), drawn or _nothing()
    )


def _nothing() -> Markup:
    return Markup('<p class="al-soft">{}</p>').format(_("No run has both values yet."))
