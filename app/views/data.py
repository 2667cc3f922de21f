"""Datasets: the list, or one of them as readable rows with filters, editing, versions, import and export.

The address says what is shown: ?dataset=NAME&page=N and the filters, or ?import=file. Left out: what both show
(`app.datasets`).
"""

import streamlit as st

from app import clients
from app.bridge import buttons, redirect
from app.datasets import dataset_list, dataset_page
from app.generation import loop_strip, sampling_dialog
from app.markup import texts
from app.translations import _
from storage import datasets
from storage.errors import StorageError


def show() -> None:
    """One dataset where the address names one, else the list."""
    redirect.follow()
    db = clients.database()
    name = st.query_params.get("dataset")
    if name is None:
        dataset_list.show(db)
        sampling_dialog.show(db)
        return
    try:
        dataset_page.show(db, datasets.get(db, name), loop_strip.show)
        sampling_dialog.show(db)
    except StorageError as error:
        st.html(texts.heading(_("Datasets")))
        st.html(texts.empty(texts.sentence(error.text), _("It may have been renamed or deleted.")))
        if buttons.button(_("All datasets"), key="data.all"):
            st.switch_page("views/data.py")


show()
