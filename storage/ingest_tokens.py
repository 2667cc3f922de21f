"""Tokens with which trainers elsewhere send their runs, and do nothing else. The database holds their hashes only.

Left out: what may be sent (`live_run_writes`), and who may make them (`app.actions.ingest_tokens`).
"""

import hmac
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from storage import tables
from storage.database import Database
from storage.errors import Invalid, NotFound, Outage
from storage.people import tokens
from words import N_
from words.names import unseen_character

LONGEST_NAME = 40
USED_EVERY_SECONDS = 60.0  # how exactly the last use is known: a write for each request would cost too much
_ID_LENGTH = 8


@dataclass(frozen=True)
class IngestToken:
    """A token as it may be shown: `id` is the beginning of its hash."""

    id: str
    name: str
    created_by: str | None
    created_at: float
    used_at: float | None


def create(db: Database, name: str, *, created_by: str | None, now: float) -> tuple[str, IngestToken]:
    """A new token, which nobody can see again, and what is kept of it. Raises Invalid."""
    name = name.strip()
    if not 0 < len(name) <= LONGEST_NAME or unseen_character(name):
        raise Invalid(N_("A token is named by 1 to {most} visible characters."), most=LONGEST_NAME)
    token, table = tokens.fresh(), tables.IngestToken
    row = {"token_hash": tokens.digest(token), "name": name, "created_by": created_by, "created_at": now}
    with db.write() as connection:
        if any(kept.name == name for kept in _valid(connection)):
            raise Invalid(N_("There is a token {name} already: revoke it, or choose another name."), name=name)
        connection.execute(sa.insert(table).values(row))
    return token, _record({**row, "used_at": None})


def listing(db: Database) -> list[IngestToken]:
    """The tokens that are not revoked, the oldest first."""
    with db.read() as connection:
        return [_record(dict(row._mapping)) for row in _valid(connection)]


def revoke(db: Database, name_or_id: str, now: float) -> IngestToken:
    """Let a token open nothing any more; runs that it sent stay. Raises NotFound."""
    table = tables.IngestToken
    with db.write() as connection:
        row = next((row for row in _valid(connection) if name_or_id in (row.name, row.token_hash[:_ID_LENGTH])), None)
        if row is None:
            raise NotFound(N_("There is no token {name}."), name=name_or_id)
        connection.execute(sa.update(table).where(table.token_hash == row.token_hash).values(revoked_at=now))
    return _record(dict(row._mapping))


def find(db: Database, token: str, now: float) -> IngestToken | None:
    """The token that this is, compared in constant time with each; None where it is none. Notes that it was used."""
    digest = tokens.digest(token)
    with db.read() as connection:
        matching = [row for row in _valid(connection) if hmac.compare_digest(row.token_hash, digest)]
    if not matching:
        return None
    (row,) = matching
    if row.used_at is None or row.used_at < now - USED_EVERY_SECONDS:
        _note_use(db, digest, now)
    return _record(dict(row._mapping))


def _note_use(db: Database, digest: str, now: float) -> None:
    table = tables.IngestToken
    try:
        with db.write() as connection:
            connection.execute(sa.update(table).where(table.token_hash == digest).values(used_at=now))
    except Outage:
        return


def _valid(connection: sa.Connection) -> list[sa.Row[Any]]:
    table = tables.IngestToken
    query = sa.select(*table.__table__.columns).where(table.revoked_at.is_(None))
    return list(connection.execute(query.order_by(table.created_at, table.name)))


def _record(row: dict[str, Any]) -> IngestToken:
    shown = {name: row[name] for name in ("name", "created_by", "created_at", "used_at")}
    return IngestToken(row["token_hash"][:_ID_LENGTH], **shown)
