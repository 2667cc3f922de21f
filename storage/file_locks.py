"""Locks on files of a workspace. The kernel frees a lock when its process ends, however it ends.

Left out: locks of the database, which SQLite takes itself.
"""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TRIES, PAUSE_SECONDS = 5, 0.1  # `is_held` takes a lock for an instant


class Held(Exception):
    """Another process holds the lock."""


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the lock alone. Raises Held."""
    with path.open("a") as file:
        for left in reversed(range(TRIES)):
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                if not left:
                    raise Held from None
                time.sleep(PAUSE_SECONDS)
        yield


@contextmanager
def shared(path: Path) -> Iterator[None]:
    """Hold the lock beside others that share it."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield


def is_held(path: Path) -> bool:
    """Whether any process holds the lock, alone or shared."""
    try:
        with path.open("r") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False
