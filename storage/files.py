"""Writes files that last: atomically, so that a reader sees the whole file or none, or for their owner's eyes only."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

OTHERS = 0o007  # the bits of a mode that stand for everybody


@contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """A hidden path beside `path` to write to; it replaces `path` when the block ends without an error.

    A block that fails leaves nothing; `storage.garbage` finds what a killed process leaves.
    """
    unfinished = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        yield unfinished
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def owner_only(path: str, flags: int) -> int:
    """An `opener` for `open`: a file that it makes can be read by its owner only."""
    return os.open(path, flags, 0o600)


def close_to_others(path: Path) -> None:
    """Let only the owner read a file that is open to everybody; a mode that a person gave to a group stays."""
    if path.exists() and path.stat().st_mode & OTHERS and path.stat().st_uid == os.getuid():
        path.chmod(0o600)
