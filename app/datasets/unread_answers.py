"""What the import dialog asks where a file holds answers that are not read: read them, or import without them.

Left out: which fields these are (`storage.unread_fields`), and the selects of all columns (`datasets.column_selects`).
"""

import streamlit as st
from markupsafe import Markup

from app.datasets import column_selects, item_rows
from app.markup import texts
from app.translations import _
from storage.data_files import ImportReport
from words.names import listed


def decided(key: str, report: ImportReport) -> bool:
    """Draw the question, if there is one; whether the import may go ahead."""
    if not report.unread_answers:
        return True
    sentence = _("Not read, though it sounds like answers: {names}. Without them, only this is imported: {items}.")
    names = Markup(", ").join(map(texts.name, report.unread_answers))
    text = Markup(sentence).format(names=names, items=item_rows.count(report.kind, report.imported))
    st.html(Markup('<p class="al-note al-warned">{}</p>').format(texts.tone(text, "warning", "▲")))
    if report.proposal:
        columns = texts.escape_markdown(column_selects.in_words(report.proposal))
        st.button(
            _("Read them: {columns}").format(columns=columns),
            icon=":material/check:",
            key="import.propose",
            on_click=column_selects.accept,
            args=(key, report.proposal),
        )
    return st.checkbox(
        _("Import without {names}").format(names=texts.escape_markdown(listed(report.unread_answers, 5))),
        key=f"{key}.without",
    )
