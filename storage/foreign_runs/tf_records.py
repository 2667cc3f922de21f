"""TensorFlow's record files: length, its checksum, data, their checksum, again and again.

Source: tensorflow/core/lib/io/record_writer.h. Left out: what the data are (`event_files`).
"""

import struct
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

import numpy as np

from storage.errors import Invalid
from storage.foreign_runs import crc32c
from storage.foreign_runs.foreign_run import DAMAGED

BLOCK_BYTES = 4 << 20
CHECKED_BYTES = 1 << 16  # a scalar or a text is shorter; longer data are pictures, of which nothing is read
HEADER, FOOTER = 12, 4
_LENGTH = struct.Struct("<Q")
_CHECKSUM = struct.Struct("<I")


def records(path: Path, cut: Callable[[], None]) -> Iterator[bytes]:
    """The data of each record. Calls `cut` where the last one is incomplete, as a killed writer leaves it.

    Raises Invalid where a checksum is wrong. Holds a few blocks in memory, or the longest record.
    """
    rest, offset, wanted = b"", 0, BLOCK_BYTES
    with path.open("rb") as file:
        while chunk := file.read(wanted):
            block = rest + chunk
            spans, used, wanted = _spans(block)
            first_bad = _first_bad(block, spans)
            for at, length in spans[:first_bad]:
                yield block[at + HEADER : at + HEADER + length]
            if first_bad is not None:
                at = spans[first_bad][0]
                if not all(map(_is_zero, chain([block[at:]], iter(lambda: file.read(BLOCK_BYTES), b"")))):
                    raise Invalid(DAMAGED, file=path.name, offset=offset + at)
                cut()
                return
            rest, offset = block[used:], offset + used
    if rest:
        if len(rest) >= HEADER and not _header_is_sound(rest):
            raise Invalid(DAMAGED, file=path.name, offset=offset)
        cut()


def encoded(data: bytes) -> bytes:
    """The data as one record."""
    length = _LENGTH.pack(len(data))
    return length + _CHECKSUM.pack(crc32c.masked_one(length)) + data + _CHECKSUM.pack(crc32c.masked_one(data))


def _spans(block: bytes) -> tuple[list[tuple[int, int]], int, int]:
    """Offset and length of each whole record, where the rest begins, and how many bytes more to read."""
    spans: list[tuple[int, int]] = []
    at = 0
    while at + HEADER <= len(block):
        (length,) = _LENGTH.unpack_from(block, at)
        end = at + HEADER + length + FOOTER
        if end > len(block):
            sound = _header_is_sound(block[at:])
            return spans, at, max(BLOCK_BYTES, min(end - len(block), 1 << 30)) if sound else BLOCK_BYTES
        spans.append((at, length))
        at = end
    return spans, at, BLOCK_BYTES


def _first_bad(block: bytes, spans: list[tuple[int, int]]) -> int | None:
    """Which record is the first with a wrong checksum."""
    if not spans:
        return None
    data = np.frombuffer(block, np.uint8)
    starts, lengths = np.array(spans, np.int64).T
    headers = crc32c.masked(data, starts, np.full(len(spans), _LENGTH.size))
    bad = headers != _checksums(data, starts + _LENGTH.size)
    short = np.flatnonzero(lengths <= CHECKED_BYTES)
    contents = crc32c.masked(data, starts[short] + HEADER, lengths[short])
    bad[short] |= contents != _checksums(data, starts[short] + HEADER + lengths[short])
    return int(np.argmax(bad)) if bad.any() else None


def _checksums(data: crc32c.Bytes, at: crc32c.Offsets) -> crc32c.Words:
    """The four bytes at each offset as a little-endian number."""
    parts = data[at[:, None] + np.arange(4)].astype(np.uint32)
    return np.asarray(parts @ np.array([1, 1 << 8, 1 << 16, 1 << 24], np.uint32), np.uint32)


def _header_is_sound(block: bytes) -> bool:
    return (crc32c.masked_one(block[: _LENGTH.size]),) == _CHECKSUM.unpack_from(block, _LENGTH.size)


def _is_zero(data: bytes) -> bool:
    return not data.strip(b"\0")
