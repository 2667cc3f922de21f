"""Cleaning lists what nothing needs, and deletes it unless it is only asked for."""

import time

from app.actions import cleaning
from app.people import LOCAL
from storage.database import Database


def test_a_dry_run_lists_what_cleaning_deletes(db: Database):
    path = db.workspace.cache / "scores"
    path.mkdir(parents=True)
    later = time.time() + 3600  # what was touched in the last ten minutes stays
    (planned,) = cleaning.clean(db, LOCAL, later, dry_run=True)
    assert (planned.path, path.exists()) == (path, True)
    assert cleaning.clean(db, LOCAL, later) == [planned]
    assert not path.exists()
    assert cleaning.clean(db, LOCAL, later) == []
