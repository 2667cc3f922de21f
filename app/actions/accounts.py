"""What an admin can do about people: accounts, roles, passwords, invitations; and what anybody can do about oneself.

Left out: signing in (`app.actions.signing_in`), and which of it is refused, which storage knows.
"""

from app.actions.permissions import record, require
from app.people import Person
from storage.database import Database
from storage.errors import Invalid
from storage.people import invitations, users
from storage.people.people_records import Invitation, User
from words import N_


def add(db: Database, person: Person, *, name: str, role: str, password: str, now: float) -> User:
    """An account with a password. Raises Invalid, Forbidden."""
    require(person, "admin")
    user = users.add(db, name=name, role=role, password=password, now=now)
    record(db, person, "person.add", user.name, now, role=role)
    return user


def invite(
    db: Database, person: Person, *, name: str, role: str, now: float, target: str | None = None
) -> tuple[str, Invitation]:
    """The token of a link that makes an account once, and what it offers. Raises Invalid, Forbidden."""
    require(person, "admin")
    token, invitation = invitations.create(db, name=name, role=role, target=target, created_by=person.account, now=now)
    record(db, person, "person.invite", invitation.name, now, role=role)
    return token, invitation


def offer_password(db: Database, person: Person, name: str, now: float) -> tuple[str, Invitation]:
    """The token of a link by which somebody chooses another password, once. Raises NotFound, Forbidden."""
    require(person, "admin")
    token, invitation = invitations.create_for_password(db, name=name, created_by=person.account, now=now)
    record(db, person, "person.offer_password", invitation.name, now)
    return token, invitation


def withdraw(db: Database, person: Person, invitation_id: str, now: float) -> Invitation:
    """Make an invitation's link open nothing. Raises NotFound, Forbidden."""
    require(person, "admin")
    invitation = invitations.withdraw(db, invitation_id, now)
    record(db, person, "person.withdraw", invitation.name, now)
    return invitation


def set_role(db: Database, person: Person, name: str, role: str, now: float) -> User:
    """Give another role; who is signed in under that name is signed out. Raises NotFound, Invalid, Forbidden."""
    require(person, "admin")
    user = users.set_role(db, name, role)
    record(db, person, "person.role", user.name, now, role=role)
    return user


def disable(db: Database, person: Person, name: str, now: float) -> User:
    """Let nobody sign in under that name any more. Raises NotFound, Invalid, Forbidden."""
    require(person, "admin")
    user = users.disable(db, name, now)
    record(db, person, "person.disable", user.name, now)
    return user


def enable(db: Database, person: Person, name: str, now: float) -> User:
    """Let a disabled account sign in again. Raises NotFound, Forbidden."""
    require(person, "admin")
    user = users.enable(db, name)
    record(db, person, "person.enable", user.name, now)
    return user


def set_password(db: Database, person: Person, name: str, password: str, now: float) -> User:
    """Another password; who is signed in under that name is signed out. Raises NotFound, Invalid, Forbidden."""
    require(person, "admin")
    user = users.set_password(db, name, password)
    record(db, person, "person.password", user.name, now)
    return user


def end_sessions(db: Database, person: Person, name: str, now: float) -> User:
    """Sign an account out in all browsers; anybody may do it to the own one. Raises NotFound, Forbidden."""
    require(person, "viewer" if users.account_of(name) == person.account else "admin")
    user = users.end_sessions(db, name)
    record(db, person, "person.sign_out_everywhere", user.name, now)
    return user


def change_password(db: Database, person: Person, old: str, new: str, now: float) -> User:
    """Change the own password; all browsers are signed out. Raises Invalid for a wrong old or a weak new one."""
    require(person, "viewer")
    if person.account is None or users.authenticate(db, person.account, old) is None:
        raise Invalid(N_("The present password is wrong."))
    user = users.set_password(db, person.account, new)
    record(db, person, "person.password", user.name, now)
    return user
