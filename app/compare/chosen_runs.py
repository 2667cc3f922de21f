"""Which runs are compared: those that the address names, until others are chosen in the field.

Who comes from the menu, whose address names none, finds the comparison that was left. Left out: choosing them in a
table (`app.views.runs`), and what is shown of them.
"""

from collections.abc import Sequence

import streamlit as st

from app import clients
from app.bridge import address, buttons
from app.compare import compared_groups
from app.compare.compared_groups import MOST_RUNS
from app.markup.texts import empty, short
from app.translations import _
from storage import run_lists, studies
from storage.errors import StorageError
from words import Text

PICKED = "compare.picked"
LEFT = "compare.left"  # no widget's key: these vanish with their page
NAMING = ("study", "runs")
KEPT = (*NAMING, "tab", "group", "baseline", "layout", "single", "less", "x", "hide", "across", "up", "beside")
"""The fields of the address that are there again for who comes back."""


def linked_places() -> tuple[list[str], list[Text]]:
    """The places of the runs that the address asks for, and a sentence for each that is not there."""
    db = clients.database()
    if not st.query_params.keys() & set(NAMING):
        st.query_params.update(st.session_state.get(LEFT, {}))
    study = st.query_params.get("study")
    if not study:
        return compared_groups.resolve_places(db, compared_groups.places(st.query_params.get("runs", "")))
    try:
        members = [run for run in studies.members(db, studies.get(db, study).id) if run.study_role != "trial"]
    except StorageError as error:
        return [], [error.text]
    return compared_groups.resolve_places(db, [run.id for run in members])


def pick(linked: Sequence[str]) -> list[str]:
    """The places of the runs that are compared: those of the address, until others are picked."""
    shown = _shown(linked)
    names = {run.id: run.name for run in run_lists.with_steps(clients.database(), shown)}
    words = {run: f"{name} · {short(run)}" for run, name in names.items()}
    picked = address.several(
        _("Runs"),
        words,
        [run for run in shown if run in names],
        key=PICKED,
        placeholder=_("Add a run"),
        max_selections=MOST_RUNS,
        label_visibility="collapsed",
    )
    places = compared_groups.with_picked(linked, picked)
    if set(picked) != set(shown):
        st.query_params.pop("study", None)
        st.query_params["runs"] = ",".join(places)
    address.note(PICKED, [run for run in _shown(places) if run in names])
    return places


def keep_view() -> None:
    """Remember the address for who leaves the page; called at its end."""
    st.session_state[LEFT] = {key: st.query_params[key] for key in KEPT if st.query_params.get(key)}


def nothing() -> None:
    """What to do where no run is chosen."""
    st.html(empty(_("No run is chosen."), _("Pick two or more in the field above, or tick them on the page Runs.")))
    if buttons.button(_("Go to Runs"), key="go_to_runs", type="primary"):
        st.switch_page("views/runs.py")


def _shown(places: Sequence[str]) -> list[str]:
    return [place for place in places if not place.startswith("-")]
