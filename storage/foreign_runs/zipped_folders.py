"""A folder of runs that came as one .zip: unpacked into a folder of its own, within the limits of every packed file.

Left out: what is read of it (`find`).
"""

import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from storage.containers.compression import BROKEN
from storage.containers.limits import MOST_TIMES_LARGER, RATIO_FREE_BYTES, UNPACKED, Limits
from storage.errors import Invalid
from words import N_

ENDING = ".zip"
MOST_FILES = 10_000
CHUNK = 2**20
_BROKEN = N_("The file {name} is a {packing} file that is broken or cut off.")
_LOCKED = N_("The file {name} is locked with a password: unpack it first.")
_MANY = N_("The file {name} holds {count} files; at most {most} are imported.")
_OUTSIDE = N_("The file {name} holds a file whose name leads out of it: {file}. Nothing was imported.")
_LARGE = N_("The file {name} unpacks to more than {bytes} bytes. {setting} sets how many are allowed.")


def unpack(file: Path, folder: Path, limits: Limits) -> Path:
    """Unpack a .zip into `folder`, which is made; returns the first folder in it that holds more than one folder.

    Raises Invalid for what is broken, locked or too large, and for names that lead outside.
    """
    left = most = min(limits.unpacked_bytes, max(RATIO_FREE_BYTES, MOST_TIMES_LARGER * file.stat().st_size))
    folder.mkdir()
    for name, chunk in _content(file):
        left -= len(chunk)
        if left < 0:
            raise Invalid(_LARGE, name=file.name, bytes=f"{most:,}", setting=UNPACKED)
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("ab") as copy:
            copy.write(chunk)
    while len(inner := list(folder.iterdir())) == 1 and inner[0].is_dir():
        folder = inner[0]
    return folder


def _content(file: Path) -> Iterator[tuple[PurePosixPath, bytes]]:
    """The content of all files in a .zip, in chunks, each with the name of its file."""
    try:
        with zipfile.ZipFile(file) as archive:
            for name, member in _members(file, archive).items():
                with archive.open(member) as stream:
                    yield name, b""  # an empty file is one too
                    while chunk := stream.read(CHUNK):
                        yield name, chunk
    except BROKEN as error:
        raise Invalid(_BROKEN, name=file.name, packing="zip") from error


def _members(file: Path, archive: zipfile.ZipFile) -> dict[PurePosixPath, zipfile.ZipInfo]:
    """The files of an archive by their names, without what Finder adds."""
    members = {
        PurePosixPath(member.filename): member
        for member in archive.infolist()
        if not member.is_dir() and not member.filename.startswith("__MACOSX/")
    }
    if len(members) > MOST_FILES:
        raise Invalid(_MANY, name=file.name, count=len(members), most=MOST_FILES)
    for name, member in members.items():
        if name.is_absolute() or ".." in name.parts or set(member.filename) & set("\\:\0"):
            raise Invalid(_OUTSIDE, name=file.name, file=member.filename)
        if member.flag_bits & 1:
            raise Invalid(_LOCKED, name=file.name)
    return members
