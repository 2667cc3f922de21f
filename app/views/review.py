"""Review: how far the people who judged a dataset agree, and the pairs that they differ on.

The address says what is shown: ?dataset=NAME&round=NUMBER and the filters. Left out: what it shows (`app.review`).
"""

import streamlit as st

from app import clients, people
from app.bridge import buttons
from app.markup import texts
from app.review import review_page
from app.translations import _
from storage.errors import StorageError


def show() -> None:
    """The page, or what is wrong with the address."""
    try:
        review_page.show(clients.database(), people.current())
    except StorageError as error:
        st.html(texts.heading(_("Review")))
        st.html(texts.empty(texts.sentence(error.text), _("It may have been renamed or deleted.")))
        if buttons.button(_("All datasets"), key="review.all"):
            st.switch_page("views/data.py")


show()
