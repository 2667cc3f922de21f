"""Tells what an error of a driver or a library means for a person: a full disk, a busy database, a damaged one.

A full disk has many names: an errno, a code of SQLite, or words only (safetensors, torch, pyarrow). Left out: what
follows from it, which the caller decides.
"""

import errno
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from storage.errors import Damaged, DatabaseBusy, DiskFull, Outage, StorageError
from storage.workspace import Workspace
from words import N_, Explained

DISK_FULL = N_("The disk is full: make room (`alignlab clean` deletes what nothing needs), then try again.")
RUN_DISK_FULL = N_(
    "The disk is full. Make room in the workspace (`alignlab clean` shows what can go), then resume the run."
)
_FULL_NUMBERS = (errno.ENOSPC, errno.EDQUOT)
_FULL_WORDS = ("no space left on device", "disk quota exceeded", "database or disk is full")
_NO_ROOM_FOR_INDEX = "SQLITE_IOERR_SHMSIZE"  # SQLite calls it "disk I/O error"
_BUSY_WORDS = ("database is locked", "table is locked", "deadlock detected")
_DAMAGED_WORDS = ("malformed", "not a database", "unsupported file format")


def is_full(error: BaseException | None) -> bool:
    """Whether a full disk, or a used-up quota, is the error or one of its causes."""
    return any(_says_full(cause) for cause in _causes(error))


def is_busy(error: BaseException | None) -> bool:
    """Whether a database that another process holds is the error or one of its causes."""
    return any(isinstance(cause, DatabaseBusy) or _has_words(cause, _BUSY_WORDS) for cause in _causes(error))


def has_no_room_for_index(error: BaseException) -> bool:
    """Whether SQLite found no room for the index that connections share, which reading alone could do without."""
    return getattr(error, "sqlite_errorname", "") == _NO_ROOM_FOR_INDEX


def is_damaged(error: BaseException | None) -> bool:
    """Whether an SQLite file that cannot be read is the error or one of its causes."""
    return any(
        isinstance(cause, sqlite3.DatabaseError) and _has_words(cause, _DAMAGED_WORDS) for cause in _causes(error)
    )


def in_words(main: Callable[[], int]) -> int:
    """What `main` returns; 1 where storage refuses or the disk is full, after printing the sentence to stderr.

    For the main function of a child process, whose last line the parent shows to a person.
    """
    try:
        return main()
    except (StorageError, OSError) as error:
        if not (full := is_full(error)) and not isinstance(error, StorageError):
            raise
        sys.stderr.write(f"{DISK_FULL if full else error}\n")
        return 1


@contextmanager
def explained(workspace: Workspace) -> Iterator[None]:
    """Raise what the driver raises as a StorageError: an Outage, or Damaged. Errors of a statement pass as they are."""
    try:
        yield
    except sa.exc.DatabaseError as error:
        refusal = _refusal(error, workspace)
        if refusal is None:
            raise
        raise refusal from error


def _refusal(error: sa.exc.DatabaseError, workspace: Workspace) -> StorageError | None:
    if is_full(error):
        return DiskFull(DISK_FULL)
    root, cause = str(workspace.root), str(error.orig).strip()
    if is_busy(error):
        msgid = N_("The database of the workspace {root} is held by another process: try again in a moment.")
        return DatabaseBusy(msgid, root=root)
    if _has_words(error, _DAMAGED_WORDS):
        msgid = N_(
            "The database of the workspace {root} is damaged ({cause}): put a copy of alignlab.db in its place, or "
            "move it away to begin with an empty one."
        )
        return Damaged(msgid, root=root, cause=cause)
    if isinstance(error, sa.exc.OperationalError):
        return Outage(N_("The database of the workspace {root} cannot be used: {cause}."), root=root, cause=cause)
    return None


def _says_full(error: BaseException) -> bool:
    if isinstance(error, OSError) and error.errno in _FULL_NUMBERS:
        return True
    return isinstance(error, DiskFull) or has_no_room_for_index(error) or _has_words(error, _FULL_WORDS)


def _has_words(error: BaseException, words: tuple[str, ...]) -> bool:
    """Whether a driver or library says so. Our own sentences and the statement that failed may quote a person."""
    text = str(getattr(error, "orig", error)).lower()
    return not isinstance(error, Explained | ValueError) and any(word in text for word in words)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error, and those that led to it."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
