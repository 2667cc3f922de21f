"""Streamlit's own words where it writes English only: the style sheet puts ours, of the page's language, there.

Left out: those of the uploader (`uploader`).
"""

import json

from app.translations import _


def style() -> str:
    """CSS with what an open list says that has no option: none is like what was typed, or no more may be chosen."""
    nothing = json.dumps(_("Nothing to choose"), ensure_ascii=False)
    return f":root {{ --al-nothing: {nothing}; }}"
