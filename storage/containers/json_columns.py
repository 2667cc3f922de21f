"""Rows out of a large JSON object of columns. Columns lie one after the other, so cells wait in a temporary file.

Left out: objects that can be held, and other large ones (`json_objects`).
"""

import hashlib
import pickle
import tempfile
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import IO, Any, TextIO

from storage.containers.json_text import JsonText
from storage.containers.limits import ROW, Limits
from storage.containers.row_sources import Broken, Numbered
from words import N_

SPLIT_TOO_LARGE = N_(
    "It is a table that pandas wrote with orient=split, longer than {count} characters, and such a table is only read "
    "whole. Write it with orient=records and lines=True; or {setting} sets how many characters are read at once."
)
BATCH_CELLS = 64  # that are held of each column


def rows(open_text: Callable[[], TextIO], limits: Limits) -> Iterator[Numbered]:
    """The rows; one Broken where the text ends too early, or a column before the others."""
    with open_text() as stream, tempfile.TemporaryFile() as file:
        text = JsonText(stream, limits)
        starts: dict[str, int] = {}
        lengths = set()
        try:
            for name in text.members():
                starts[name] = file.tell()
                lengths.add(_put_aside(cells(text), file))
        except ValueError as error:
            yield 1, text.broken(error)
            return
        if {"columns", "data"} <= starts.keys() <= {"columns", "index", "data"}:
            yield 0, Broken((SPLIT_TOO_LARGE, {"count": f"{limits.row_characters:,}", "setting": ROW}))
            return
        if len(lengths) > 1:
            yield 0, Broken((N_("The file is one object, and its columns differ in length."), {}))
            return
        yield from enumerate(_rows(file, starts, max(lengths, default=0)), 1)


def are_columns(open_text: Callable[[], TextIO], limits: Limits, is_no_column: Callable[[str, Any], bool]) -> bool:
    """Whether the text is one object of columns: lists of one length, or objects with the same numbers as names.

    It is read to its end and not held. `is_no_column` says of a member, by its name and first cell, that it is none.
    """
    shapes: set[tuple[int, bytes]] = set()
    with open_text() as stream:
        text = JsonText(stream, limits)
        try:
            for name in text.members():
                shape = _shape(text, partial(is_no_column, name)) if text.peek() in ("[", "{") else None
                if shape is None or len(shapes | {shape}) > 1:
                    return False
                shapes.add(shape)
            return bool(shapes) and not text.peek()
        except ValueError:
            return False


def _shape(text: JsonText, is_no_column: Callable[[Any], bool]) -> tuple[int, bytes] | None:
    """How many cells a column has, and a digest of their names, if it is a column of at least one cell."""
    count, names = 0, hashlib.blake2b(digest_size=16)
    for name, cell in _members(text) if text.peek() == "{" else (("", cell) for cell in text.elements()):
        if (count == 0 and is_no_column(cell)) or not (name.isdigit() or name == ""):
            return None
        count += 1
        names.update(name.encode() + b",")
    return (count, names.digest()) if count else None


def _members(text: JsonText) -> Iterator[tuple[str, Any]]:
    return ((name, text.value()) for name in text.members())


def cells(text: JsonText) -> Iterator[Any]:
    """The values of the list, or of the object, that begins here."""
    if text.peek() == "{":
        return (cell for _, cell in _members(text))
    return text.elements()


def transposed(columns: Mapping[str, list[Any]]) -> Iterator[Any]:
    """Columns of one length as rows; one with a cell that cannot be read is Broken."""
    for row in zip(*columns.values(), strict=True):
        yield next((cell for cell in row if isinstance(cell, Broken)), dict(zip(columns, row, strict=True)))


def _put_aside(column: Iterator[Any], file: IO[bytes]) -> int:
    """Write a column in batches; returns the number of its cells."""
    count = 0
    batch: list[Any] = []
    for cell in column:
        batch.append(cell)
        if len(batch) == BATCH_CELLS:
            count += len(batch)
            pickle.dump(batch, file)
            batch = []
    pickle.dump(batch, file)
    return count + len(batch)


def _rows(file: IO[bytes], starts: dict[str, int], count: int) -> Iterator[Any]:
    for _ in range(0, count, BATCH_CELLS):
        batches: dict[str, list[Any]] = {}
        for name, start in starts.items():
            file.seek(start)
            batches[name] = pickle.load(file)
            starts[name] = file.tell()
        yield from transposed(batches)
