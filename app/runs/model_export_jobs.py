"""Exports that the dashboard has started: the process of each run's last one, and how far it is.

The process may outlive the dashboard: it ends by itself, and its folder is there or not. Left out: starting one
(`app.actions.model_exports`), and the dialog (`model_export_dialog`).
"""

import subprocess
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from app import clients
from app.actions import model_exports
from app.actions.model_exports import ModelExport
from app.bridge.fragment import QUICK_SECONDS, Fragment
from app.markup import notices, texts
from app.people import Person
from engine.spec.answers import ExportedModel, ExportNews
from storage import runs
from storage.database import Database
from storage.errors import Invalid
from words import N_

_lock = threading.Lock()


@dataclass(frozen=True)
class _Job:
    process: subprocess.Popen[bytes]
    output: Path  # a line for each of its news

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    def news(self) -> ExportNews:
        """The last thing that it said; that it ended, where it did without a word."""
        code = self.process.poll()  # before its last line is read
        lines = self.output.read_bytes().splitlines() if self.output.is_file() else []
        last = next((news for line in reversed(lines) if (news := ExportNews.read(line))), ExportNews())
        return last if code is None else last.at_end(code)


_jobs: dict[str, _Job] = {}  # by run


def begin(db: Database, person: Person, export: ModelExport, now: float) -> None:
    """Start an export in the background, one at a time. Raises Forbidden, NotFound, Invalid."""
    run_id = runs.get(db, export.checkpoint.partition("@")[0]).id
    with _lock:
        if any(job.is_running for job in _jobs.values()):
            raise Invalid(N_("Another model is being exported just now: wait until that is done."))
        output = db.workspace.cache / f"model-export-{run_id}.jsonl"
        _jobs[run_id] = _Job(model_exports.start(db, person, export, now, news=output), output)


def is_running(run_id: str) -> bool:
    """Whether a model of the run is being exported."""
    return run_id in _jobs and _jobs[run_id].is_running


def exported(run_id: str) -> ExportedModel | None:
    """What the run's last export has made."""
    return _jobs[run_id].news().model if run_id in _jobs else None


def exporting(query: Mapping[str, str]) -> Fragment:
    """How far the export of the run in the query is; the page runs again when it has ended."""
    job = _jobs.get(runs.get(clients.database(), query["id"]).id)
    if job is None:
        return Fragment(Markup(""), version="none", every=None)
    news, is_running = job.news(), job.is_running
    html = Markup("")
    if news.problem is not None:
        html = notices.sentences([news.problem], "bad")
    elif news.progress is not None:
        html = Markup('<p role="status">{}</p>').format(texts.sentence(news.progress))
    ended = "" if is_running else str(job.process.pid)
    return Fragment(html, version=f"{is_running} {ended}", every=QUICK_SECONDS if is_running else None)
