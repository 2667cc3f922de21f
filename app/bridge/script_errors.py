"""What a page shows when its script fails: one sentence in place of a traceback, which goes to the dashboard's output.

Left out: errors that a page expects; it shows them itself, beside what caused them.
"""

import sys
import traceback

import streamlit as st
from markupsafe import Markup

from app.markup import texts
from app.translations import _, translate
from storage.errors import StorageError


def show_error(error: Exception) -> bool:
    """Show the error on the page in the reader's language. True: Streamlit need not show it."""
    if isinstance(error, StorageError):
        _show(translate(error.text))
        return True
    traceback.print_exception(error, file=sys.stderr)
    sentence = _("AlignLab met an error of its own on this page: {error}. The dashboard's output has the details.")
    _show(sentence.format(error=f"{type(error).__name__}: {error}"))
    return True


def _show(sentence: str) -> None:
    """As text: what a file or a person named is never read as Markdown."""
    st.html(Markup('<div class="al-error" role="alert">{}</div>').format(texts.tone(sentence, "bad", "✕")))
