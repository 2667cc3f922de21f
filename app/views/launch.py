"""Launch: what is trained and how, on the left; what will happen and the run file, on the right.

Left out: the form (`launch.data_and_model`, `launch.form`), and the right column (`launch.launch_panel`).
"""

import streamlit as st

from app import clients
from app.bridge import pending_values, redirect
from app.datasets import example_data
from app.launch import data_and_model, draft, form_content, launch_panel, prefill, preset_cards, stages
from app.launch import form as launch_form
from app.markup import texts
from app.translations import _


def show() -> None:
    """Presets; then three columns on a wide screen, two on a narrower one, and one on a phone (theme/launch.css)."""
    redirect.follow()
    pending_values.reapply()
    db = clients.database()
    st.html(texts.heading(_("Launch")))
    draft.take_up()
    prefill.fill_as_address_asks(db)
    form = form_content.read(db)
    draft.notice()
    preset_cards.show(form.spec, example_data.has_pairs(db))
    stages.panel()
    with st.container(key="launch-columns"):
        what, how, then = st.columns(3, gap="medium")
    with what, st.container(key="launch-what"):
        st.html(texts.section(_("1 · What")))
        data_and_model.what(form)
    with how, st.container(key="launch-how"):
        st.html(texts.section(_("2 · How")))
        launch_form.how(form)
    with then, st.container(key="launch-then"):
        st.html(texts.section(_("3 · What will happen")))
        launch_panel.panel(db, form)
    draft.keep(db)
    pending_values.page_drawn()


show()
