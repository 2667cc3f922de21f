"""Links that a person copies and sends to others, who know the dashboard by its public address where it has one.

Left out: that address (`app.public_address`).
"""

from urllib.parse import urlsplit

import streamlit as st

from app import public_address
from app.guard import is_loopback
from app.translations import _


def show(path: str) -> None:
    """The link to a page, to copy; says so where nobody elsewhere can follow it."""
    parts = urlsplit(st.context.url or "")
    link = (public_address.public_origin() or f"{parts.scheme}://{parts.netloc}") + path
    st.code(link, language=None, wrap_lines=True)
    if is_loopback(urlsplit(link).hostname or ""):
        hint = _(
            "This address is this machine alone: for somebody elsewhere, put the one in its place that others type."
        )
        st.caption(hint)
