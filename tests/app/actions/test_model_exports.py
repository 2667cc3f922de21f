"""Who exports, and what the audit says of it; the process itself is the engine's."""

import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from app.actions import model_exports
from app.actions.model_exports import ModelExport
from app.actions.permissions import Forbidden
from app.people import COMMAND_LINE, Person
from storage import runs
from storage.database import Database
from storage.errors import NotFound
from storage.people import audit
from storage.records import Run


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands that were to be started."""
    started: list[list[str]] = []
    monkeypatch.setattr(subprocess, "Popen", lambda command, **_options: started.append(command))
    return started


def finished(db: Database) -> Run:
    return next(run for run in runs.listing(db, states=("succeeded",)) if runs.checkpoints(db, run.id))


def start(db: Database, person: Person, run: str, out: Path, **options: Any) -> None:
    model_exports.start(db, person, ModelExport(run, out, **options), time.time())


def test_an_export_starts_the_engine_and_stands_in_the_audit(filled: Database, commands: list[list[str]], tmp_path):
    run = finished(filled)
    newest = runs.checkpoints(filled, run.id)[-1].step
    start(filled, COMMAND_LINE, run.id, tmp_path / "out", merge=True)
    assert commands[0][1:4] == ["-P", "-m", "engine.model_exports"]
    assert commands[0][-4:] == ["--out", str(tmp_path / "out"), "--merge", f"{run.id}@{newest}"]
    entry = audit.listing(filled)[0]
    assert (entry.action, entry.subject) == ("model.export", run.id)
    assert entry.details == {"step": newest, "folder": str(tmp_path / "out"), "merged": True}


def test_the_file_for_the_news_is_made_when_nothing_speaks_against_the_export(
    filled: Database, commands: list[list[str]], tmp_path: Path
):
    run, news, folder = finished(filled), tmp_path / "news", filled.workspace.model_exports
    viewer, request = Person("v", "v", "viewer"), ModelExport(run.id, folder / "out")
    news.write_text("of the last export")
    with pytest.raises(Forbidden):
        model_exports.start(filled, viewer, request, time.time(), news=news)
    assert (news.read_text(), folder.exists()) == ("of the last export", False)
    model_exports.start(filled, COMMAND_LINE, request, time.time(), news=news)
    assert (news.read_text(), folder.is_dir()) == ("", True)


def test_nothing_starts_for_who_may_not_or_for_a_step_that_is_not_there(
    filled: Database, commands: list[list[str]], tmp_path: Path
):
    run = finished(filled)
    with pytest.raises(Forbidden):
        start(filled, Person("v", "v", "viewer"), run.id, tmp_path / "out")
    with pytest.raises(NotFound, match="The nearest is 50"):
        start(filled, COMMAND_LINE, f"{run.id}@51", tmp_path / "out")
    assert commands == []
