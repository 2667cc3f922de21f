"""The dialog that makes a Hugging Face folder of one of a run's checkpoints.

The folder lies in the workspace, where a browser may have it put; the command line puts it anywhere. Left out: the
process that does it (`model_export_jobs`).
"""

import re
import time
from functools import partial
from pathlib import Path

import streamlit as st

from app import people
from app.actions.model_exports import ModelExport
from app.bridge import buttons, dialogs, live
from app.markup import notices, texts
from app.runs import model_export_jobs
from app.runs.checkpoint_field import checkpoint_field
from app.translations import _, translate
from engine.spec import readable
from engine.spec.answers import ExportedModel
from engine.spec.blocks import Lora
from storage import runs
from storage.database import Database
from storage.errors import StorageError
from storage.records import Run
from words import names

NAME = "model_export"
GO = "model_export.go"
_FORMS = ("adapter", "merged")


def show(db: Database) -> None:
    """Draw the dialog where it is open."""
    dialogs.show({NAME: (_("Export model"), partial(_dialog, db))}, widths={NAME: "medium"})


def _dialog(db: Database, run_id: str) -> None:
    run, checkpoints = runs.get(db, run_id), runs.checkpoints(db, run_id)
    if not checkpoints:
        st.markdown(_("The run has no checkpoint yet."))
        return
    step = checkpoint_field(_("Checkpoint"), checkpoints, "model_export.step").step
    merge = _merge(run)
    out = db.workspace.model_exports / _folder_name(run, step, merge=merge)
    st.caption(_("A folder in the form of Hugging Face, with tokenizer and card, on the machine of the dashboard:"))
    st.code(str(out), language=None, wrap_lines=True)
    force = out.exists() and st.checkbox(_("Replace the folder that is there"), key="model_export.force")
    is_shut = model_export_jobs.is_running(run.id) or (out.exists() and not force)
    if buttons.button(_("Export"), type="primary", key=GO, disabled=is_shut):
        _begin(db, ModelExport(f"{run.id}@{step}", out, merge=merge, force=force))
    live.show(model_export_jobs.exporting, key="model_export.news", id=run.id)
    if (model := model_export_jobs.exported(run.id)) is not None:
        _made(model, out)


def _begin(db: Database, export: ModelExport) -> None:
    try:
        model_export_jobs.begin(db, people.current(), export, time.time())
    except StorageError as error:
        st.html(notices.sentences([error.text], "bad"))
    else:
        st.rerun()


def _merge(run: Run) -> bool:
    """Whether an adapter is put into its base; alone it is of no use where that is of another run."""
    spec = readable(run.spec)
    if spec is None or not isinstance(spec.model.adapter, Lora):
        return False
    if spec.model.from_ is not None:
        st.caption(_("The adapter is merged, since the weights it changes come from an earlier run."))
        return True
    titles = {"adapter": _("Adapter alone"), "merged": _("Merged into the whole model")}
    form = st.segmented_control(
        _("Form"), _FORMS, default="adapter", required=True, key="model_export.form", format_func=titles.__getitem__
    )
    return form == "merged"


def _made(model: ExportedModel, out: Path) -> None:
    """What reading the folder back gave, and where it is where that is not said above."""
    done = _("Done: {size}.").format(size=names.size(model.bytes))
    st.success(texts.escape_markdown(f"{done} {translate(model.sentence())}"))
    if model.folder != str(out):
        st.code(model.folder, language=None)


def _folder_name(run: Run, step: int, *, merge: bool) -> Path:
    """A name that says what the folder holds."""
    stem = re.sub(r"[^\w-]+", "-", run.name).strip("-")[:40] or "model"
    return Path(f"{stem}-{texts.short(run.id)}-{step}{'-merged' if merge else ''}")
