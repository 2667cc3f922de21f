"""The bytes of a file, unpacked where it is compressed: gzip, zstd, or a .zip that holds one file.

What is unpacked is counted, so that a small file cannot fill memory or disk. Left out: what the bytes mean.
"""

import gzip
import io
import zipfile
import zlib
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

import pyarrow as pa

from storage.containers import file_types
from storage.containers.limits import MOST_TIMES_LARGER, RATIO_FREE_BYTES, UNPACKED, Limits
from storage.errors import Invalid, NotFound
from words import N_
from words.names import listed

GZIP, ZSTD, ZIP = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", (b"PK\x03\x04", b"PK\x05\x06")
MOST_LAYERS = 3
MOST_NAMES = 10
BROKEN = (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError, pa.ArrowException)
"""What the unpackers raise for a file that is damaged, or uses what they do not know."""


def is_packed(path: Path) -> bool:
    """Whether the file is compressed. Raises NotFound for one that cannot be read."""
    with _opened(path) as file:
        return _packing(file.peek(4)) is not None


def unpacked(path: Path, limits: Limits) -> io.BufferedReader:
    """A stream of the file's bytes, unpacked. Raises NotFound, and Invalid also while it is read."""
    stream = file = _opened(path)
    try:
        for _ in range(MOST_LAYERS):
            packing = _packing(stream.peek(4))
            if packing is None:
                return stream
            stream = io.BufferedReader(_Unpacking(path, packing, _unpacker(path, packing, stream), limits, file), 2**20)
        raise Invalid(N_("The file {name} is compressed more than twice: unpack it first."), name=path.name)
    except BaseException:
        file.close()
        raise


class _Unpacking(io.RawIOBase):
    """Counts what an unpacker gives, and turns its errors into a sentence."""

    def __init__(self, path: Path, packing: str, unpacker: IO[bytes], limits: Limits, file: io.BufferedReader) -> None:
        self._path, self._packing, self._unpacker, self._file = path, packing, unpacker, file
        ratio_bytes = max(RATIO_FREE_BYTES, MOST_TIMES_LARGER * path.stat().st_size)
        self._most_bytes, self._by_ratio = min((limits.unpacked_bytes, False), (ratio_bytes, True))
        self._bytes = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            data = self._unpacker.read(len(buffer))
        except BROKEN as error:
            raise _broken(self._path, self._packing) from error
        self._bytes += len(data)
        if self._bytes > self._most_bytes:
            raise self._too_large()
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._file.close()
        super().close()

    def _too_large(self) -> Invalid:
        if self._by_ratio:
            return Invalid(
                N_("The file {name} unpacks to more than {times} times its size: unpack it first, and look at it."),
                name=self._path.name,
                times=MOST_TIMES_LARGER,
            )
        return Invalid(
            N_("The file {name} unpacks to more than {bytes} bytes, which {setting} allows: unpack it, or raise that."),
            name=self._path.name,
            bytes=f"{self._most_bytes:,}",
            setting=UNPACKED,
        )


def _opened(path: Path) -> io.BufferedReader:
    try:
        return path.open("rb")
    except OSError as error:
        raise NotFound(
            N_("The file {name} cannot be read: {cause}."), name=path.name, cause=error.strerror or ""
        ) from error


def _packing(head: bytes) -> str | None:
    if head.startswith(GZIP):
        return "gzip"
    if head.startswith(ZSTD):
        return "zstd"
    return "zip" if head.startswith(ZIP) else None


def _unpacker(path: Path, packing: str, stream: io.BufferedReader) -> IO[bytes]:
    try:
        if packing == "gzip":
            return cast(IO[bytes], gzip.GzipFile(fileobj=stream))
        if packing == "zstd":
            return cast(IO[bytes], pa.CompressedInputStream(pa.PythonFile(stream, mode="r"), "zstd"))
        return _only_member(path, stream)
    except BROKEN as error:
        raise _broken(path, packing) from error


def _only_member(path: Path, stream: BinaryIO) -> IO[bytes]:
    """The one file of a .zip; what Finder adds does not count."""
    if not stream.seekable():
        raise Invalid(N_("The file {name} is a .zip inside another compressed file: unpack it first."), name=path.name)
    archive = zipfile.ZipFile(stream)
    names = [entry.filename for entry in archive.infolist() if not entry.is_dir()]
    file_types.refuse_zipped_types(path.name, names)
    members = [name for name in names if not name.startswith("__MACOSX/") and not name.endswith(".DS_Store")]
    if len(members) != 1:
        sentence = N_("The file {name} must hold exactly one file to be imported; it holds {count}: {files}.")
        raise Invalid(sentence, name=path.name, count=len(members), files=listed(members, MOST_NAMES))
    if archive.getinfo(members[0]).flag_bits & 1:
        raise Invalid(N_("The file {name} is locked with a password: unpack it first."), name=path.name)
    return archive.open(members[0])


def _broken(path: Path, packing: str) -> Invalid:
    return Invalid(
        N_("The file {name} is a {packing} file that is broken or cut off."), name=path.name, packing=packing
    )
