"""Parquet and Arrow: their values as JSON has them, and files that are damaged or too large."""

import datetime
import gzip
import io
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from storage import containers
from storage.errors import Invalid
from tests.storage.containers.conftest import Read

MESSAGES = [{"role": "user", "content": "天气?"}, {"role": "assistant", "content": "Good", "name": "x"}]
VALUES = [
    {
        "prompt": MESSAGES,
        "score": float("nan"),
        "price": Decimal("1.5"),
        "day": datetime.date(2024, 5, 1),
        "raw": b"ab",
    },
    {"prompt": None, "score": 1.5, "price": None, "day": None, "raw": None},
]
ROWS = [
    (1, {"prompt": MESSAGES, "score": None, "price": 1.5, "day": "2024-05-01", "raw": "ab"}),
    (2, {"prompt": None, "score": 1.5, "price": None, "day": None, "raw": None}),
]


def written(values: list[dict[str, object]], kind: str) -> bytes:
    table, file = pa.Table.from_pylist(values), io.BytesIO()
    if kind == "parquet":
        pq.write_table(table, file)
        return file.getvalue()
    make = pa.ipc.new_stream if kind == "stream" else pa.ipc.new_file
    with make(file, table.schema) as writer:
        writer.write_table(table)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["parquet", "stream", "file"])
def test_tables_give_rows_as_json_has_them(read: Read, kind: str):
    data = written(VALUES, kind)
    assert read(data, "named.wrongly") == (ROWS, [])
    assert read(gzip.compress(data)) == (ROWS, [])


@pytest.mark.parametrize("kind", ["parquet", "stream", "file"])
def test_a_damaged_table_is_told(read: Read, kind: str):
    data = written(VALUES * 100, kind)
    for broken in (data[: len(data) // 2], data[:20]):
        with pytest.raises(Invalid, match="that is broken or cut off"):
            read(broken)


def test_an_offset_that_points_beyond_its_buffer_does_not_end_the_process(read: Read):
    data = written([{"a": "x" * 1000}], "file")
    end = data.rindex(bytes(4) + (1000).to_bytes(4, "little")) + 4  # the offsets 0 and 1000 of the one text
    with pytest.raises(Invalid, match="that is broken or cut off"):
        read(data[:end] + b"\xff\xff\xff\x7f" + data[end + 4 :])


def test_many_rows_are_counted_through(read: Read):
    rows, _ = read(written([{"n": n} for n in range(1000)], "parquet"))
    assert rows == [(n + 1, {"n": n}) for n in range(1000)]


def test_what_cannot_be_stored_is_told_by_row(read: Read):
    good, problems = read(
        written([{"s": 1.0, "b": b"a"}, {"s": float("inf"), "b": b"a"}, {"s": 1.0, "b": b"\xff"}], "file")
    )
    assert good == [(1, {"s": 1.0, "b": "a"})]
    assert problems == [
        "2: It holds an infinite number, which cannot be stored.",
        "3: It holds bytes that are no text: leave that column out.",
    ]


def test_no_more_is_unpacked_than_the_setting_allows(read: Read):
    data = written([{"a": "x" * 100}] * 1000, "parquet")
    with pytest.raises(Invalid, match="more than 5,000 bytes, which ALIGNLAB_MAX_UNPACKED_BYTES allows"):
        read(data, limits=containers.Limits(unpacked_bytes=5000))


def test_columns_of_one_name_are_refused(read: Read):
    file = io.BytesIO()
    table = pa.table([pa.array(["a"]), pa.array(["b"])], names=["x", "x"])
    with pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)
    with pytest.raises(Invalid, match="Two columns of the table are named x"):
        read(file.getvalue())


def test_the_index_that_pandas_writes_is_no_column(read: Read):
    assert read(written([{"a": 1, "__index_level_0__": 7}], "parquet"))[0] == [(1, {"a": 1})]
