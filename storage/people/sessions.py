"""Browsers that are signed in.

A session opens nothing after 12 idle hours, 7 days, its end, or a change of its account, and in no other browser. Left
out: the cookie that carries the token (`app.sign_in.cookies`).
"""

import sqlalchemy as sa

from storage import tables
from storage.database import Database
from storage.errors import Outage
from storage.people import tokens, users
from storage.people.people_records import User

IDLE_SECONDS = 12 * 3600.0
LONGEST_SECONDS = 7 * 24 * 3600.0
SEEN_EVERY_SECONDS = 300.0  # how exactly idleness is known: a write for each request would cost too much


def start(db: Database, user: User, *, browser: str, now: float) -> str:
    """Sign a browser in, as `user` was just read; the token for its cookie. Rows of expired sessions are deleted."""
    token, session = tokens.fresh(), tables.Session
    with db.write() as connection:
        connection.execute(sa.delete(session).where(session.expires_at < now))
        connection.execute(
            sa.insert(session).values(
                token_hash=tokens.digest(token),
                user_id=user.id,
                epoch=user.session_epoch,
                browser_hash=tokens.digest(browser),
                created_at=now,
                seen_at=now,
                expires_at=now + LONGEST_SECONDS,
            )
        )
    return token


def owner(db: Database, token: str, *, browser: str, now: float, in_use: bool = True) -> User | None:
    """The account that the token opens in this browser, or None. Notes that the session was in use, where it is."""
    session, user = tables.Session, tables.User
    query = (
        sa.select(user.id, session.seen_at)
        .join(user, user.id == session.user_id)
        .where(
            session.token_hash == tokens.digest(token),
            session.browser_hash == tokens.digest(browser),
            session.epoch == user.session_epoch,
            session.ended_at.is_(None),
            session.expires_at > now,
            session.seen_at > now - IDLE_SECONDS,
            user.disabled_at.is_(None),
        )
    )
    with db.read() as connection:
        row = connection.execute(query).first()
        user_record = None if row is None else users.get_in(connection, row.id)
    if in_use and row is not None and row.seen_at < now - SEEN_EVERY_SECONDS:
        _see(db, token, now)
    return user_record


def end(db: Database, token: str, now: float) -> None:
    """Sign this browser out: its token opens nothing any more."""
    session = tables.Session
    ended = sa.update(session).where(session.token_hash == tokens.digest(token), session.ended_at.is_(None))
    with db.write() as connection:
        connection.execute(ended.values(ended_at=now))


def _see(db: Database, token: str, now: float) -> None:
    """Note the use; a database that cannot be written just now must not sign anybody out."""
    session = tables.Session
    try:
        with db.write() as connection:
            seen = sa.update(session).where(session.token_hash == tokens.digest(token))
            connection.execute(seen.values(seen_at=now))
    except Outage:
        return
