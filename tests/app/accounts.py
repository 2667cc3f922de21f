"""Accounts for tests of the app, with the cookies of a browser that is signed in as one of them."""

from starlette.responses import Response

from app.sign_in import cookies
from storage.database import Database
from storage.people import sessions, users
from storage.people.people_records import User

PASSWORD = "correct horse"
BROWSER = "a browser of tests"
NOW = 1_800_000_000.0
ROLES = ("viewer", "annotator", "researcher", "admin")


def add(db: Database, name: str, role: str) -> User:
    """An account; the first one has to be an admin."""
    if not users.exist(db) and role != "admin":
        users.add(db, name="first admin", role="admin", password=PASSWORD, now=NOW)
    return users.add(db, name=name, role=role, password=PASSWORD, now=NOW)


def cookie(db: Database, user: User, now: float, browser: str = BROWSER) -> dict[str, str]:
    """The cookies of a browser in which the account has just signed in."""
    response = Response()
    cookies.sign_in(response, sessions.start(db, user, browser=browser, now=now), secure=False)
    name, _equals, value = response.headers["set-cookie"].partition(";")[0].partition("=")
    return {name: value}
