"""Signing in and out: what somebody does who is nobody yet. The verbs of this module take no person.

Left out: cookies and forms (`app.sign_in`), and the delay after failures (`app.sign_in.attempts`).
"""

from storage.database import Database
from storage.errors import NotFound
from storage.people import audit, invitations, sessions, users
from storage.people.people_records import User


def sign_in(db: Database, *, name: str, password: str, browser: str, address: str, now: float) -> str | None:
    """The token of a new session, or None for a name or password that is wrong; both stand in the audit."""
    user = users.authenticate(db, name, password)
    if user is None:
        _record(db, None, _known_name(db, name), "session.refused", now, address=address)
        return None
    _record(db, user.id, user.name, "session.start", now, address=address)
    return sessions.start(db, user, browser=browser, now=now)


def sign_out(db: Database, *, token: str, browser: str, now: float) -> None:
    """End the session of the token, if it still is one."""
    user = sessions.owner(db, token, browser=browser, now=now)
    sessions.end(db, token, now)
    if user is not None:
        _record(db, user.id, user.name, "session.end", now)


def accept_invitation(db: Database, *, token: str, password: str, browser: str, address: str, now: float) -> str:
    """Make the account that was offered, or change its password, and sign it in; the session's token.

    Raises NotFound, Invalid.
    """
    user: User = invitations.accept(db, token, password, now)
    _record(db, user.id, user.name, "person.accept", now, role=user.role, address=address)
    return sessions.start(db, user, browser=browser, now=now)


def renew(db: Database, user: User, *, browser: str, now: float) -> str:
    """A session for the browser in which the account's own password was just chosen; its token."""
    return sessions.start(db, user, browser=browser, now=now)


def _known_name(db: Database, name: str) -> str:
    """The account's name, or none: what is no name may be a password in the wrong field."""
    try:
        return users.get(db, name).name
    except NotFound:
        return ""


def _record(db: Database, account: str | None, name: str, action: str, now: float, **details: str) -> None:
    audit.record(db, account=account, person=name, action=action, subject=name, now=now, details=details)
