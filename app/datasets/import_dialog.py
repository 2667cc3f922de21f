"""The dialog that imports a file as a dataset: choose it, see how it will be read, name it, import it.

Left out: reading the forms (`storage.formats`), and where the page goes afterwards (`datasets.dataset_list`).
"""

import re
import tempfile
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import streamlit as st
from markupsafe import Markup

from app import people
from app.actions import dataset_edits
from app.bridge import buttons
from app.datasets import item_rows
from app.markup import texts
from app.translations import N_, _, translate
from storage import datasets, formats
from storage.data_files import ImportReport
from storage.database import Database
from storage.errors import ImportFailed, Invalid, StorageError

FILE, FORM, NAME, INSPECTED = "import.file", "import.form", "import.name", "import.inspected"
ENDINGS = (".json", ".jsonl", ".gz")
AUTO = "auto"
NOT_READ = N_("{name} is not read here: JSON (.json) and JSON Lines (.jsonl) are, also gzipped (.gz).")
Result = TypeVar("Result")


def dialog(db: Database) -> str | None:
    """The dialog's content; returns the name of the dataset once it is there."""
    upload = st.file_uploader(
        _("JSON or JSON Lines, also gzipped"),
        key=FILE,  # of any type: the widget would refuse others without a word
        help=_(
            "Pairs, groups, labelled answers, demonstrations or prompts, as TRL, LLaMA-Factory or HH-RLHF have them."
        ),
    )
    if upload is None:
        return None
    if not upload.name.lower().endswith(ENDINGS):
        refusal(Invalid(NOT_READ, name=upload.name))
        return None
    form = st.selectbox(_("Form"), [AUTO, *formats.FORMATS], key=FORM, format_func=form_name)
    report = _inspect(upload, form)
    if isinstance(report, StorageError):
        refusal(report)
        return None
    summary(report)
    st.session_state.setdefault(f"{NAME}.{upload.file_id}", suggested_name(upload.name))
    name = st.text_input(_("Name"), key=f"{NAME}.{upload.file_id}", max_chars=64)
    label = _("Import {items}").format(items=item_rows.count(report.kind, report.imported))
    if not buttons.button(label, type="primary", key="import.go"):
        return None
    try:
        return _with_file(
            upload,
            lambda path: dataset_edits.import_file(db, people.current(), path, time.time(), name=name, format=form),
        ).name
    except StorageError as error:
        refusal(error)
        return None


def form_name(name: str) -> str:
    """A form's title; auto says that it is recognised."""
    return _("recognise it") if name == AUTO else _(formats.FORMATS[name].title)


def summary(report: ImportReport) -> None:
    """What was found, and the first rows as they will be read."""
    counts = Markup("<b>{}</b> · {}").format(item_rows.count(report.kind, report.imported), form_name(report.format))
    for flag, number in report.flagged.items():
        counts += Markup(" · ") + texts.tone(f"{item_rows.facet_name('flag', flag)} {number:,}", "warning", "▲")
    st.html(
        Markup('<p class="al-note">{}</p>').format(counts) + item_rows.table(report.kind, report.preview[:3], act=False)
    )


def refusal(error: StorageError) -> None:
    """Why nothing was imported, and every line with a mistake."""
    st.html(Markup('<p class="al-mistake">{}</p>').format(texts.tone(translate(error.text), "bad", "✕")))
    if isinstance(error, ImportFailed):
        lines = [
            (_("line {line}").format(line=line) if line else _("file"), translate(text))
            for line, text in error.problems
        ]
        rows = Markup("").join(Markup("<li><b>{}</b> {}</li>").format(*row) for row in lines)
        st.html(Markup('<ol class="al-lines" tabindex="0">{}</ol>').format(rows))


def suggested_name(file_name: str) -> str:
    """A dataset's name made of a file's.

    >>> suggested_name("my pairs (v2).jsonl.gz"), suggested_name("../数据.json"), suggested_name("...")
    ('my-pairs-v2', '数据', 'dataset')
    """
    stem = re.split(r"[\\/]", unicodedata.normalize("NFC", file_name))[-1]
    stem = re.sub(r"\.(jsonl?|gz)\b", "", stem)
    return re.sub(r"[^\w.-]+", "-", stem).strip("-._")[:64] or "dataset"


def _inspect(upload: Any, form: str) -> ImportReport | StorageError:
    """What the file holds; read once, not at every key that is pressed in the dialog."""
    source = (upload.file_id, form)
    if st.session_state.get(INSPECTED, (None,))[0] != source:
        with st.spinner(_("Reading the file")):
            try:
                result: ImportReport | StorageError = _with_file(upload, lambda path: datasets.inspect_file(path, form))
            except StorageError as error:
                result = error
        st.session_state[INSPECTED] = (source, result)
    report: ImportReport | StorageError = st.session_state[INSPECTED][1]
    return report


def _with_file(upload: Any, read: Callable[[Path], Result]) -> Result:
    """Call `read` with a temporary file that holds the upload and has its ending: storage reads files."""
    ending = ".json" if upload.name.removesuffix(".gz").endswith(".json") else ".jsonl"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, suggested_name(upload.name) + ending)
        path.write_bytes(upload.getvalue())
        return read(path)
