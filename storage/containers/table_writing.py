"""Rows into CSV, TSV and Parquet files: the whole file or none. All rows are held, since a table's columns are theirs.

A value that a column cannot hold stands as JSON text. Left out: reading (`csv_rows`, `arrow_rows`).
"""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

Row = dict[str, Any]
NO_COLUMN_TYPE = (pa.ArrowException, OverflowError)


def write_csv(file: BinaryIO, rows: Iterable[Row], delimiter: str) -> int:
    """Write a table whose first row names the columns. Nothing and empty text look alike."""
    held = list(rows)
    names = _columns(held)
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    table = csv.writer(text, delimiter=delimiter)
    table.writerow(names)
    for row in held:
        table.writerow(["" if row.get(name) is None else _cell(row[name]) for name in names])
    text.flush()
    text.detach()
    return len(held)


def write_parquet(file: BinaryIO, rows: Iterable[Row]) -> int:
    """Write a table whose columns have types; one that fits none holds JSON text."""
    held = list(rows)
    columns = {name: _column([row.get(name) for row in held]) for name in _columns(held)}
    pq.write_table(pa.table(columns), file)
    return len(held)


def _columns(rows: Sequence[Row]) -> list[str]:
    """The names of all rows' fields, in the order in which they come."""
    return list(dict.fromkeys(name for row in rows for name in row))


def _cell(value: Any) -> str:
    """Text as it is, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _column(values: list[Any]) -> pa.Array:
    """The values with a type that gives them back as they are, or as JSON text."""
    try:
        typed = pa.array(values)
        if not _has_empty_struct(typed.type) and _without_nothing(typed.to_pylist()) == _without_nothing(values):
            return typed
    except NO_COLUMN_TYPE:
        pass
    return pa.array([None if value is None else _cell(value) for value in values], pa.string())


def _has_empty_struct(kind: pa.DataType) -> bool:
    """Whether a part of the type is an object without fields, which Parquet cannot hold."""
    fields = [kind.field(place) for place in range(kind.num_fields)]
    return (pa.types.is_struct(kind) and not fields) or any(_has_empty_struct(field.type) for field in fields)


def _without_nothing(value: Any) -> Any:
    """The value without the fields that hold nothing: a struct has them for every field of its fellows."""
    if isinstance(value, dict):
        return {name: _without_nothing(part) for name, part in value.items() if part is not None}
    return [_without_nothing(part) for part in value] if isinstance(value, list | tuple) else value
