"""Tokens with which trainers elsewhere send their runs: made and revoked by an admin.

Left out: what they open (`app.routes.ingest`).
"""

from app.actions.permissions import record, require
from app.people import Person
from storage import ingest_tokens
from storage.database import Database
from storage.ingest_tokens import IngestToken


def create(db: Database, person: Person, name: str, now: float) -> tuple[str, IngestToken]:
    """A token, which nobody can see again, and what is kept of it. Raises Invalid."""
    require(person, "admin")
    token, kept = ingest_tokens.create(db, name, created_by=person.account, now=now)
    record(db, person, "token.create", kept.name, now)
    return token, kept


def revoke(db: Database, person: Person, name: str, now: float) -> IngestToken:
    """Let a token open nothing any more; `name` may be its id. Runs that it sent stay. Raises NotFound."""
    require(person, "admin")
    revoked = ingest_tokens.revoke(db, name, now)
    record(db, person, "token.revoke", revoked.name, now)
    return revoked
