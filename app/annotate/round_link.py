"""The link to a round that annotators are sent, and of whom it asks anything."""

import streamlit as st
from markupsafe import Markup

from app import sent_links
from app.annotate import judges, judging_task
from app.people import Person
from app.translations import _
from storage.database import Database
from storage.judging import rounds
from storage.judging.judgement_records import Round


def dialog(db: Database, about: tuple[str, int]) -> None:
    """For whom the round is open, and its link to copy. `about`: the round's dataset and number."""
    round_ = rounds.get(db, *about)
    whom = judges.names_of(db, round_) or _("everybody who may annotate")
    sentence = _("Opened for {names}. Send them this link:").format(names=whom)
    st.html(Markup("<p>{}</p><p>{}</p>").format(judging_task.title(round_), sentence))
    sent_links.show(f"/annotate?{judging_task.query(round_)}")


def asks(db: Database, round_: Round, person: Person) -> bool:
    """Whether the round asks the person anything, or did and was answered."""
    return rounds.own_progress(db, round_, person.judging_account).total_for_me > 0
