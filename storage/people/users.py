"""Accounts: names, roles, passwords. The first account is an admin, and the last admin stays one.

What changes what a person may do ends all sessions of that person at once: `session_epoch` grows. Left out: sessions
(`sessions`), invitations (`invitations`), and who may do this (`app.actions.accounts`).
"""

import re
import unicodedata
from typing import Any

import sqlalchemy as sa

from storage import tables
from storage.database import Database
from storage.errors import Invalid, NotFound
from storage.people import passwords
from storage.people.people_records import ROLES, User
from words import N_

_NAME = re.compile(r"[^\W_](?:[\w .@'-]{0,38}[\w.])?")
_RESERVED = ("local", "command line")  # stored for those who act without an account
_FIELDS = ("id", "name", "role", "created_at", "disabled_at", "session_epoch")
_COLUMNS = [tables.User.__table__.columns[field] for field in _FIELDS]


def account_of(name: str) -> str:
    """The id of the account of this name: how a name is compared."""
    return unicodedata.normalize("NFKC", name).casefold().strip()


def check_name(name: str) -> tuple[str, str]:
    """The id and the name of a new account. Raises Invalid."""
    shown = unicodedata.normalize("NFKC", name).strip()
    if not _NAME.fullmatch(shown):
        raise Invalid(
            N_("A name has 1 to 40 letters, digits, spaces and . @ ' _ -, and begins with a letter or a digit.")
        )
    account = account_of(shown)
    if account in _RESERVED:
        raise Invalid(N_("The name {name} is kept for those who work without an account."), name=shown)
    return account, shown


def check_role(role: str) -> None:
    """Raise Invalid unless there is this role."""
    if role not in ROLES:
        raise Invalid(N_("There is no role {role}: choose one of {roles}."), role=role, roles=", ".join(ROLES))


def exist(db: Database) -> bool:
    """Whether there is any account: from then on everybody signs in."""
    with db.read() as connection:
        return exist_in(connection)


def exist_in(connection: sa.Connection) -> bool:
    """The same inside the caller's transaction."""
    return connection.execute(sa.select(tables.User.id).limit(1)).first() is not None


def listing(db: Database) -> list[User]:
    """All accounts, in the order in which they were made."""
    query = sa.select(*_COLUMNS).order_by(tables.User.created_at, tables.User.id)
    with db.read() as connection:
        return [User(**row) for row in connection.execute(query).mappings()]


def names(db: Database) -> dict[str, str]:
    """id of an account -> the name of its person."""
    return {user.id: user.name for user in listing(db)}


def get(db: Database, name: str) -> User:
    """The account of this name. Raises NotFound."""
    with db.read() as connection:
        return get_in(connection, name)


def get_in(connection: sa.Connection, name: str) -> User:
    """The same inside the caller's transaction. Raises NotFound."""
    query = sa.select(*_COLUMNS).where(tables.User.id == account_of(name))
    row = connection.execute(query).mappings().first()
    if row is None:
        raise NotFound(N_("There is no account {name}."), name=name)
    return User(**row)


def authenticate(db: Database, name: str, password: str) -> User | None:
    """The account that may sign in with this password, or None; as slow for a name that is nobody's."""
    query = sa.select(*_COLUMNS, tables.User.password_hash).where(tables.User.id == account_of(name))
    with db.read() as connection:
        row = connection.execute(query).mappings().first()
    stored = row["password_hash"] if row is not None and row["disabled_at"] is None else None
    if not passwords.verify(stored, password) or row is None:
        return None
    return User(**{field: row[field] for field in _FIELDS})


def add(db: Database, *, name: str, role: str, password: str, now: float) -> User:
    """A new account. Raises Invalid for a bad or taken name, a weak password, and a first account that is no admin."""
    account, _shown = check_name(name)
    check_role(role)
    password_hash = passwords.hashed(password, account)
    with db.write() as connection:
        return insert(connection, name=name, role=role, password_hash=password_hash, now=now)


def check_new(db: Database, name: str, role: str) -> None:
    """Raise Invalid where an account of this name and role cannot be made now."""
    account, _shown = check_name(name)
    check_role(role)
    with db.read() as connection:
        require_free(connection, account)
        require_admin_first(connection, role)


def insert(connection: sa.Connection, *, name: str, role: str, password_hash: str, now: float) -> User:
    """Add the account's row inside the caller's transaction. Raises Invalid."""
    account, shown = check_name(name)
    require_free(connection, account)
    require_admin_first(connection, role)
    user = User(account, shown, role, now, None)
    connection.execute(sa.insert(tables.User).values(**vars(user), password_hash=password_hash))
    return user


def require_free(connection: sa.Connection, account: str) -> None:
    """Raise Invalid where there is an account of this id."""
    taken = connection.execute(sa.select(tables.User.name).where(tables.User.id == account)).scalar()
    if taken is not None:
        raise Invalid(N_("There is an account {name} already."), name=taken)


def require_admin_first(connection: sa.Connection, role: str) -> None:
    """Raise Invalid where there is no account yet and this one would not be an admin."""
    if role != "admin" and not exist_in(connection):
        raise Invalid(N_("The first account has to be an admin, who can then let others in."))


def set_role(db: Database, name: str, role: str) -> User:
    """Give another role and end the account's sessions. Raises NotFound, and Invalid for the last admin."""
    check_role(role)
    return _change(db, name, {"role": role}, keeps_admin=role == "admin")


def disable(db: Database, name: str, now: float) -> User:
    """Let nobody sign in as this account, and end its sessions. Raises NotFound, and Invalid for the last admin."""
    return _change(db, name, {"disabled_at": now}, keeps_admin=False)


def enable(db: Database, name: str) -> User:
    """Let a disabled account sign in again. Raises NotFound."""
    return _change(db, name, {"disabled_at": None}, keeps_admin=True)


def set_password(db: Database, name: str, password: str) -> User:
    """Another password; the account's sessions end. Raises NotFound, Invalid."""
    password_hash = passwords.hashed(password, account_of(name))
    return _change(db, name, {"password_hash": password_hash}, keeps_admin=True)


def end_sessions(db: Database, name: str) -> User:
    """Sign the account out everywhere. Raises NotFound."""
    return _change(db, name, {}, keeps_admin=True)


def _change(db: Database, name: str, values: dict[str, Any], *, keeps_admin: bool) -> User:
    """Change the row and end its sessions. Raises Invalid where no admin would be left who can sign in."""
    with db.write() as connection:
        user = get_in(connection, name)
        if not keeps_admin and user.role == "admin" and not _other_admin(connection, user):
            raise Invalid(
                N_("{name} is the last admin: make somebody else an admin before this one is changed."), name=user.name
            )
        return change_in(connection, user.id, values)


def change_in(connection: sa.Connection, account: str, values: dict[str, Any]) -> User:
    """Change the row and end the account's sessions, inside the caller's transaction. Raises NotFound."""
    update = sa.update(tables.User).where(tables.User.id == account)
    connection.execute(update.values(session_epoch=tables.User.session_epoch + 1, **values))
    return get_in(connection, account)


def _other_admin(connection: sa.Connection, user: User) -> bool:
    """Whether another admin could sign in."""
    others = sa.select(tables.User.id).where(
        tables.User.role == "admin", tables.User.disabled_at.is_(None), tables.User.id != user.id
    )
    return connection.execute(others.limit(1)).first() is not None
