"""The dialog that imports runs: the person is led to the run, or told why nothing came in."""

import io
import zipfile
from pathlib import Path

import pytest

from app import people
from app.actions import foreign_runs
from app.actions.foreign_runs import ImportOutcome
from app.people import Person
from app.runs import run_import_dialog
from storage import run_sources, runs
from storage.database import Database
from storage.errors import Invalid
from tests.app.conftest import open_page
from tests.storage.foreign_runs import sources


class Sent(io.BytesIO):
    """A file as Streamlit hands it over."""

    def __init__(self, path: Path, name: str | None = None) -> None:
        super().__init__(path.read_bytes())
        self.name = name or path.name


def test_files_that_were_sent_become_a_run_which_names_them(empty: Database, tmp_path: Path) -> None:
    state = sources.trainer_state(tmp_path / "run", [1, 2])
    table = sources.completions(tmp_path, 1, [("Why?", "So.", 0.5)])
    sent = [Sent(state, "../trainer_state.json"), Sent(table)]
    (outcome,) = run_import_dialog._import(empty, sent, None)
    run = runs.get(empty, outcome.result.run.id)
    assert (run.name, outcome.result.completions) == ("trainer_state", 1)
    source = run_sources.get(empty, run.id)
    assert source is not None
    assert source.location == "trainer_state.json, completions_00001.parquet"
    with pytest.raises(Invalid, match="imported already"):
        run_import_dialog._import(empty, sent, "again")


def test_a_folder_that_was_sent_as_a_zip_becomes_a_run(empty: Database, tmp_path: Path) -> None:
    state = sources.trainer_state(tmp_path / "run", [1, 2])
    path = tmp_path / "output.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(state, "out/checkpoint-2/trainer_state.json")
        archive.write(
            sources.completions(tmp_path, 1, [("Why?", "So.", 0.5)]), "out/completions/completions_00001.parquet"
        )
    (outcome,) = run_import_dialog._import(empty, [Sent(path)], None)
    assert (outcome.result.run.name, outcome.result.completions) == ("out", 1)
    source = run_sources.get(empty, outcome.result.run.id)
    assert source is not None
    assert source.location == "output.zip"


def test_the_dialog_asks_for_files_before_it_imports(empty: Database) -> None:
    page = open_page("runs")
    page.button(key="run_import.open").click().run()
    assert not page.exception
    assert page.button(key=run_import_dialog.GO).disabled


def test_who_only_looks_is_offered_no_import(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "current", lambda: Person("v", "v", "viewer"))
    run_import_dialog.button()  # would fail outside a page if it drew anything


def test_of_several_runs_each_that_is_refused_is_named(empty: Database, tmp_path: Path) -> None:
    path = sources.trackio(tmp_path / "p.db", {"one": [{"loss": 0.5}], "two": [{"text": "x"}]}, {})
    outcomes: list[ImportOutcome] = foreign_runs.import_runs(empty, people.COMMAND_LINE, path, 1.0)
    assert [outcome.name for outcome in outcomes] == ["one", "two"]
    assert isinstance(outcomes[1].result, Invalid)
