"""Overview: what runs, what waits, what ended and how; first steps until a run of one's own has succeeded."""

import streamlit as st
from markupsafe import Markup

from app import clients
from app.bridge import live
from app.markup.texts import heading, section
from app.runs import first_steps, queue_list, recent, running
from app.runs.run_buttons import act
from app.translations import _
from storage import run_lists, runs

OWN = ("local", "imported", "live")  # runs of an example make nobody less of a newcomer
LEAD = Markup('<p class="al-lead">{}</p>')


def show() -> None:
    """The page."""
    st.html(heading(_("Overview")))
    newcomer = not runs.listing(clients.database(), origins=OWN, limit=1)
    if newcomer:
        st.html(
            LEAD.format(
                _("Teach a small language model which answers people prefer, watch it learn, and compare methods.")
            )
        )
        first_steps.show(newcomer)
        return
    if run_lists.has_succeeded(clients.database(), OWN):
        _watched()
        return
    watched, steps = st.columns([3, 1], gap="medium")
    with watched:
        _watched()
    with steps:
        first_steps.show(newcomer)


def _watched() -> None:
    """What runs, waits and has ended."""
    st.html(section(_("Now")))
    live.show(running.running_now, key="now_fragment")
    st.html(section(_("Queue")))
    act(live.show(queue_list.queue, key="queue_fragment"))
    st.html(section(_("Ended last")))
    live.show(recent.recent_runs, key="recent_fragment")


show()
