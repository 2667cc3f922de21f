"""What people said of a run, under its head: tags and note, and that it is archived.

Left out: what changes them (`run_menu`).
"""

import streamlit as st
from markupsafe import Markup

from app.markup import texts
from app.markup.markdown_markup import markdown
from app.translations import _
from storage import run_tags
from storage.database import Database
from storage.records import Run

_LINE = Markup('<div class="al-said-of-run">{archived}{tags}{note}</div>')


def show(db: Database, run: Run) -> None:
    """Tags and note, where there are any, and whether it is archived."""
    tags = run_tags.of_runs(db, [run.id]).get(run.id, ())
    if not tags and run.note is None and run.archived_at is None:
        return
    archived = Markup("") if run.archived_at is None else texts.tone(_("archived: it is in no list"), "soft", "▣")
    note = Markup("") if run.note is None else markdown(run.note)
    st.html(_LINE.format(archived=archived, tags=texts.tags(tags), note=note))
