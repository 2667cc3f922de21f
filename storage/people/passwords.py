"""Passwords: which are refused, and their argon2id hashes. Left out: whose they are (`users`)."""

from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from storage.errors import Invalid
from words import N_

SHORTEST, LONGEST = 10, 200
_HASHER = PasswordHasher()  # argon2id; 64 MiB for one hash
_FEW_AT_ONCE = BoundedSemaphore(2)  # so that a flood of attempts cannot take all of the memory


def hashed(password: str, account: str) -> str:
    """The hash to store. Raises Invalid for a password that is easily guessed or too long."""
    if len(password) < SHORTEST:
        raise Invalid(N_("The password needs at least {count} characters."), count=SHORTEST)
    if len(password) > LONGEST:
        raise Invalid(N_("The password may have at most {count} characters."), count=LONGEST)
    if password.casefold() == account or len(set(password)) == 1:
        raise Invalid(N_("This password is guessed at once: choose another one."))
    with _FEW_AT_ONCE:
        return _HASHER.hash(password)


def verify(stored: str | None, password: str) -> bool:
    """Whether the password is the one behind the hash. Without a hash it is False, and takes the same time."""
    tried = password[: LONGEST + 1]
    with _FEW_AT_ONCE:
        if stored is None:
            _HASHER.hash(tried)
            return False
        try:
            return _HASHER.verify(stored, tried)
        except (VerificationError, InvalidHashError):
            return False
