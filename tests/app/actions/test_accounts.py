"""What admins do about people, and what stands in the audit afterwards."""

import pytest
from argon2 import PasswordHasher

from app.actions import accounts, dataset_edits, run_requests, signing_in
from app.actions.permissions import Forbidden
from app.people import COMMAND_LINE, LOCAL, Person
from storage import dataset_writes, run_writes
from storage.database import Database
from storage.errors import Invalid
from storage.people import audit, passwords, sessions, users
from storage.records import Item
from tests.app.actions.conftest import NOW

PASSWORD = "correct horse"
ANN = Person("Ann", "ann", "admin")
BO = Person("Bo", "bo", "viewer")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def people(db: Database) -> Database:
    """Ann, an admin, and Bo, a viewer."""
    accounts.add(db, LOCAL, name="Ann", role="admin", password=PASSWORD, now=NOW)
    accounts.add(db, ANN, name="Bo", role="viewer", password=PASSWORD, now=NOW)
    return db


def trail(db: Database) -> list[tuple[str | None, str, str]]:
    return [(entry.account, entry.action, entry.subject) for entry in reversed(audit.listing(db))]


def test_everything_an_admin_does_about_people_is_noted(people: Database):
    accounts.set_role(people, ANN, "Bo", "annotator", NOW)
    accounts.disable(people, ANN, "Bo", NOW)
    accounts.enable(people, ANN, "Bo", NOW)
    accounts.set_password(people, COMMAND_LINE, "Bo", "another horse", NOW)
    token, offer = accounts.invite(people, ANN, name="Cy", role="viewer", now=NOW)
    accounts.withdraw(people, ANN, offer.id, NOW)
    accounts.end_sessions(people, ANN, "Bo", NOW)
    assert trail(people) == [
        ("local", "person.add", "Ann"),
        ("ann", "person.add", "Bo"),
        ("ann", "person.role", "Bo"),
        ("ann", "person.disable", "Bo"),
        ("ann", "person.enable", "Bo"),
        (None, "person.password", "Bo"),
        ("ann", "person.invite", "Cy"),
        ("ann", "person.withdraw", "Cy"),
        ("ann", "person.sign_out_everywhere", "Bo"),
    ]
    kept = str(audit.listing(people))
    assert not any(secret in kept for secret in (PASSWORD, "another horse", token))


def test_what_was_refused_is_not_noted(people: Database):
    before = trail(people)
    with pytest.raises(Invalid):
        accounts.disable(people, ANN, "ann", NOW)
    with pytest.raises(Forbidden):
        accounts.set_role(people, BO, "bo", "admin", NOW)
    assert trail(people) == before
    assert users.get(people, "bo").role == "viewer"


def test_anybody_signs_out_everywhere_but_nobody_signs_others_out(people: Database):
    token = sessions.start(people, users.get(people, "bo"), browser="b", now=NOW)
    accounts.end_sessions(people, BO, "BO", NOW)
    assert sessions.owner(people, token, browser="b", now=NOW) is None
    with pytest.raises(Forbidden):
        accounts.end_sessions(people, BO, "ann", NOW)


def test_the_own_password_takes_the_present_one(people: Database):
    with pytest.raises(Invalid, match="present password is wrong"):
        accounts.change_password(people, BO, "wrong", "another horse", NOW)
    with pytest.raises(Invalid, match="present password is wrong"):
        accounts.change_password(people, COMMAND_LINE, PASSWORD, "another horse", NOW)
    accounts.change_password(people, BO, PASSWORD, "another horse", NOW)
    assert users.authenticate(people, "bo", "another horse")


def test_a_disabled_account_gets_no_session_from_an_attempt_that_was_under_way(people: Database):
    user = users.get(people, "bo")
    users.disable(people, "bo", NOW)
    token = sessions.start(people, user, browser="b", now=NOW)
    assert sessions.owner(people, token, browser="b", now=NOW) is None


def test_signing_in_is_noted_with_the_address(people: Database):
    signing_in.sign_in(people, name="bo", password=PASSWORD, browser="b", address="10.1.2.3", now=NOW)
    signing_in.sign_in(people, name="bo", password="wrong", browser="b", address="10.1.2.4", now=NOW)
    refused, start = audit.listing(people)[:2]
    assert (start.action, start.account, start.details) == ("session.start", "bo", {"address": "10.1.2.3"})
    assert (refused.action, refused.account, refused.details) == ("session.refused", None, {"address": "10.1.2.4"})


def test_edits_and_requests_are_noted_with_whom_and_on_what(db: Database):
    dataset_writes.create(db, "pairs", "pairs", NOW)
    item = dataset_edits.add_item(db, LOCAL, "pairs", Item("", ({"role": "user", "content": "secret text"},)), NOW)
    edited = dataset_edits.edit_item(db, LOCAL, "pairs", item, expected=item.edited_at, now=NOW)
    dataset_edits.delete_item(db, LOCAL, "pairs", item.id, expected=edited.edited_at, now=NOW)
    dataset_edits.restore_item(db, LOCAL, "pairs", item.id, NOW)
    dataset_edits.rename(db, LOCAL, "pairs", "more", NOW)
    dataset_edits.delete(db, LOCAL, "more", NOW)
    run = run_writes.create(db, name="r", kind="train", algorithm="dpo", lane="train", spec={}, now=NOW)
    run_requests.pause(db, LOCAL, run.id, NOW)
    run_requests.resume(db, LOCAL, run.id, NOW)
    run_requests.stop(db, LOCAL, run.id, NOW)
    assert trail(db) == [
        ("local", "item.add", "pairs"),
        ("local", "item.edit", "pairs"),
        ("local", "item.delete", "pairs"),
        ("local", "item.restore", "pairs"),
        ("local", "dataset.rename", "more"),
        ("local", "dataset.delete", "more"),
        ("local", "run.pause", run.id),
        ("local", "run.resume", run.id),
        ("local", "run.stop", run.id),
    ]
    assert "secret text" not in str(audit.listing(db))
