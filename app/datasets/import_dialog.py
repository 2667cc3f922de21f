"""The dialog that makes a dataset of a file, or of one of the hub: choose it, see how it will be read, name it.

Left out: reading the forms (`storage.formats`), and where the page goes afterwards (`datasets.dataset_list`).
"""

import time
from dataclasses import dataclass
from typing import Any

import streamlit as st
from markupsafe import Markup

from app import people
from app.actions import dataset_edits
from app.bridge import buttons, dialogs
from app.datasets import column_selects, hub_section, import_findings, import_sources, item_rows, unread_answers
from app.datasets.import_sources import Files, Source
from app.markup import texts
from app.translations import N_, _
from storage import data_files, datasets, formats
from storage.data_files import ImportReport
from storage.database import Database
from storage.errors import ImportFailed, Invalid, StorageError
from storage.records import LONGEST_DATASET_NAME

PLACE, FORM, NAME, INSPECTED = "import.from", "import.form", "import.name", "import.inspected"
AUTO = "auto"
PLACES = {"file": N_("A file"), "hub": N_("From Hugging Face")}


@dataclass(frozen=True)
class Look:
    """What a look into a file found: its columns, each with a value, and what would be imported, or why nothing."""

    columns: dict[str, Any]
    report: ImportReport | StorageError


def dialog(db: Database) -> str | None:
    """The dialog's content; returns the name of the dataset once it is there."""
    place = st.segmented_control(
        _("From where"),
        list(PLACES),
        default="file",
        format_func=lambda place: _(PLACES[place]),
        required=True,
        key=PLACE,
        label_visibility="collapsed",
    )
    source = hub_section.chosen() if place == "hub" else import_sources.uploaded()
    if source is None:
        return None
    form = st.selectbox(_("Form"), [AUTO, *formats.FORMATS], key=FORM, format_func=form_name)
    key = f"import.map.{source.key}"
    columns = column_selects.mapping(key)
    look = _look(source, form, columns)
    if isinstance(look.report, StorageError):
        if missing := column_selects.missing_partner(columns):
            st.html(texts.tone(_("Choose the column of the field {name} too.").format(name=missing), "warning", "▲"))
        else:
            refusal(look.report)
        _columns(key, look, unclear=bool(columns) or isinstance(look.report, Invalid))
        return None
    summary(look.report)
    decided = unread_answers.decided(key, look.report)
    _columns(key, look, unclear=bool(look.report.suspicious or columns))
    if look.report.bad:
        _bad_rows(look.report)
    return _import(db, source, form, columns, look.report, decided)


def _import(
    db: Database, source: Source, form: str, columns: dict[str, str], report: ImportReport, decided: bool
) -> str | None:
    """The dataset's name, once the button is pressed and all is well. It waits until the person has `decided`."""
    st.session_state.setdefault(f"{NAME}.{source.key}", source.suggested_name)
    name = st.text_input(_("Name"), key=f"{NAME}.{source.key}", max_chars=LONGEST_DATASET_NAME)
    label = _("Import {items}").format(items=item_rows.count(report.kind, report.imported))
    with st.container(horizontal=True):
        pressed = buttons.button(label, type="primary", key="import.go", disabled=not decided)
        if report.bad and buttons.button(_("Import nothing"), key="import.nothing"):
            dialogs.close()
            st.rerun()
    if not (pressed and decided):
        return None
    try:
        return source.use(
            lambda files: dataset_edits.import_file(
                db,
                people.current(),
                files,
                time.time(),
                name=name,
                format=form,
                columns=columns,
                # the person has seen both, and what is imported
                skip_bad=bool(report.bad),
                leave_unread=bool(report.unread_answers),
            ),
        ).name
    except StorageError as error:
        refusal(error)
        return None


def _columns(key: str, look: Look, *, unclear: bool) -> None:
    """The selects that say which column is which; open where the file alone does not say it."""
    if look.columns:
        with st.expander(_("Which column is which"), expanded=unclear):
            column_selects.selects(key, look.columns)


def _bad_rows(report: ImportReport) -> None:
    """How many rows cannot be read, why, and which."""
    sentence = _("{good} good, {bad} bad. The bad rows will be left out; what they are is kept with the dataset.")
    text = sentence.format(good=f"{report.imported:,}", bad=f"{report.bad:,}")
    st.html(
        Markup('<p class="al-note al-warned">{}</p>').format(texts.tone(text, "warning", "▲"))
        + import_findings.folded(report.folds, report.unit)
    )
    _listed(report)


def form_name(name: str) -> str:
    """A form's title; auto says that it is recognised."""
    return _("recognise it") if name == AUTO else _(formats.FORMATS[name].title)


def summary(report: ImportReport) -> None:
    """What was found, the first rows as they will be read, and which fields will not be."""
    counts = Markup("<b>{}</b> · {} · {}").format(
        item_rows.count(report.kind, report.imported),
        form_name(report.format),
        import_findings.read_as(report.container, report.encoding),
    )
    if report.ties:
        counts += Markup(" · ") + import_findings.ties(report.ties)
    for flag, number in report.flagged.items():
        counts += Markup(" · ") + texts.tone(f"{item_rows.facet_name('flag', flag)} {number:,}", "warning", "▲")
    st.html(
        Markup('<p class="al-note">{}</p>').format(counts)
        + item_rows.table(report.kind, report.preview[:3], act=False)
        + import_findings.unread(report.unread, report.kind, report.unread_answers)
    )


def refusal(error: StorageError) -> None:
    """Why nothing was imported, and the first rows with a mistake."""
    st.html(import_findings.refusal(error))
    if isinstance(error, ImportFailed):
        st.html(import_findings.folded(error.folds, error.unit))
        _listed(error)


def _listed(findings: ImportReport | ImportFailed) -> None:
    """The bad rows one by one, where the sentences about them were folded."""
    if len(findings.problems) > len(findings.folds):
        with st.expander(_("Show the bad rows")):
            st.html(import_findings.listed(findings.problems, findings.unit))


def _look(source: Source, form: str, columns: dict[str, str]) -> Look:
    """What the file holds; read once, not at every key that is pressed in the dialog."""
    asked = (source.key, form, columns)
    if st.session_state.get(INSPECTED, (None,))[0] != asked:
        with st.spinner(_("Reading the file")):
            st.session_state[INSPECTED] = (asked, source.use(lambda files: _looked(files, form, columns)))
    look: Look = st.session_state[INSPECTED][1]
    return look


def _looked(files: Files, form: str, columns: dict[str, str]) -> Look:
    names: dict[str, Any] = {}
    try:
        names = data_files.columns(files)
        return Look(names, datasets.inspect_file(files, form, columns, skip_bad=True))
    except StorageError as error:
        return Look(names, error)
