"""Taking a trained model out: a process of the engine makes the folder, and tells line by line how far it is.

Left out: what it does (`engine.model_exports`), and who waits for it.
"""

import os
import subprocess
import sys
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from app.actions.permissions import record, require
from app.people import Person
from storage import run_references
from storage.database import Database


@dataclass(frozen=True)
class ModelExport:
    """What to export, `ID` or `ID@STEP`, and into which folder. `merge`: without an adapter of its own."""

    checkpoint: str
    out: Path
    merge: bool = False
    force: bool = False  # an earlier export in that folder is replaced


def start(
    db: Database, person: Person, export: ModelExport, now: float, *, news: Path | None = None
) -> subprocess.Popen[bytes]:
    """Start the process; it writes `ExportNews`, one a line, to the file `news`, or to a pipe where there is none.

    It ends by itself, whoever waits for it. The person's name stands in the audit from the start. Raises Forbidden,
    NotFound, Invalid, and makes no file then.
    """
    require(person, "researcher")
    run, checkpoint = run_references.exportable(db, export.checkpoint)
    reference = run_references.pinned(run, checkpoint).removeprefix("run:")
    flags = [f"--{name}" for name, given in (("merge", export.merge), ("force", export.force)) if given]
    arguments = ["--workspace", str(db.workspace.root), "--out", str(export.out), *flags, reference]
    record(db, person, "model.export", run.id, now, step=checkpoint.step, folder=str(export.out), merged=export.merge)
    if export.out.parent == db.workspace.model_exports:
        export.out.parent.mkdir(mode=0o700, exist_ok=True)
    with news.open("wb") if news else nullcontext(subprocess.PIPE) as output:
        # -P, for its own children too: a stray module in the current folder is never run
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "engine.model_exports", *arguments],
            env={**os.environ, "PYTHONSAFEPATH": "1"},
            stdin=subprocess.DEVNULL,
            stdout=output,
        )
