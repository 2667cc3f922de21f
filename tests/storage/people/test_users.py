"""Accounts: names, the first and the last admin, passwords, and that every change ends sessions."""

import pytest
from argon2 import PasswordHasher

from storage.database import Database
from storage.errors import Invalid, NotFound
from storage.people import passwords, sessions, users
from storage.people.people_records import User

PASSWORD = "correct horse"
NOW = 1_800_000_000.0


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def add(db: Database, name: str, role: str = "admin") -> User:
    return users.add(db, name=name, role=role, password=PASSWORD, now=NOW)


def test_the_first_account_is_an_admin(db: Database):
    with pytest.raises(Invalid, match="first account has to be an admin"):
        add(db, "Ann", "viewer")
    assert not users.exist(db)
    assert add(db, "Ann").role == "admin"
    assert add(db, "Bo", "viewer").role == "viewer"
    assert [user.name for user in users.listing(db)] == ["Ann", "Bo"]


@pytest.mark.parametrize("again", ["Ann", "ANN", " ann ", "\uff21nn"])
def test_a_name_is_taken_however_it_is_written(db: Database, again: str):
    add(db, "Ann")
    with pytest.raises(Invalid, match="an account Ann already"):
        add(db, again, "viewer")


@pytest.mark.parametrize("name", ["", " ", "a:b", "a/b", "a\u202eb", "a\nb", "x" * 41, "-a", "Local", "command line"])
def test_a_name_that_will_not_do_is_refused(db: Database, name: str):
    with pytest.raises(Invalid):
        add(db, name)


@pytest.mark.parametrize("name", ["a", "天气", "Ann Lee", "o'neil@x.org", "x" * 40])
def test_a_usual_name_will_do(db: Database, name: str):
    assert add(db, name).name == name


@pytest.mark.parametrize("password", ["short", "ann.ann.ann", "1111111111", "x" * 201])
def test_a_password_that_is_guessed_at_once_is_refused(db: Database, password: str):
    with pytest.raises(Invalid):
        users.add(db, name="Ann.Ann.Ann", role="admin", password=password, now=NOW)


def test_a_password_is_stored_as_argon2id_only(db: Database):
    add(db, "Ann")
    with db.read() as connection:
        (stored,) = connection.exec_driver_sql("select password_hash from users").one()
    assert stored.startswith("$argon2id$")
    assert PASSWORD not in stored


def test_signing_in_needs_the_right_password_of_an_enabled_account(db: Database):
    add(db, "Ann")
    add(db, "Bo", "viewer")
    assert users.authenticate(db, "BO", PASSWORD) == users.get(db, "bo")
    assert users.authenticate(db, "bo", "wrong") is None
    assert users.authenticate(db, "nobody", PASSWORD) is None
    users.disable(db, "bo", NOW)
    assert users.authenticate(db, "bo", PASSWORD) is None
    users.enable(db, "bo")
    assert users.authenticate(db, "bo", PASSWORD) is not None


def test_an_unknown_name_costs_a_hash_too(db: Database, monkeypatch: pytest.MonkeyPatch):
    add(db, "Ann")
    hashes = []

    class Counting(PasswordHasher):
        def hash(self, *arguments: object, **options: object) -> str:
            hashes.append(arguments)
            return ""

    monkeypatch.setattr(passwords, "_HASHER", Counting())
    assert users.authenticate(db, "nobody", PASSWORD) is None
    assert len(hashes) == 1


def test_the_last_admin_stays_one(db: Database):
    add(db, "Ann")
    add(db, "Bo", "viewer")
    for change in (lambda: users.disable(db, "ann", NOW), lambda: users.set_role(db, "ann", "viewer")):
        with pytest.raises(Invalid, match="Ann is the last admin"):
            change()
    users.set_role(db, "bo", "admin")
    users.disable(db, "ann", NOW)
    with pytest.raises(Invalid, match="Bo is the last admin"):
        users.set_role(db, "bo", "researcher")
    users.enable(db, "ann")
    assert users.set_role(db, "bo", "researcher").role == "researcher"


def test_a_disabled_admin_is_no_other_admin(db: Database):
    add(db, "Ann")
    add(db, "Bo")
    users.disable(db, "ann", NOW)
    with pytest.raises(Invalid):
        users.disable(db, "bo", NOW)


@pytest.mark.parametrize(
    "change",
    [
        lambda db: users.set_role(db, "bo", "annotator"),
        lambda db: users.disable(db, "bo", NOW),
        lambda db: users.set_password(db, "bo", "another horse"),
        lambda db: users.end_sessions(db, "bo"),
    ],
)
def test_a_change_ends_the_sessions_of_that_account_alone(db: Database, change):
    ann, bo = add(db, "Ann"), add(db, "Bo", "viewer")
    of_ann, of_bo = (sessions.start(db, user, browser="b", now=NOW) for user in (ann, bo))
    change(db)
    assert sessions.owner(db, of_bo, browser="b", now=NOW) is None
    assert sessions.owner(db, of_ann, browser="b", now=NOW) == ann


def test_enabling_an_account_brings_no_old_session_back(db: Database):
    add(db, "Ann")
    token = sessions.start(db, add(db, "Bo", "viewer"), browser="b", now=NOW)
    users.disable(db, "bo", NOW)
    users.enable(db, "bo")
    assert sessions.owner(db, token, browser="b", now=NOW) is None


def test_what_is_not_there_is_said(db: Database):
    with pytest.raises(NotFound, match="There is no account Zoe"):
        users.set_role(db, "Zoe", "admin")
    with pytest.raises(Invalid, match="There is no role boss"):
        add(db, "Ann", "boss")
