"""Names, tags, notes, archive and deletion as a person does them: written, and noted in the audit."""

import pytest

from app.actions import run_labels, run_removals, run_requests, run_views
from app.people import LOCAL
from storage import run_tags, run_writes, runs, saved_views
from storage.database import Database
from storage.errors import NotFound
from storage.people import audit
from storage.records import Run
from storage.run_tags import TagChanges
from tests.app.actions.conftest import NOW


def make(db: Database, name: str) -> Run:
    run = run_writes.create(db, name=name, kind="train", algorithm="dpo", lane="train", spec={}, now=NOW)
    return run_requests.stop(db, LOCAL, run.id, NOW)


def test_what_is_done_to_runs_is_done_and_noted(db: Database):
    first, second = make(db, "first"), make(db, "second")
    assert run_labels.rename(db, LOCAL, first.id[:6], "renamed", NOW).name == "renamed"
    assert run_labels.set_note(db, LOCAL, first.id, "why", NOW).note == "why"
    assert run_labels.change_tags(db, LOCAL, [first.id[:6], second.id], TagChanges(("good",)), NOW) == [
        first.id,
        second.id,
    ]
    assert run_tags.of_runs(db, [second.id]) == {second.id: ("good",)}
    assert run_removals.archive(db, LOCAL, [first.id, second.id], NOW) == [first.id, second.id]
    assert run_removals.unarchive(db, LOCAL, [first.id], NOW) == [first.id]
    assert [run.name for run in run_removals.delete(db, LOCAL, [first.id], NOW).runs] == ["renamed"]
    with pytest.raises(NotFound):
        runs.get(db, first.id)
    done = [(entry.action, entry.subject) for entry in reversed(audit.listing(db))]
    assert done[2:] == [
        ("run.rename", first.id),
        ("run.note", first.id),
        ("run.tag", first.id),
        ("run.tag", second.id),
        ("run.archive", first.id),
        ("run.archive", second.id),
        ("run.unarchive", first.id),
        ("run.delete", first.id),
    ]
    assert audit.listing(db)[0].details == {"name": "renamed"}


def test_a_view_is_saved_and_deleted(db: Database):
    assert run_views.save(db, LOCAL, "sweep", {"group": "seed"}, NOW).name == "sweep"
    run_views.delete(db, LOCAL, "sweep", NOW)
    assert saved_views.listing(db) == []
    assert [entry.action for entry in audit.listing(db)] == ["view.delete", "view.save"]
