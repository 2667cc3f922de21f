"""Short words at the edge of the page, which go by themselves.

Left out: what stays beside a field or a button (`app.markup.notices`).
"""

import streamlit as st

from app.markup import texts
from app.translations import translate
from storage.errors import StorageError


def refusal(error: StorageError) -> None:
    """Say why something was not done. Streamlit reads a toast as Markdown, which names in the sentence are not."""
    st.toast(texts.escape_markdown(translate(error.text)), icon=":material/error:")
