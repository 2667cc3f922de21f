"""Studies: all of them; with ?id=, one of them; with ?new=, the form of a new one."""

import streamlit as st

from app import clients, people
from app.bridge import buttons, live, redirect
from app.markup.texts import empty, heading
from app.studies import studies_list, study_form, study_page
from app.translations import _
from storage import studies


def show() -> None:
    """The page of the address."""
    query = st.query_params
    redirect.follow(("views/studies.py", {"id": query.get("id", "")}))
    changes = people.current().may("researcher")
    if query.get("id"):
        study_page.show(query["id"])
    elif "new" in query and changes:
        study_form.show(clients.database(), query["new"])
    else:
        _all(changes)
    redirect.forget()


def _all(changes: bool) -> None:
    """The list, or what to do where there is none."""
    st.html(heading(_("Studies")))
    db = clients.database()
    listed = bool(studies.listing(db, limit=1))
    if not listed:
        advice = _(
            "A study trains several methods with several seeds on the same data and budget, and says which differences "
            "can be believed. The fair quartet compares DPO, PPO, GRPO and GSPO on the starter model."
        )
        st.html(empty(_("There is no study yet."), advice if changes else _("What others launch appears here.")))
    if changes:
        with st.container(key="studies_new", horizontal=True, gap="small"):
            study_form.launch_quartet(db)
            if buttons.button(_("New study"), key="study_new", icon=":material/add:"):
                st.switch_page("views/studies.py", query_params={"new": study_form.FAIR_QUARTET})
    if listed:
        live.show(studies_list.studies_table, key="studies_table")


show()
