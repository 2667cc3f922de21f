"""Links that make one account, or give an account another password, once.

The person who opens one chooses the password, which nobody else ever sees. Left out: the page behind the link
(`app.sign_in`).
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from storage import tables
from storage.database import Database
from storage.errors import NotFound
from storage.people import passwords, tokens, users
from storage.people.people_records import Invitation, User
from words import N_

VALID_SECONDS = 7 * 24 * 3600.0
_ID_LENGTH = 12  # of the token's hash, which opens nothing
_FIELDS = ("name", "role", "target", "created_by", "created_at", "expires_at", "user_id")
_COLUMNS = [tables.Invitation.__table__.columns[field] for field in ("token_hash", *_FIELDS)]
_CUT = N_("This link is not whole: copy all of it, or ask for a new one.")
_GONE = N_("This invitation is used, withdrawn or too old: ask for a new one.")


def create(
    db: Database, *, name: str, role: str, now: float, target: str | None = None, created_by: str | None = None
) -> tuple[str, Invitation]:
    """The token of a new link, which is told only here, and what it offers; an older offer to this name is withdrawn.

    Raises Invalid.
    """
    account, shown = users.check_name(name)
    users.check_role(role)
    offer = {"name": shown, "role": role, "target": target, "created_by": created_by}
    with db.write() as connection:
        users.require_free(connection, account)
        users.require_admin_first(connection, role)
        return _insert(connection, offer, now)


def create_for_password(
    db: Database, *, name: str, now: float, created_by: str | None = None
) -> tuple[str, Invitation]:
    """A link by which somebody chooses another password, and what it offers.

    Who was invited and has no account yet gets that invitation anew, also when it is too old. Raises NotFound.
    """
    with db.write() as connection:
        offer = _unaccepted(connection, name)
        if offer is None:
            user = users.get_in(connection, name)
            offer = {"name": user.name, "role": user.role, "user_id": user.id}
        return _insert(connection, {**offer, "created_by": created_by}, now)


def listing(db: Database, now: float) -> list[Invitation]:
    """Those that can still be accepted, oldest first."""
    with db.read() as connection:
        return _open(connection, now)


def get(db: Database, token: str, now: float) -> Invitation:
    """What the link offers. Raises NotFound where it offers nothing any more."""
    with db.read() as connection:
        return _offered(connection, token, now)


def accept(db: Database, token: str, password: str, now: float) -> User:
    """Make the account, or change its password and end its sessions.

    Raises NotFound for a link that offers nothing, Invalid for a weak password or a taken name.
    """
    with db.read() as connection:
        invitation = _offered(connection, token, now)
    password_hash = passwords.hashed(password, users.account_of(invitation.name))
    with db.write() as connection:
        invitation = _offered(connection, token, now)
        if invitation.user_id is None:
            name, role = invitation.name, invitation.role
            user = users.insert(connection, name=name, role=role, password_hash=password_hash, now=now)
        else:
            user = users.change_in(connection, invitation.user_id, {"password_hash": password_hash})
        used = sa.update(tables.Invitation).where(tables.Invitation.token_hash == tokens.digest(token))
        connection.execute(used.values(used_at=now, user_id=user.id))
    return user


def withdraw(db: Database, invitation_id: str, now: float) -> Invitation:
    """Take an offer back; returns it. Raises NotFound."""
    with db.write() as connection:
        offered = next((offer for offer in _open(connection, now) if offer.id == invitation_id), None)
        if offered is None:
            raise NotFound(_GONE)
        _withdraw(connection, offered.id)
        return offered


def _unaccepted(connection: sa.Connection, name: str) -> dict[str, Any] | None:
    """Name, role and target of the newest invitation of somebody without an account; None without one."""
    account, columns = users.account_of(name), tables.Invitation
    taken = sa.exists().where(tables.User.id == account)
    query = sa.select(columns.name, columns.role, columns.target).where(
        columns.used_at.is_(None), columns.user_id.is_(None), ~taken
    )
    rows = connection.execute(query.order_by(columns.created_at.desc())).mappings()
    return next((dict(row) for row in rows if users.account_of(row["name"]) == account), None)


def _insert(connection: sa.Connection, offer: Mapping[str, Any], now: float) -> tuple[str, Invitation]:
    """Add the offer's row and withdraw older ones to the same name; the token of its link, and the offer."""
    for older in _open(connection, now):
        if users.account_of(older.name) == users.account_of(offer["name"]):
            _withdraw(connection, older.id)
    token = tokens.fresh()
    row = {"target": None, "user_id": None, **offer, "created_at": now, "expires_at": now + VALID_SECONDS}
    connection.execute(sa.insert(tables.Invitation).values(**row, token_hash=tokens.digest(token)))
    return token, _record({**row, "token_hash": tokens.digest(token)})


def _open(connection: sa.Connection, now: float) -> list[Invitation]:
    invitation = tables.Invitation
    query = sa.select(*_COLUMNS).where(invitation.used_at.is_(None), invitation.expires_at > now)
    return [_record(dict(row)) for row in connection.execute(query.order_by(invitation.created_at)).mappings()]


def _offered(connection: sa.Connection, token: str, now: float) -> Invitation:
    if not tokens.is_whole(token):
        raise NotFound(_CUT)
    query = sa.select(*_COLUMNS).where(
        tables.Invitation.token_hash == tokens.digest(token),
        tables.Invitation.used_at.is_(None),
        tables.Invitation.expires_at > now,
    )
    row = connection.execute(query).mappings().first()
    if row is None:
        raise NotFound(_GONE)
    return _record(dict(row))


def _withdraw(connection: sa.Connection, invitation_id: str) -> None:
    open_ones = sa.delete(tables.Invitation).where(tables.Invitation.used_at.is_(None))
    connection.execute(open_ones.where(sa.func.substr(tables.Invitation.token_hash, 1, _ID_LENGTH) == invitation_id))


def _record(row: Mapping[str, Any]) -> Invitation:
    return Invitation(row["token_hash"][:_ID_LENGTH], **{field: row[field] for field in _FIELDS})
