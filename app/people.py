"""Who asks for something: for now the one local person, or a command.

Left out: sign-in and roles, which come with `users`.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.errors import StorageError

if TYPE_CHECKING:
    from starlette.requests import Request


@dataclass(frozen=True)
class Person:
    """Somebody who may launch, annotate and judge. `account` is stored beside what they asked for."""

    name: str
    account: str | None


class SignedOut(StorageError):
    """Nobody is signed in."""


LOCAL = Person("local", account="local")
COMMAND_LINE = Person("command line", account=None)  # whoever has a shell in the workspace; nobody signs in there


def current() -> Person:
    """The person of this browser session."""
    return LOCAL


def of(request: "Request") -> Person:
    """The person who sent the request. Raises SignedOut."""
    return LOCAL
