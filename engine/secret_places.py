"""Secrets that settings only name: a key or an address in an environment variable, or in the workspace's secrets.

Left out: which variables may be named for what, which each use decides (`engine.rewards.judge_access`,
`engine.spec.blocks.Notify`).
"""

import os
from pathlib import Path

from words import N_, Explained

LONGEST = 10_000


class SecretUnreadable(Explained):
    """Why a secret cannot be had from where the run file says it is, as a clause."""


def read_secret(location: str, secrets: Path) -> str:
    """What stands at env:NAME or file:NAME. Raises SecretUnreadable."""
    kind, _colon, name = location.partition(":")
    content = os.environ.get(name, "") if kind == "env" else _read(secrets / name)
    secret = content.strip()
    if not (0 < len(secret) <= LONGEST and secret.isascii() and secret.isprintable()):
        raise SecretUnreadable(N_("{place} is empty, or is not one line of ASCII text"), place=location)
    return secret


def read_address(location: str, secrets: Path) -> str:
    """A secret that is the address of a webhook. Raises SecretUnreadable, whose clause does not show it."""
    address = read_secret(location, secrets)
    if not address.startswith(("https://", "http://")):
        raise SecretUnreadable(N_("{place} holds no address that begins with https"), place=location)
    return address


def _read(path: Path) -> str:
    if not path.is_file():
        raise SecretUnreadable(N_("there is no file {path}"), path=str(path))
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise SecretUnreadable(N_("others can read the file {path}: chmod 600 {path}"), path=str(path))
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return file.read(LONGEST + 1)
    except OSError as error:
        cause = error.strerror or type(error).__name__
        raise SecretUnreadable(N_("the file {path} cannot be read: {cause}"), path=str(path), cause=cause) from error
