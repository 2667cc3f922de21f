"""Protocol Buffers' wire format, as far as event files and logs of W&B need it: both are read without their libraries,
of which one loads torch and the other is a client of a service.

Source: protobuf.dev/programming-guides/encoding. Left out: groups, which neither writes, and what the fields mean.
"""

import struct
from collections.abc import Iterator

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
_DOUBLE, _FLOAT = struct.Struct("<d"), struct.Struct("<f")


def fields(message: bytes) -> Iterator[tuple[int, int, bytes]]:
    """(number, integer, bytes) of each field: the integer of a varint, the bytes of all else, the other being empty.

    Raises ValueError for what is no message.

    >>> list(fields(b"\\x08\\x96\\x01\\x12\\x02hi"))
    [(1, 150, b''), (2, 0, b'hi')]
    """
    at, end = 0, len(message)
    while at < end:
        tag, at = _varint(message, at)
        kind = tag & 7
        if kind == VARINT:
            value, at = _varint(message, at)
            yield tag >> 3, value, b""
            continue
        if kind == BYTES:
            length, at = _varint(message, at)
        elif kind == FIXED64:
            length = 8
        elif kind == FIXED32:
            length = 4
        else:
            raise ValueError(f"wire type {kind}")
        if at + length > end:
            raise ValueError("a field is longer than its message")
        yield tag >> 3, 0, message[at : at + length]
        at += length


def signed(value: int) -> int:
    """A varint as int64.

    >>> signed(2**64 - 1)
    -1
    """
    return value - (1 << 64) if value >> 63 else value


def double(data: bytes) -> float:
    """Eight bytes as a number."""
    return float(_DOUBLE.unpack(data)[0])


def single(data: bytes) -> float:
    """Four bytes as a number."""
    return float(_FLOAT.unpack(data)[0])


def text(data: bytes) -> str:
    """A string field; bytes that are no UTF-8 are replaced, not refused."""
    return data.decode("utf-8", "replace")


def varint_field(number: int, value: int) -> bytes:
    """A field with an integer."""
    return _encoded(number << 3 | VARINT) + _encoded(value)


def bytes_field(number: int, data: bytes) -> bytes:
    """A field with a string, bytes or a message."""
    return _encoded(number << 3 | BYTES) + _encoded(len(data)) + data


def double_field(number: int, value: float) -> bytes:
    """A field with a number of eight bytes."""
    return _encoded(number << 3 | FIXED64) + _DOUBLE.pack(value)


def single_field(number: int, value: float) -> bytes:
    """A field with a number of four bytes; one too large for them becomes infinite."""
    try:
        return _encoded(number << 3 | FIXED32) + _FLOAT.pack(value)
    except OverflowError:
        return _encoded(number << 3 | FIXED32) + _FLOAT.pack(float("inf") if value > 0 else float("-inf"))


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(message) or shift > 63:
            raise ValueError("a number has no end")
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def _encoded(value: int) -> bytes:
    parts = bytearray()
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*parts, value])
