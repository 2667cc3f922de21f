"""What a role may do, checked by each verb before anything else, and the audit entry that each verb leaves."""

from typing import Any

from app.people import Person
from storage.database import Database
from storage.errors import StorageError
from storage.people import audit
from words import N_

ROLE_NAMES = {
    "viewer": N_("viewer"),
    "annotator": N_("annotator"),
    "researcher": N_("researcher"),
    "admin": N_("admin"),
}
ROLE_MEANINGS = {
    "viewer": N_("sees everything and changes nothing"),
    "annotator": N_("judges answers and sees nothing else"),
    "researcher": N_("imports and edits data, launches runs, opens rounds"),
    "admin": N_("does everything, and manages people"),
}


class Forbidden(StorageError):
    """The person's role does not allow it."""


def require(person: Person, role: str) -> None:
    """Raise Forbidden unless the person may do what this role may do."""
    if not person.may(role):
        raise Forbidden(
            N_("Your role, {role}, does not allow this: ask an admin for the role {needed}."),
            role=(ROLE_NAMES[person.role], {}),
            needed=(ROLE_NAMES[role], {}),
        )


def require_reader(person: Person) -> None:
    """Raise Forbidden for somebody who judges blind and must not see runs, data or verdicts."""
    if not person.reads:
        raise Forbidden(N_("Your role, {role}, does not show this page."), role=(ROLE_NAMES[person.role], {}))


def record(db: Database, person: Person, action: str, subject: str, now: float, **details: Any) -> None:
    """Note in the audit that the person did it."""
    audit.record(
        db, account=person.account, person=person.name, action=action, subject=subject, now=now, details=details
    )
