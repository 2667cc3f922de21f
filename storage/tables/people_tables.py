"""People: accounts, the browsers that are signed in, invitations, and who did what."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base_table import Table


class User(Table):
    __tablename__ = "users"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    role: Mapped[str]
    password_hash: Mapped[str | None]
    created_at: Mapped[float]
    disabled_at: Mapped[float | None]
    # raised by "sign out everywhere": sessions of earlier epochs open nothing
    session_epoch: Mapped[int] = mapped_column(server_default=sa.text("0"))


class Session(Table):
    """One browser that is signed in. The cookie holds the token, the row its hash only."""

    __tablename__ = "sessions"
    token_hash: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    epoch: Mapped[int]
    browser_hash: Mapped[str]
    created_at: Mapped[float]
    seen_at: Mapped[float]
    expires_at: Mapped[float]
    ended_at: Mapped[float | None]


class Invitation(Table):
    """A link that makes one account, once. `round` names what an annotator is sent to."""

    __tablename__ = "invitations"
    token_hash: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    role: Mapped[str]
    target: Mapped[str | None]
    created_by: Mapped[str | None]
    created_at: Mapped[float]
    expires_at: Mapped[float]
    used_at: Mapped[float | None]
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id"))


class AuditEntry(Table):
    """Who did what. `person` is the name as it was then; `account` is None for a command."""

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[float] = mapped_column(index=True)
    account: Mapped[str | None] = mapped_column(index=True)
    person: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    details: Mapped[dict[str, Any]]
