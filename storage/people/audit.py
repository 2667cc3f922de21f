"""Who did what: one entry for each thing that a person did. Passwords, tokens and texts of items are never in it."""

from typing import Any

import sqlalchemy as sa

from storage import tables
from storage.database import Database
from storage.people.people_records import AuditEntry

_FIELDS = ("at", "account", "person", "action", "subject", "details")
_COLUMNS = [tables.AuditEntry.__table__.columns[field] for field in _FIELDS]


def record(
    db: Database,
    *,
    account: str | None,
    person: str,
    action: str,
    subject: str,
    now: float,
    details: dict[str, Any] | None = None,
) -> None:
    """Add an entry. `action` is `thing.verb`, such as dataset.delete; `subject` names the thing."""
    entry = AuditEntry(now, account, person, action, subject, details or {})
    with db.write() as connection:
        connection.execute(sa.insert(tables.AuditEntry).values(**vars(entry)))


def listing(db: Database, *, account: str | None = None, limit: int = 100, offset: int = 0) -> list[AuditEntry]:
    """The entries, newest first; of one account where it is named."""
    query = sa.select(*_COLUMNS).order_by(tables.AuditEntry.id.desc()).limit(limit).offset(offset)
    if account is not None:
        query = query.where(tables.AuditEntry.account == account)
    with db.read() as connection:
        return [AuditEntry(**row) for row in connection.execute(query).mappings()]
