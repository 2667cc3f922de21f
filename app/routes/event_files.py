"""Runs as event files for TensorBoard, in one archive: /alignlab/tensorboard?run=ID&run=ID.

Left out: the form of such a file (`storage.foreign_runs.event_writing`).
"""

import tempfile
import time
import zipfile
from pathlib import Path

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from app import clients, people
from app.actions import foreign_runs
from app.routes.points import MOST_RUNS
from app.routes.refusals import malformed, refused
from storage.errors import StorageError


def download(request: Request) -> Response:
    """A zip with a folder for each run. 400 for no or too many runs; else what `refused` answers."""
    run_ids = list(dict.fromkeys(request.query_params.getlist("run")))
    if not 0 < len(run_ids) <= MOST_RUNS:
        return malformed(f"Name 1 to {MOST_RUNS} runs.")
    folder = tempfile.TemporaryDirectory(prefix="alignlab-")
    try:
        archive = _archive(Path(folder.name), run_ids, people.of(request))
    except StorageError as error:
        folder.cleanup()
        return refused(error)
    except BaseException:
        folder.cleanup()
        raise
    name = f"{archive.stem}.zip"
    return FileResponse(archive, filename=name, media_type="application/zip", background=BackgroundTask(folder.cleanup))


def _archive(folder: Path, run_ids: list[str], person: people.Person) -> Path:
    """The archive, in the folder; it is called as the run where there is one alone."""
    exported = foreign_runs.export_events(clients.database(), person, run_ids, folder / "runs", time.time())
    name = exported.files[0].parent.name if len(exported.files) == 1 else "alignlab-tensorboard"
    path = folder / f"{name}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for file in exported.files:
            archive.write(file, file.relative_to(folder / "runs"))
    return path
