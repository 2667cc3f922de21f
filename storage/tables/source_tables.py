"""Runs that were made elsewhere: where each comes from, and the tokens with which trainers send theirs."""

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base_table import Table


class RunSource(Table):
    """Where a run comes from that no engine of this workspace ran.

    `key` finds it again: of a file its place and part, of a live run a random text that its trainer keeps.
    """

    __tablename__ = "run_sources"
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str]
    key: Mapped[str]
    location: Mapped[str]
    # of a file: the hash of its content; the same content elsewhere is the same run
    digest: Mapped[str | None] = mapped_column(index=True)
    # of a live run: the trainer's process, which is another after a restart; and what it could not send
    session: Mapped[str | None]
    dropped: Mapped[int]
    # of a live run, when it was heard of last; of a file, when more of it was read
    heard_at: Mapped[float]
    __table_args__ = (sa.UniqueConstraint("kind", "key"),)


class IngestToken(Table):
    """What lets a trainer send its run, and do nothing else. The trainer holds the token, the row its hash only."""

    __tablename__ = "ingest_tokens"
    token_hash: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    created_by: Mapped[str | None]
    created_at: Mapped[float]
    used_at: Mapped[float | None]
    revoked_at: Mapped[float | None]
