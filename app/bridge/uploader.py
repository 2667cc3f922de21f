"""Streamlit's uploader in the language of the page: its own words are English only.

Left out: what is done with the files.
"""

import json
from collections.abc import Sequence
from typing import Any

import streamlit as st

from app.translations import _


def one_file(label: str, *, key: str, help: str) -> Any | None:
    """Draw the uploader; the file in it."""
    files = _files(label, _("Choose a file"), key=key, help=help, multiple=False)
    return files[0] if files else None


def several_files(label: str, *, key: str, help: str) -> Sequence[Any]:
    """Draw the uploader; the files in it."""
    return _files(label, _("Choose files"), key=key, help=help, multiple=True)


def _files(label: str, choose: str, *, key: str, help: str, multiple: bool) -> Sequence[Any]:
    """The style sheet puts our words in the place of Streamlit's. Files are of any type: the content decides, and the
    widget would refuse others without a word.
    """
    most = _("up to {size}").format(size=f"{st.get_option('server.maxUploadSize')} MB")
    words = (json.dumps(text, ensure_ascii=False) for text in (choose, most))
    st.html("<style>.stFileUploader {{ --al-choose: {}; --al-largest: {}; }}</style>".format(*words))
    chosen = st.file_uploader(label, key=key, help=help, accept_multiple_files=multiple)
    if multiple:
        return list(chosen or [])
    return [] if chosen is None else [chosen]
