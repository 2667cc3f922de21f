"""The top line says whether an engine is idle, off, or about to be there."""

from app.runs import engine_status
from storage import file_locks
from storage.database import Database


def test_an_engine_that_is_off_is_told_with_what_starts_it(empty: Database):
    line = engine_status.engine({})
    assert "engine is off" in line.html
    assert "al-bad" in line.html


def test_an_engine_on_its_way_is_said_to_start(empty: Database):
    with file_locks.shared(empty.workspace.up_lock):
        line = engine_status.engine({})
    assert "The engine is starting." in line.html
    assert "engine is off" not in line.html
    assert "al-warning" in line.html
