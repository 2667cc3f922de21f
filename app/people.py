"""Who asks for something, and what the role allows: the person of a page's session, of a request, or of a command.

Left out: how somebody is recognised (`app.sign_in.identity`), and refusing what a role may not do
(`app.actions.permissions`).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.errors import StorageError
from storage.people.people_records import ROLES
from words import N_

if TYPE_CHECKING:
    from starlette.requests import Request

SCOPE_KEY = "alignlab.person"


@dataclass(frozen=True)
class Person:
    """Somebody who may do what the role says. `account` is stored beside what the person did.

    A viewer reads all and changes nothing; an annotator judges and sees only that; a researcher changes data and runs;
    an admin also manages people.
    """

    name: str
    account: str | None
    role: str = "viewer"

    @property
    def judging_account(self) -> str:
        """Under which account the person's verdicts stand; a command has none."""
        return self.account or self.name

    def may(self, role: str) -> bool:
        """Whether the person may change what somebody of this role may change."""
        return ROLES.index(self.role) >= ROLES.index(role)

    @property
    def reads(self) -> bool:
        """Whether the person may see runs, data and what others judged."""
        return self.role != "annotator"


class SignedOut(StorageError):
    """Nobody is signed in: the session has ended, or never began."""

    def __init__(self) -> None:
        super().__init__(N_("You are signed out: sign in again."))


LOCAL = Person("local", account="local", role="admin")  # while there is no account, whoever reaches the loopback
COMMAND_LINE = Person("command line", account=None, role="admin")  # whoever has a shell in the workspace

_acting: ContextVar[Person | None] = ContextVar("acting_person", default=None)
_session_persons: list[Callable[[], Person]] = []


def current() -> Person:
    """The person of this request or browser session. Raises SignedOut."""
    acting = _acting.get()
    if acting is not None:
        return acting
    return _session_persons[0]() if _session_persons else local()


def of(request: "Request") -> Person:
    """The person who sent the request. Raises SignedOut."""
    person: Person = request.scope.get(SCOPE_KEY) or current()
    return person


def local() -> Person:
    """The one local person. Raises SignedOut as soon as there is an account."""
    from app import clients  # here: the command line knows its person before it loads storage
    from storage.people import users

    if users.exist(clients.database()):
        raise SignedOut
    return LOCAL


def follow_session(person: Callable[[], Person]) -> None:
    """Ask `person` where no request is being answered. The frame calls it: this module does not know Streamlit."""
    _session_persons[:] = [person]


@contextmanager
def acting_as(person: Person) -> Iterator[None]:
    """Answer a request of this person inside the block, also in the threads that work for it."""
    token = _acting.set(person)
    try:
        yield
    finally:
        _acting.reset(token)
