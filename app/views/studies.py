"""Studies: all of them with a form for a new one; with ?id=, one of them."""

import streamlit as st

from app import clients, people
from app.bridge import live
from app.markup.texts import empty, heading
from app.studies import studies_list, study_form, study_page
from app.translations import _
from storage import studies


def show() -> None:
    """The page of the address."""
    study_id = st.query_params.get("id")
    if study_id:
        study_page.show(study_id)
        return
    st.html(heading(_("Studies")))
    db = clients.database()
    changes = people.current().may("researcher")
    if studies.listing(db, limit=1):
        live.show(studies_list.studies_table, key="studies_table")
        if changes:
            study_form.launch_preset(db, primary=False)
    else:
        advice = _(
            "A study trains several methods with several seeds on the same data and budget, and says which differences "
            "can be believed. The fair quartet compares DPO, PPO, GRPO and GSPO on the starter model."
        )
        st.html(empty(_("There is no study yet."), advice if changes else _("What others launch appears here.")))
        if changes:
            study_form.launch_preset(db, primary=False)
    if changes:
        study_form.show(db)


show()
