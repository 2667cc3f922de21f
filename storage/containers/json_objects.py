"""Rows out of one JSON object: splits, a wrapper around the rows, columns, or one row; or several objects in turn.

Left out: lists and lines (`json_rows`, `json_lines`), and columns that are too large to be held (`json_columns`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from storage.containers import json_columns, json_lines
from storage.containers.json_lines import OpenText
from storage.containers.json_text import JsonText
from storage.containers.json_values import Unstorable
from storage.containers.limits import Limits, too_long
from storage.containers.row_sources import Broken, Numbered, RowSource
from words import N_

SPLITS = {"train", "training", "test", "testing", "validation", "valid", "val", "dev", "eval", "evaluation"}
WRAPPERS = {"data", "rows", "examples", "items", "records", "instances", "samples", "dataset", "results", *SPLITS}
"""Names under which one object holds its rows, whatever else it holds."""
LONG_CHARACTERS = 2**20
MESSAGE_FIELDS = ({"role", "content"}, {"from", "value"})


def source(open_text: OpenText, encoding: str, limits: Limits) -> RowSource:
    """The rows of a text that begins with an object: the first of many rows, or all there is."""
    lines = json_lines.source(open_text, encoding, limits)
    if _is_long(open_text, limits) and json_columns.are_columns(open_text, limits, _is_no_column):
        return RowSource(N_("JSON object of columns"), encoding, "row", lambda: json_columns.rows(open_text, limits))
    with open_text() as stream:
        text = JsonText(stream, limits)
        try:
            value = text.value()
            end = text.line
            more = bool(text.peek())
        except Unstorable:  # longer than a row
            return lines if json_lines.are_lines(open_text, limits) else _large(open_text, encoding, limits)
        except ValueError as error:
            if json_lines.are_lines(open_text, limits):
                return lines
            return _large(open_text, encoding, limits, text.broken(error), columns=False)
    if more and (text.line == end or json_lines.are_lines(open_text, limits)):
        return lines
    if more:
        return RowSource(N_("JSON objects"), encoding, "row", lambda: _objects(open_text, limits))
    if isinstance(value, Broken):
        return _large(open_text, encoding, limits, value)
    container, rows = _rows_of(value)
    return RowSource(container, encoding, "row", lambda: iter(list(enumerate(rows, 1))))


def _is_long(open_text: OpenText, limits: Limits) -> bool:
    """Whether the first object is too long to be decoded only to see what it holds."""
    with open_text() as stream:
        try:
            JsonText(stream, replace(limits, row_characters=min(limits.row_characters, LONG_CHARACTERS))).value()
        except Unstorable:
            return True
        except ValueError:
            return False
    return False


def _is_no_column(name: str, first_cell: Any) -> bool:
    """Whether a member of an object holds rows, messages, or one of the two lists that pandas splits a table into."""
    return _is_message(first_cell) or _is_row(first_cell) or name in ("columns", "data")


def _one(value: Any, encoding: str) -> RowSource:
    return RowSource(N_("JSON object"), encoding, "row", lambda: iter([(1, value)]))


def _objects(open_text: OpenText, limits: Limits) -> Iterator[Numbered]:
    """Values that follow each other, each over several lines, as jq prints them."""
    with open_text() as stream:
        text = JsonText(stream, limits)
        number = 0
        try:
            while text.peek():
                number += 1
                yield number, text.value()
        except ValueError as error:
            yield number, text.broken(error)


def _rows_of(value: dict[str, Any]) -> tuple[str, Sequence[Any]]:
    """The kind of container that an object is, and its rows."""
    lists = {name: inner for name, inner in value.items() if _are_rows(inner)}
    wrapped = {name: inner for name, inner in lists.items() if name.lower() in WRAPPERS}
    if lists and len(lists) == len(value):
        wrapped = lists
    if wrapped:
        return N_("JSON object of lists"), [_unwrapped(row) for rows in wrapped.values() for row in rows]
    inner = next(iter(value.values())) if len(value) == 1 else None
    if isinstance(inner, dict) and next(iter(value)).lower() in WRAPPERS:
        return _rows_of(inner)
    if _is_split(value):
        return N_("JSON object of columns"), [dict(zip(value["columns"], row, strict=True)) for row in value["data"]]
    columns = _columns(value)
    if columns:
        return N_("JSON object of columns"), list(json_columns.transposed(columns))
    if value and all(name.isdecimal() and isinstance(row, dict) for name, row in value.items()):
        return N_("JSON object of lists"), list(value.values())
    return N_("JSON object"), [value]


def _are_rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_is_row, value))


def _is_row(value: Any) -> bool:
    """Whether it is an object that is no chat message."""
    return isinstance(value, dict) and not _is_message(value)


def _is_message(value: Any) -> bool:
    return isinstance(value, dict) and any(fields <= value.keys() for fields in MESSAGE_FIELDS)


def _unwrapped(row: Any) -> Any:
    """The row itself where the server of Hugging Face's viewer numbered it."""
    return row["row"] if isinstance(row, dict) and {"row_idx", "row"} <= row.keys() else row


def _columns(value: dict[str, Any]) -> dict[str, list[Any]] | None:
    """The columns by name: lists of one length, or pandas' objects of one index; None where there are none."""
    columns = list(value.values())
    if columns and all(isinstance(column, list) for column in columns):
        messages = any(_is_message(cell) for column in columns for cell in column[:1])
        return None if messages or len(set(map(len, columns))) > 1 else value
    if columns and all(isinstance(column, dict) and column for column in columns):
        index = list(columns[0])
        if all(list(column) == index for column in columns) and all(name.isdigit() for name in index):
            return {name: list(column.values()) for name, column in value.items()}
    return None


def _is_split(value: dict[str, Any]) -> bool:
    """Whether pandas wrote it as names of columns, and rows as lists of cells."""
    names, rows = value.get("columns"), value.get("data")
    if not (isinstance(names, list) and isinstance(rows, list) and all(isinstance(name, str) for name in names)):
        return False
    return all(isinstance(row, list) and len(row) == len(names) for row in rows)


def _large(
    open_text: OpenText, encoding: str, limits: Limits, broken: Broken | None = None, *, columns: bool = True
) -> RowSource:
    """The rows of an object that cannot be decoded at once: lists of rows are read row by row, columns one by one.

    `broken` says why, where the object is no longer than a row; it holds no `columns` where its end cannot be read.
    """
    with open_text() as stream:
        text = JsonText(stream, limits)
        try:
            start = _first_cell(text)
        except ValueError as error:
            return _one(text.broken(error), encoding)
    if start is None or not (columns or _is_row(start)):
        return _one(broken or Broken(too_long(limits)), encoding)
    if _is_row(start):
        return RowSource(N_("JSON object of lists"), encoding, "row", lambda: _split_rows(open_text, limits))
    return RowSource(N_("JSON object of columns"), encoding, "row", lambda: json_columns.rows(open_text, limits))


def _first_cell(text: JsonText) -> Any:
    """The first value in the first list or object of an object; None where there is none."""
    for _ in text.members():
        if text.peek() in ("[", "{"):
            return next(json_columns.cells(text), "")
        text.value()
    return None


def _split_rows(open_text: OpenText, limits: Limits) -> Iterator[Numbered]:
    with open_text() as stream:
        text = JsonText(stream, limits)
        number = 0
        try:
            for _ in text.members():
                if text.peek() != "[":
                    text.value()
                    continue
                for row in text.elements():
                    number += 1
                    yield number, _unwrapped(row)
        except ValueError as error:
            yield number + 1, text.broken(error)
