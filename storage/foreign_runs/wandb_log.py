"""The log that the client of W&B writes: LevelDB's log format around messages.

Source: wandb/sdk/internal/datastore.py (framing) and wandb/proto/wandb_internal.proto (numbers of fields). A block of
32,768 bytes holds records of checksum (CRC-32 of type and data), length, type; a message may take several records.
Left out: what the messages make of a run (`wandb_runs`).
"""

import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from storage.errors import Invalid
from storage.foreign_runs.foreign_run import DAMAGED
from words import N_

BLOCK_BYTES = 32_768
HEADER = struct.Struct("<IHB")
FULL, FIRST, MIDDLE, LAST = range(1, 5)
FILE_HEADER = struct.pack("<4sHB", b":W&B", 0xBEE1, 0)
NO_LOG = N_("{file} is no log of W&B that can be read here. Export the run's history from W&B as files of TensorBoard.")


def messages(path: Path, cut: Callable[[], None]) -> Iterator[bytes]:
    """Each message. Calls `cut` where the last is incomplete. Raises Invalid where a checksum is wrong."""
    parts: list[bytes] = []
    for kind, data in _records(path, cut):
        parts = [data] if kind in (FULL, FIRST) else [*parts, data]
        if kind in (FULL, LAST):
            yield b"".join(parts)
            parts = []
    if parts:
        cut()


def _records(path: Path, cut: Callable[[], None]) -> Iterator[tuple[int, bytes]]:
    with path.open("rb") as file:
        offset = 0
        while block := file.read(BLOCK_BYTES):
            at = 0
            if not offset:
                if not block.startswith(FILE_HEADER):
                    raise Invalid(NO_LOG, file=path.name)
                at = len(FILE_HEADER)
            # what is left of a block and is too short for a header is padding
            while at + HEADER.size <= len(block):
                checksum, length, kind = HEADER.unpack_from(block, at)
                data = block[at + HEADER.size : at + HEADER.size + length]
                is_last = len(block) < BLOCK_BYTES
                if is_last and (len(data) < length or not block[at:].strip(b"\0")):
                    cut()
                    return
                if kind not in (FULL, FIRST, MIDDLE, LAST) or zlib.crc32(bytes([kind]) + data) != checksum:
                    raise Invalid(DAMAGED, file=path.name, offset=offset + at)
                yield kind, data
                at += HEADER.size + length
            offset += len(block)
