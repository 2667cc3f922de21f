"""Links that make one account, once. The person who opens one chooses the password, which nobody else ever sees.

Left out: the page behind the link (`app.sign_in`).
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from storage import passwords, tables, tokens, users
from storage.database import Database
from storage.errors import NotFound
from storage.people_records import Invitation, User
from words import N_

VALID_SECONDS = 7 * 24 * 3600.0
_ID_LENGTH = 12  # of the token's hash, which opens nothing
_FIELDS = ("name", "role", "target", "created_by", "created_at", "expires_at")
_COLUMNS = [tables.Invitation.__table__.columns[field] for field in ("token_hash", *_FIELDS)]
_GONE = N_("This invitation is used, withdrawn or too old: ask for a new one.")


def create(
    db: Database, *, name: str, role: str, now: float, target: str | None = None, created_by: str | None = None
) -> tuple[str, Invitation]:
    """The token of a new link, which is told only here, and what it offers; an older offer to this name is withdrawn.

    Raises Invalid.
    """
    account, shown = users.check_name(name)
    users.check_role(role)
    token = tokens.fresh()
    row = {"name": shown, "role": role, "target": target, "created_by": created_by, "created_at": now}
    with db.write() as connection:
        users.require_free(connection, account)
        users.require_admin_first(connection, role)
        same_name = [found for found in _open(connection, now) if users.account_of(found.name) == account]
        for older in same_name:
            _withdraw(connection, older.id)
        values = {**row, "expires_at": now + VALID_SECONDS, "token_hash": tokens.digest(token)}
        connection.execute(sa.insert(tables.Invitation).values(**values))
    return token, _record(values)


def listing(db: Database, now: float) -> list[Invitation]:
    """Those that can still be accepted, oldest first."""
    with db.read() as connection:
        return _open(connection, now)


def get(db: Database, token: str, now: float) -> Invitation:
    """What the link offers. Raises NotFound where it offers nothing any more."""
    with db.read() as connection:
        return _offered(connection, token, now)


def accept(db: Database, token: str, password: str, now: float) -> User:
    """Make the account. Raises NotFound for a link that offers nothing, Invalid for a weak password or a taken name."""
    with db.read() as connection:
        invitation = _offered(connection, token, now)
    password_hash = passwords.hashed(password, users.account_of(invitation.name))
    with db.write() as connection:
        invitation = _offered(connection, token, now)
        user = users.insert(
            connection, name=invitation.name, role=invitation.role, password_hash=password_hash, now=now
        )
        used = sa.update(tables.Invitation).where(tables.Invitation.token_hash == tokens.digest(token))
        connection.execute(used.values(used_at=now, user_id=user.id))
    return user


def withdraw(db: Database, invitation_id: str, now: float) -> Invitation:
    """Take an offer back; returns it. Raises NotFound."""
    with db.write() as connection:
        offered = next((found for found in _open(connection, now) if found.id == invitation_id), None)
        if offered is None:
            raise NotFound(_GONE)
        _withdraw(connection, offered.id)
        return offered


def _open(connection: sa.Connection, now: float) -> list[Invitation]:
    invitation = tables.Invitation
    query = sa.select(*_COLUMNS).where(invitation.used_at.is_(None), invitation.expires_at > now)
    return [_record(dict(row)) for row in connection.execute(query.order_by(invitation.created_at)).mappings()]


def _offered(connection: sa.Connection, token: str, now: float) -> Invitation:
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
