"""Launch: what is trained and how, on the left; what will happen and the run file, on the right.

Left out: the form (`launch.form`), and the right column (`launch.launch_panel`).
"""

import streamlit as st

from app import clients
from app.bridge import pending_values, redirect
from app.datasets import example_data
from app.launch import form as launch_form
from app.launch import launch_panel, prefill, preset_cards, stages
from app.markup import texts
from app.translations import _


def show() -> None:
    """Presets; then three columns on a wide screen, one below the other on a narrow one."""
    redirect.follow()
    pending_values.reapply()
    db = clients.database()
    st.html(texts.heading(_("Launch")))
    prefill.fill_as_address_asks(db)
    form = launch_form.read(db)
    preset_cards.show(form.spec, example_data.has_pairs(db))
    stages.panel()
    what, how, then = st.columns([1.02, 1.15, 0.95], gap="medium")
    with what, st.container(key="launch-what"):
        st.html(texts.section(_("1 · What")))
        launch_form.what(form)
    with how, st.container(key="launch-how"):
        st.html(texts.section(_("2 · How")))
        launch_form.how(form)
    with then, st.container(key="launch-then"):
        st.html(texts.section(_("3 · What will happen")))
        launch_panel.panel(db, form)
    pending_values.page_drawn()


show()
