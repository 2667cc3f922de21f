"""Weights that hold NaN or infinity, found in the files before a run is queued. No torch.

Left out: weights of more than MOST_BYTES, and tensors that only the loaded model has (`load_checks` looks at those).
"""

import json
import struct
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from engine.models.model_folder import Location, ModelProblem, reading, weight_files
from words import N_
from words.names import listed

MOST_BYTES = 2**31  # 1 GB takes up to a second; a form that asks for a preflight should not wait longer than two
PIECE = 2**20  # bytes
NAMED = 3  # tensors that a sentence names
NOT_FINITE = N_("The weights of {name} hold NaN or infinity: {tensors}.")
# The type of a number's bits, and those of its exponent: all of them are set in NaN and infinity alone.
EXPONENTS = {
    "F16": ("<u2", 0x7C00),
    "BF16": ("<u2", 0x7F80),
    "F32": ("<u4", 0x7F800000),
    "F64": ("<u8", 0x7FF0000000000000),
}
MASK = "mask"  # in names of buffers that may hold minus infinity, which is what a mask adds


def check_numbers(location: Location) -> None:
    """Raise ModelProblem where the model's files hold weights that are no numbers.

    A file is read again only when its size or the time of its last change is another.
    """
    files = weight_files(location.name, location.folder)
    stats = [path.stat() for path in files]
    if sum(stat.st_size for stat in stats) > MOST_BYTES:
        return
    damaged: list[str] = []
    for path, stat in zip(files, stats, strict=True):
        with reading(location.name, path):
            damaged += _damaged_tensors(path, stat.st_size, stat.st_mtime_ns)
    if damaged:
        raise ModelProblem(NOT_FINITE, name=location.name, tensors=listed(sorted(damaged), NAMED))


@lru_cache(maxsize=256)
def _damaged_tensors(path: Path, _size: int, _changed_at: int) -> tuple[str, ...]:
    """The names of the tensors of a safetensors file that hold NaN or infinity."""
    with path.open("rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header: dict[str, dict[str, Any]] = json.loads(file.read(length))
        return tuple(
            name
            for name, tensor in header.items()
            if name != "__metadata__"
            and tensor["dtype"] in EXPONENTS
            and MASK not in name
            and not _is_finite(file, 8 + length, tensor)
        )


def _is_finite(file: BinaryIO, data_start: int, tensor: dict[str, Any]) -> bool:
    kind, exponent = EXPONENTS[tensor["dtype"]]
    begin, end = tensor["data_offsets"]
    file.seek(data_start + begin)
    return all((bits & exponent).max() != exponent for bits in _pieces(file, end - begin, kind))


def _pieces(file: BinaryIO, size: int, kind: str) -> Iterator[np.ndarray]:
    """The next `size` bytes of a file as whole numbers. A file that shrinks would end the process if it were mapped."""
    for start in range(0, size, PIECE):
        yield np.frombuffer(file.read(min(PIECE, size - start)), kind)
