"""The dialog that imports runs of other trainers and trackers from files that the browser sends.

A folder comes as a .zip. Left out: reading them (`storage.foreign_runs`).
"""

import re
import shutil
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st
from markupsafe import Markup

from app import people
from app.actions import foreign_runs
from app.actions.foreign_runs import ImportOutcome
from app.bridge import buttons, dialogs, uploader
from app.markup import notices, texts
from app.translations import _, ngettext, translate
from storage.containers.limits import Limits
from storage.database import Database
from storage.errors import StorageError
from storage.foreign_runs import zipped_folders
from storage.run_sources import ImportedRun

NAME = "run_import"
GO = "run_import.go"
LONGEST_NAME = 200
LONGEST_FILE_NAME = 100


def button() -> None:
    """The button that opens the dialog, for who may import."""
    if people.current().may("researcher") and buttons.button(
        _("Import a run"), key="run_import.open", icon=":material/upload:"
    ):
        dialogs.ask(NAME)


def show(db: Database) -> None:
    """Draw the dialog where it is open."""
    dialogs.show({NAME: (_("Import a run"), partial(_dialog, db))}, widths={NAME: "medium"})


def _dialog(db: Database, _about: None) -> None:
    files = uploader.several_files(
        _("TensorBoard, trainer_state.json, TRL's completions, W&B or Trackio"),
        key="run_import.files",
        help=_(
            "events.out.tfevents…, trainer_state.json, completions_….parquet, run-….wandb, Trackio's ….db, or a folder "
            "of them as .zip"
        ),
    )
    name = st.text_input(
        _("Name"), key="run_import.name", max_chars=LONGEST_NAME, placeholder=_("as the files call it")
    )
    words = _("A folder comes as one .zip; one on the machine of the dashboard is also read by")
    st.html(Markup('<p class="al-soft">{} <code>alignlab runs import PATH</code></p>').format(words))
    if not buttons.button(_("Import"), type="primary", key=GO, disabled=not files):
        return
    try:
        with buttons.spinner(_("Reading the files"), GO):
            outcomes = _import(db, files, name.strip() or None)
    except StorageError as error:
        st.html(notices.refusal(error))
        return
    _leave(outcomes)


def _import(db: Database, files: Sequence[Any], name: str | None) -> list[ImportOutcome]:
    """Import from copies of the uploads in a folder of their own, which is called as the first of them."""
    names = [re.split(r"[\\/]", file.name)[-1][-LONGEST_FILE_NAME:] or "file" for file in files]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary, names[0].partition(".")[0] or "run")
        folder.mkdir()
        for file, file_name in zip(files, names, strict=True):
            file.seek(0)
            with (folder / file_name).open("wb") as copy:
                shutil.copyfileobj(file, copy)
        source = _source(folder)
        return foreign_runs.import_runs(
            db, people.current(), source, time.time(), name=name, upload=", ".join(names)[:LONGEST_NAME]
        )


def _source(folder: Path) -> Path:
    """What is imported of a folder of uploads: the only file, or the folder, with each .zip unpacked."""
    files = sorted(folder.iterdir())
    zips = [file for file in files if file.suffix.lower() == zipped_folders.ENDING]
    limits = Limits.from_environment()
    unpacked = [zipped_folders.unpack(file, folder / file.stem, limits) for file in zips]
    for file in zips:
        file.unlink()
    if len(files) == 1:
        return unpacked[0] if unpacked else files[0]
    return folder


def _leave(outcomes: Sequence[ImportOutcome]) -> None:
    """To the run, where there is one; else to the list, saying what came in and what did not."""
    imported = [outcome.result for outcome in outcomes if isinstance(outcome.result, ImportedRun)]
    dialogs.close()
    for outcome in outcomes:
        if isinstance(outcome.result, StorageError):
            words = f"{outcome.name}: {translate(outcome.result.text)}"
            st.toast(texts.escape_markdown(words), icon=":material/error:", duration="long")
    if len(outcomes) == 1:
        st.switch_page("views/run.py", query_params={"id": imported[0].run.id})
    st.toast(ngettext("{count} run imported", "{count} runs imported", len(imported)))
    st.rerun()
