"""Compare: several runs on the same live charts, their final figures, and the settings in which they differ.

The address names them: ?runs=ID,ID or ?study=ID. Left out: choosing them in a table (`views.runs`).
"""

from collections.abc import Sequence

import streamlit as st
from markupsafe import Markup

from app import clients
from app.bridge import address, buttons, live
from app.charts import live_panels, panels
from app.charts.line_styles import line_styles
from app.compare import figures, side_by_side
from app.compare.compared_runs import compared_run
from app.markup import notices, tables
from app.markup.texts import empty, heading, section, short
from app.translations import N_, _
from engine.analysis import comparison
from engine.spec import key_metrics
from storage import metrics, run_lists, runs, studies
from storage.errors import StorageError
from storage.records import ACTIVE, Run
from words import Text

PICKED = "compare.picked"
SEEN = "compare.seen"
AXES = {"steps": N_("Steps"), "tokens": N_("Tokens")}


def show() -> None:
    """The page of the runs in its address."""
    linked, missing = linked_runs()
    st.html(heading(_("Compare"), figures.counted(linked) if linked else ""))
    if missing:
        st.html(notices.sentences(missing, "warning"))
    with st.container(key="compare_bar", horizontal=True, vertical_alignment="center"):
        selected = pick(linked)
        axis = address.choice(_("Along"), {name: _(word) for name, word in AXES.items()}, name="x", default="steps")
    if not selected:
        nothing()
        return
    ids = ",".join(run.id for run in selected)
    live.show(figures.summary, key="summary_part", runs=ids)
    curves(selected, str(axis))
    st.html(section(_("Final figures"), _("from the start to the end; held-out where it says so")))
    live.show(figures.figures, key="figures_part", runs=ids)
    if len(selected) > 1:
        settings(selected)
        side_by_side.beside(selected)


def linked_runs() -> tuple[list[Run], list[Text]]:
    """The runs that the address asks for, and a sentence for each that is not there."""
    db = clients.database()
    study = st.query_params.get("study")
    if study:
        try:
            return studies.members(db, studies.get(db, study).id), []
        except StorageError as error:
            return [], [error.text]
    linked: dict[str, Run] = {}
    missing = []
    for prefix in filter(None, st.query_params.get("runs", "").split(",")):
        try:
            run = runs.get(db, prefix)
        except StorageError as error:
            missing.append(error.text)
        else:
            linked[run.id] = run
    return list(linked.values()), missing


def pick(linked: Sequence[Run]) -> list[Run]:
    """Which runs are compared: those of the address, until others are picked."""
    db = clients.database()
    address_ids = [run.id for run in linked]
    names = {run.id: run.name for run in run_lists.with_steps(db, address_ids)}
    if st.session_state.get(SEEN) != address_ids:  # a link, or the browser's Back
        st.session_state[PICKED] = address_ids
    st.session_state[PICKED] = [run for run in st.session_state[PICKED] if run in names]
    picked = st.multiselect(
        _("Runs"),
        list(names),
        key=PICKED,
        format_func=lambda run: f"{names[run]} · {short(run)}",
        placeholder=_("Add a run"),
        label_visibility="collapsed",
    )
    if picked != address_ids:
        st.query_params.pop("study", None)
        st.query_params["runs"] = ",".join(picked)
    st.session_state[SEEN] = picked
    linked_by_id = {run.id: run for run in linked}
    return [linked_by_id.get(run) or runs.get(db, run) for run in picked]


def nothing() -> None:
    """What to do where no run is chosen."""
    st.html(empty(_("No run is chosen."), _("Pick two or more in the field above, or tick them on the page Runs.")))
    if buttons.button(_("Go to Runs"), key="go_to_runs", type="primary"):
        st.switch_page("views/runs.py")


def curves(compared: Sequence[Run], axis: str) -> None:
    """The panels, with one legend for all of them."""
    styles = line_styles(compared)
    series = metrics.by_run(clients.database(), [run.id for run in compared])
    tokens = live_panels.Axis(key_metrics.TRAINED_TOKENS, _("tokens"), _("{value} tokens"))
    live_panels.show(
        "panels_compare",
        panels.compared(compared, series, styles),
        [run.id for run in compared],
        active=any(run.state in ACTIVE for run in compared),
        legend=[panels.trace(run, styles[run.id], "") for run in compared],
        axis=tokens if axis == "tokens" else None,
    )


def settings(compared: Sequence[Run]) -> None:
    """The settings in which they differ; what is equal is left out."""
    rows = comparison.differing_settings([compared_run(run) for run in compared])
    st.html(section(_("Settings that differ"), _("all others are the same")))
    if not rows:
        st.html(Markup('<p class="al-soft">{}</p>').format(_("None: they had the same settings, up to the seed.")))
        return
    styles = line_styles(compared)
    heads = ["", *(Markup("{}{}").format(figures.stroke(styles[run.id]), run.name) for run in compared)]
    shared = [[path, *map(str, values)] for path, values in rows if None not in values]
    own = [_own_settings(rows, column) for column in range(len(compared))]
    last = [[_("of its method alone"), *own]] if any(own) else []
    live.static(tables.table(heads, [*shared, *last], ["al-path"], name="al-differing"), key="differing")


def _own_settings(rows: Sequence[tuple[str, list[str | None]]], column: int) -> Markup:
    """The settings that a run has and others lack, with its values."""
    pairs = [(path, values[column]) for path, values in rows if None in values and values[column] is not None]
    return Markup("<br>").join(Markup('<span class="al-path">{}</span> {}').format(*pair) for pair in pairs)


show()
