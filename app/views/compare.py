"""Compare: several runs on the same live charts, their final figures, and what they were told differently.

The address names them: ?runs=ID,ID or ?study=ID. Left out: choosing them in a table (`views.runs`).
"""

from collections.abc import Sequence

import streamlit as st
from markupsafe import Markup

from app import clients
from app.bridge import address, buttons, live
from app.charts import live_panels, panels
from app.charts.line_styles import line_styles
from app.compare import comparability, figures, side_by_side
from app.markup import notices, tables
from app.markup.texts import empty, heading, section, short
from app.translations import N_, _
from storage import metrics, run_lists, runs, studies
from storage.errors import StorageError
from storage.records import ACTIVE, Run
from words import Text

PICKED = "compare.picked"
SEEN = "compare.seen"
AXES = {"steps": N_("Steps"), "tokens": N_("Tokens")}


def show() -> None:
    """The page of the runs in its address."""
    asked, missing = wanted()
    st.html(heading(_("Compare"), figures.counted(asked) if asked else ""))
    if missing:
        st.html(notices.sentences(missing, "warning"))
    with st.container(key="compare_bar", horizontal=True, vertical_alignment="center"):
        chosen = pick(asked)
        axis = address.choice(_("Along"), {name: _(word) for name, word in AXES.items()}, name="x", default="steps")
    if not chosen:
        nothing()
        return
    ids = ",".join(run.id for run in chosen)
    live.show(figures.summary, key="summary_part", runs=ids)
    curves(chosen, str(axis))
    st.html(section(_("Final figures"), _("from the start to the end; held-out where it says so")))
    live.show(figures.figures, key="figures_part", runs=ids)
    if len(chosen) > 1:
        settings(chosen)
        side_by_side.beside(chosen)


def wanted() -> tuple[list[Run], list[Text]]:
    """The runs that the address asks for, and a sentence for each that is not there."""
    db = clients.database()
    study = st.query_params.get("study")
    if study:
        try:
            return studies.members(db, studies.get(db, study).id), []
        except StorageError as error:
            return [], [error.text]
    found: dict[str, Run] = {}
    missing = []
    for prefix in filter(None, st.query_params.get("runs", "").split(",")):
        try:
            run = runs.get(db, prefix)
        except StorageError as error:
            missing.append(error.text)
        else:
            found[run.id] = run
    return list(found.values()), missing


def pick(asked: Sequence[Run]) -> list[Run]:
    """Which runs are compared: those of the address, until others are picked."""
    db = clients.database()
    arrived = [run.id for run in asked]
    names = {run.id: run.name for run in run_lists.with_steps(db, arrived)}
    if st.session_state.get(SEEN) != arrived:  # a link, or the browser's Back
        st.session_state[PICKED] = arrived
    st.session_state[PICKED] = [run for run in st.session_state[PICKED] if run in names]
    picked = st.multiselect(
        _("Runs"),
        list(names),
        key=PICKED,
        format_func=lambda run: f"{names[run]} · {short(run)}",
        placeholder=_("Add a run"),
        label_visibility="collapsed",
    )
    if picked != arrived:
        st.query_params.pop("study", None)
        st.query_params["runs"] = ",".join(picked)
    st.session_state[SEEN] = picked
    known = {run.id: run for run in asked}
    return [known.get(run) or runs.get(db, run) for run in picked]


def nothing() -> None:
    """What to do where no run is chosen."""
    st.html(empty(_("No run is chosen."), _("Pick two or more in the field above, or tick them on the page Runs.")))
    if buttons.button(_("Go to Runs"), key="go_to_runs", type="primary"):
        st.switch_page("views/runs.py")


def curves(chosen: Sequence[Run], axis: str) -> None:
    """The panels, with one legend for all of them."""
    styles = line_styles(chosen)
    series = metrics.by_run(clients.database(), [run.id for run in chosen])
    live_panels.show(
        "panels_compare",
        panels.compared(chosen, series, styles),
        [run.id for run in chosen],
        active=any(run.state in ACTIVE for run in chosen),
        legend=[panels.trace(run, styles[run.id], "") for run in chosen],
        axis=live_panels.Axis("num_tokens", _("tokens"), _("{value} tokens")) if axis == "tokens" else None,
    )


def settings(chosen: Sequence[Run]) -> None:
    """What they were told differently; what is equal is left out."""
    rows = comparability.differing(chosen)
    st.html(section(_("Settings that differ"), _("all others are the same")))
    if not rows:
        st.html(Markup('<p class="al-soft">{}</p>').format(_("None: they had the same settings, up to the seed.")))
        return
    styles = line_styles(chosen)
    heads = ["", *(Markup("{}{}").format(figures.stroke(styles[run.id]), run.name) for run in chosen)]
    told = [[path, *map(str, values)] for path, values in rows if None not in values]
    own = [_own(rows, place) for place in range(len(chosen))]
    last = [[_("of its method alone"), *own]] if any(own) else []
    live.static(tables.table(heads, [*told, *last], ["al-path"], name="al-differing"), key="differing")


def _own(rows: Sequence[tuple[str, list[str | None]]], place: int) -> Markup:
    """The settings that only some of the runs have, with the values of one."""
    found = [(path, values[place]) for path, values in rows if None in values and values[place] is not None]
    return Markup("<br>").join(Markup('<span class="al-path">{}</span> {}').format(*setting) for setting in found)


show()
