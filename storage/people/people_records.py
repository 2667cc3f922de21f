"""What storage says of people: accounts, invitations and entries of the audit. No password and no token leaves it."""

from dataclasses import dataclass
from typing import Any

ROLES = ("viewer", "annotator", "researcher", "admin")
"""Each may change what those before it may change; what an annotator may see is less (`app.people`)."""


@dataclass(frozen=True)
class User:
    """An account. `id` is the name as it is compared and stored beside what the person did; a name never changes."""

    id: str
    name: str
    role: str
    created_at: float
    disabled_at: float | None
    session_epoch: int = 0


@dataclass(frozen=True)
class Invitation:
    """An account that is offered, or another password for the account `user_id`.

    `id` names it in lists and opens nothing; `target` is the page it leads to.
    """

    id: str
    name: str
    role: str
    target: str | None
    created_by: str | None
    created_at: float
    expires_at: float
    user_id: str | None = None


@dataclass(frozen=True)
class AuditEntry:
    """Who did what. `account` is None for a command and for somebody who is not signed in."""

    at: float
    account: str | None
    person: str
    action: str
    subject: str
    details: dict[str, Any]
