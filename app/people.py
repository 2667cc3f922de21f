"""Who is at the keyboard: for now the one local person. Left out: sign-in and roles, which come with `users`."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    """Somebody who may launch, annotate and judge."""

    name: str


def current() -> Person:
    """The person of this browser session."""
    return Person("local")
