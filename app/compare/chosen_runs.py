"""Which runs are compared: those that the address names, until others are chosen in the field.

Who comes from the menu, whose address names none, finds the comparison that was left. Left out: choosing them in a
table (`app.views.runs`), and what is shown of them.
"""

from collections.abc import Sequence

import streamlit as st

from app import clients
from app.bridge import buttons
from app.markup.texts import empty, short
from app.translations import _
from storage import run_lists, runs, studies
from storage.errors import StorageError
from storage.records import Run
from words import Text

PICKED = "compare.picked"
SEEN = "compare.seen"
LEFT = "compare.left"  # no widget's key: these vanish with their page


def linked_runs() -> tuple[list[Run], list[Text]]:
    """The runs that the address asks for, and a sentence for each that is not there."""
    db = clients.database()
    if not st.query_params.keys() & {"study", "runs"}:
        st.query_params.update(st.session_state.get(LEFT, {}))
    study = st.query_params.get("study")
    if study:
        try:
            return studies.members(db, studies.get(db, study).id), []
        except StorageError as error:
            return [], [error.text]
    linked: dict[str, Run] = {}
    missing = []
    for prefix in dict.fromkeys(filter(None, st.query_params.get("runs", "").split(","))):
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
    if PICKED not in st.session_state or st.session_state.get(SEEN) != address_ids:  # a link, or the browser's Back
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
    st.session_state[LEFT] = {key: st.query_params[key] for key in ("study", "runs") if st.query_params.get(key)}
    linked_by_id = {run.id: run for run in linked}
    return [linked_by_id.get(run) or runs.get(db, run) for run in picked]


def nothing() -> None:
    """What to do where no run is chosen."""
    st.html(empty(_("No run is chosen."), _("Pick two or more in the field above, or tick them on the page Runs.")))
    if buttons.button(_("Go to Runs"), key="go_to_runs", type="primary"):
        st.switch_page("views/runs.py")
