"""Annotate: the task of one round, or the rounds to choose from.

The address says what is shown: ?dataset=NAME&round=NUMBER, which is also the link that annotators are sent. Left out:
what both show (`app.annotate`), and the questions themselves, which a script fetches (`app.routes.annotation`).
"""

import streamlit as st

from app import clients, people
from app.annotate import judging_task, round_list
from app.bridge import buttons
from app.markup import texts
from app.translations import N_, _
from storage.errors import NotFound, StorageError
from storage.judging import rounds

NO_NUMBER = N_("A round is named by its number, not {round}.")


def show() -> None:
    """The task where the address names a round, else the rounds."""
    db, person = clients.database(), people.current()
    dataset, number = st.query_params.get("dataset"), st.query_params.get("round")
    try:
        if dataset is None or number is None:
            round_list.show(db, person, dataset)
            return
        if not (number.isascii() and number.isdigit() and len(number) < 10):
            raise NotFound(NO_NUMBER, round=number)
        judging_task.show(db, person, rounds.get(db, dataset, int(number)))
    except StorageError as error:
        st.html(texts.heading(_("Annotate")))
        st.html(texts.empty(texts.sentence(error.text), _("Ask who sent you the link, or choose another round.")))
        if buttons.button(_("All rounds"), key="annotate.all"):
            st.switch_page("views/annotate.py")


show()
