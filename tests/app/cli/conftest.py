"""A workspace with its samples already declared present, and a way to run commands in this very process."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.cli import main
from app.cli.options import SAMPLES_MARK
from storage.database import Database, connect
from storage.workspace import Workspace


@dataclass(frozen=True)
class Answer:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        assert self.out.count("\n") == 1, f"not one line of JSON: {self.out!r}"
        return json.loads(self.out)


Alignlab = Callable[..., Answer]


@pytest.fixture
def database(tmp_path: Path, empty_template: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    root = shutil.copytree(empty_template, tmp_path / "workspace")
    monkeypatch.setenv("ALIGNLAB_HOME", str(root))
    monkeypatch.chdir(tmp_path)
    database = connect(Workspace(root))
    (database.workspace.datasets / SAMPLES_MARK).touch()
    return database


@pytest.fixture
def alignlab(database: Database, capsys: pytest.CaptureFixture[str]) -> Alignlab:
    def run(*arguments: str) -> Answer:
        code = main(list(arguments))
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return Answer(code, out, err)

    return run
