"""Rows into .json, .jsonl, .csv, .tsv and .parquet files, also gzipped: the whole file or none.

Left out: reading (`json_rows`), and how rows become a table (`table_writing`).
"""

import gzip
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

from storage.containers import table_writing
from storage.errors import Invalid
from storage.files import atomic_write
from words import N_

DELIMITERS = {".csv": ",", ".tsv": "\t"}


def write(path: Path, rows: Iterable[dict[str, Any]]) -> int:
    """Write rows as the file's name says, one a line where it says nothing; gzipped where it ends in .gz.

    Returns the number of rows.
    """
    name = path.name.lower()
    ending = Path(name.removesuffix(".gz")).suffix
    with _opened(path) as plain:
        file = cast(BinaryIO, gzip.GzipFile("", "wb", fileobj=plain, mtime=0) if name.endswith(".gz") else plain)
        with file:
            if ending == ".parquet":
                return table_writing.write_parquet(file, rows)
            if ending in DELIMITERS:
                return table_writing.write_csv(file, rows, DELIMITERS[ending])
            return _write_json(file, rows, listed=ending == ".json")


def _write_json(file: BinaryIO, rows: Iterable[dict[str, Any]], *, listed: bool) -> int:
    """Write a list, or one row a line."""
    number = 0
    file.write(b"[\n" if listed else b"")
    for number, row in enumerate(rows, 1):
        file.write((b",\n" if number > 1 else b"") if listed else b"")
        file.write(_encoded(row, number) + (b"" if listed else b"\n"))
    file.write(b"\n]\n" if listed else b"")
    return number


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """A file that takes its place when it is whole; a device or a pipe is written to, never replaced."""
    path = path.resolve()
    if path.exists() and not path.is_file():
        with path.open("wb") as device:
            yield device
        return
    with atomic_write(path) as unfinished, unfinished.open("wb") as file:
        yield file


def _encoded(row: dict[str, Any], number: int) -> bytes:
    try:
        return json.dumps(row, ensure_ascii=False, allow_nan=False).encode()
    except ValueError as error:
        sentence = N_(
            "Item {number} holds a number or a character that no JSON file can hold: edit or delete it first."
        )
        raise Invalid(sentence, number=number) from error
