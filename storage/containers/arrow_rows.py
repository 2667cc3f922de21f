"""Rows out of Parquet and Arrow files, as the values that JSON has. Left out: what the columns mean."""

import datetime
import decimal
import math
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from storage.containers.json_values import check_columns
from storage.containers.limits import UNPACKED, Limits
from storage.containers.row_sources import Broken, Numbered, RowSource
from storage.errors import Invalid
from words import N_

BATCH_ROWS = 256
INDEX = "__index_level_"
OpenFile = Callable[[], AbstractContextManager[BinaryIO]]
Batches = Callable[[BinaryIO], Iterator[pa.RecordBatch]]
DAMAGED = (pa.ArrowException, OSError, ValueError, EOFError)


def parquet(open_file: OpenFile, name: str, limits: Limits) -> RowSource:
    """The rows of a Parquet file. Raises Invalid for one that is damaged or too large."""
    batches = partial(_parquet_batches, limits=limits, name=name)
    return _source(N_("Parquet"), open_file, name, limits, batches)


def arrow_file(open_file: OpenFile, name: str, limits: Limits) -> RowSource:
    """The rows of an Arrow file (also called IPC file or Feather of version 2)."""
    return _source(N_("Arrow file"), open_file, name, limits, _file_batches)


def arrow_stream(open_file: OpenFile, name: str, limits: Limits) -> RowSource:
    """The rows of an Arrow stream, which is how Hugging Face's `datasets` keeps its files."""
    return _source(N_("Arrow stream"), open_file, name, limits, lambda file: iter(pa.ipc.open_stream(file)))


def _source(container: str, open_file: OpenFile, name: str, limits: Limits, batches: Batches) -> RowSource:
    return RowSource(container, None, "row", partial(_rows, container, open_file, name, limits, batches))


def _parquet_batches(file: BinaryIO, limits: Limits, name: str) -> Iterator[pa.RecordBatch]:
    table = pq.ParquetFile(file)
    groups = (table.metadata.row_group(number) for number in range(table.metadata.num_row_groups))
    if any(group.total_byte_size > limits.unpacked_bytes for group in groups):
        raise _too_large(name, limits)
    yield from table.iter_batches(batch_size=BATCH_ROWS, use_threads=False)


def _file_batches(file: BinaryIO) -> Iterator[pa.RecordBatch]:
    reader = pa.ipc.open_file(file)
    return (reader.get_batch(number) for number in range(reader.num_record_batches))


def _rows(container: str, open_file: OpenFile, name: str, limits: Limits, batches: Batches) -> Iterator[Numbered]:
    number = unpacked = 0
    with open_file() as file:
        try:
            for batch in batches(file):
                batch.validate(full=True)  # an offset that points beyond its buffer would end the process
                check_columns(batch.schema.names)
                unpacked += batch.nbytes
                if unpacked > limits.unpacked_bytes:
                    raise _too_large(name, limits)
                for row in _by_row(batch):
                    number += 1
                    yield number, _plain_row(row)
        except DAMAGED as error:
            sentence = N_("The file {name} is a file of the type {type} that is broken or cut off.")
            raise Invalid(sentence, name=name, type=(container, {})) from error


def _by_row(batch: pa.RecordBatch) -> Iterator[dict[str, Any]]:
    for start in range(0, batch.num_rows, BATCH_ROWS):
        yield from batch.slice(start, BATCH_ROWS).to_pylist()


def _too_large(name: str, limits: Limits) -> Invalid:
    return Invalid(
        N_("The file {name} unpacks to more than {bytes} bytes, which {setting} allows: unpack it, or raise that."),
        name=name,
        bytes=f"{limits.unpacked_bytes:,}",
        setting=UNPACKED,
    )


def _plain_row(row: dict[str, Any]) -> Any:
    try:
        return {name: _plain(value) for name, value in row.items() if not name.startswith(INDEX)}
    except Invalid as error:
        return Broken(error.text)


def _plain(value: Any) -> Any:
    """The value as JSON has it. What a struct lacks is absent; a NaN is how pandas writes that nothing is there."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items() if inner is not None}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, float | decimal.Decimal):
        return _number(float(value))
    if isinstance(value, bytes):
        return _text(value)
    if isinstance(value, datetime.date | datetime.time | datetime.timedelta):
        return str(value)
    return value if value is None or isinstance(value, str | int) else str(value)


def _number(value: float) -> float | None:
    if math.isinf(value):
        raise Invalid(N_("It holds an infinite number, which cannot be stored."))
    return None if math.isnan(value) else value


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise Invalid(N_("It holds bytes that are no text: leave that column out.")) from None
