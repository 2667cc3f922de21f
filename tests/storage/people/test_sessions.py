"""What a token opens, and when it opens nothing any more."""

import pytest

from storage.database import Database
from storage.people import sessions, users
from storage.people.people_records import User

NOW = 1_800_000_000.0
HOUR = 3600.0


@pytest.fixture
def ann(db: Database) -> User:
    with db.write() as connection:
        return users.insert(connection, name="Ann", role="admin", password_hash="none", now=NOW)


@pytest.fixture
def token(db: Database, ann: User) -> str:
    return sessions.start(db, ann, browser="one", now=NOW)


def owner(db: Database, token: str, now: float = NOW, browser: str = "one") -> User | None:
    return sessions.owner(db, token, browser=browser, now=now)


def test_a_token_opens_its_account_in_its_own_browser(db: Database, ann: User, token: str):
    assert owner(db, token) == ann
    assert owner(db, token, browser="two") is None
    assert owner(db, "x" + token[1:]) is None


def test_the_database_holds_no_token(db: Database, token: str):
    with db.read() as connection:
        row = connection.exec_driver_sql("select * from sessions").one()
    assert token not in map(str, row)


def test_a_session_that_ended_opens_nothing_again(db: Database, ann: User, token: str):
    other = sessions.start(db, ann, browser="one", now=NOW)
    sessions.end(db, token, NOW + 1)
    assert owner(db, token, NOW + 2) is None
    assert owner(db, other, NOW + 2) == ann


def test_twelve_idle_hours_end_it_and_use_keeps_it(db: Database, token: str):
    assert owner(db, token, NOW + 11 * HOUR)
    assert owner(db, token, NOW + 22 * HOUR)
    assert owner(db, token, NOW + 34.1 * HOUR) is None


def test_seven_days_end_it_however_it_is_used(db: Database, token: str):
    for hours in range(0, 168, 6):
        assert owner(db, token, NOW + hours * HOUR)
    assert owner(db, token, NOW + 168 * HOUR) is None


def test_rows_of_expired_sessions_go_when_somebody_signs_in(db: Database, ann: User, token: str):
    sessions.start(db, ann, browser="one", now=NOW + 169 * HOUR)
    with db.read() as connection:
        assert connection.exec_driver_sql("select count(*) from sessions").scalar() == 1


def test_a_look_that_is_no_use_keeps_no_idle_session_alive(db: Database, ann: User):
    token = sessions.start(db, ann, browser="b", now=NOW)
    later = NOW + 11 * 3600
    assert sessions.owner(db, token, browser="b", now=later, in_use=False) == ann
    assert sessions.owner(db, token, browser="b", now=later + 2 * 3600) is None
