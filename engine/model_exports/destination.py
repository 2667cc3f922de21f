"""Where an export goes: a folder that is not there yet, or an earlier export that it may replace.

Left out: what is written (`folders`).
"""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from storage.errors import Invalid
from words import N_

RECORD = "alignlab.json"  # in each exported folder: what it is, and what the check gave
ROOM = 1.1  # of the weights' bytes: tokenizer and card beside them


@contextmanager
def unfinished(out: Path, *, force: bool, size: int) -> Iterator[Path]:
    """A hidden folder beside `out` that takes its place when all went well, and is gone otherwise.

    `size` is what it will hold, in bytes. `force` replaces an earlier export, and nothing else. Raises Invalid,
    OSError.
    """
    check(out, force=force)
    _check_room(out.parent, size)
    with TemporaryDirectory(prefix=".export-", dir=out.parent) as scratch:
        folder = Path(scratch) / "model"
        folder.mkdir()
        yield folder
        if out.exists():
            out.rename(Path(scratch) / "replaced")
        folder.rename(out)


def check(out: Path, *, force: bool) -> None:
    """Raise Invalid unless a folder can be made there, or an earlier export be replaced."""
    if not out.parent.is_dir():
        raise Invalid(N_("There is no folder {folder}: make it first, or choose another one."), folder=str(out.parent))
    if not os.access(out.parent, os.W_OK | os.X_OK):
        raise Invalid(
            N_("Nothing can be written into the folder {folder}: choose another one."), folder=str(out.parent)
        )
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise Invalid(N_("{path} is not a folder: choose another name."), path=str(out))
    if not out.is_dir() or not any(out.iterdir()):
        return
    if not force:
        msgid = N_("The folder {folder} is there already: choose another name, or replace it (--force).")
        raise Invalid(msgid, folder=str(out))
    if not _is_export(out):
        msgid = N_(
            "The folder {folder} holds something other than an exported model, so it stays: choose another name."
        )
        raise Invalid(msgid, folder=str(out))


def _is_export(folder: Path) -> bool:
    try:
        return "checkpoint" in json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError):
        return False


def _check_room(folder: Path, size: int) -> None:
    free = shutil.disk_usage(folder).free
    if size * ROOM > free:
        msgid = N_("The model takes {size} MB, and the disk of {folder} has {free} MB left: make room first.")
        raise Invalid(msgid, size=round(size * ROOM / 1e6), folder=str(folder), free=round(free / 1e6))
