"""Large objects of columns: they are read cell by cell, and never held."""

import json
import tracemalloc
from pathlib import Path

import pytest

from storage import containers
from storage.containers import json_objects
from words import english

COUNT = 150  # more than two batches


@pytest.fixture(autouse=True)
def everything_is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_objects, "LONG_CHARACTERS", 10)


def read(path: Path, value: object) -> tuple[str, list[object]]:
    path.write_text(json.dumps(value), encoding="utf-8")
    source = containers.open_rows(path)
    return source.container, [row for _, row in source.read()]


@pytest.mark.parametrize("indexed", [False, True])
def test_columns_give_the_rows_that_they_hold(tmp_path: Path, indexed: bool):
    rows = [{"p": f"Rain {number}?", "c": number, "m": ["a", None]} for number in range(COUNT)]
    columns: dict[str, object] = {name: [row[name] for row in rows] for name in rows[0]}
    if indexed:
        columns = {name: {str(place): row[name] for place, row in enumerate(rows)} for name in rows[0]}
    assert read(tmp_path / "f.json", columns) == ("JSON object of columns", rows)


@pytest.mark.parametrize(
    "value",
    [
        {"p": "x", "messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]},
        {"messages": [{"role": "user", "content": "Hi"}]},
        {"p": ["a", "b"], "c": [1]},
        {"p": {"first": "a", "second": "b"}},
    ],
)
def test_an_object_that_is_no_table_is_one_row(tmp_path: Path, value: object):
    assert read(tmp_path / "f.json", value) == ("JSON object", [value])


def test_rows_under_names_are_no_columns(tmp_path: Path):
    container, rows = read(tmp_path / "f.json", {"train": [{"p": "a"}], "test": [{"p": "b"}]})
    assert (container, rows) == ("JSON object of lists", [{"p": "a"}, {"p": "b"}])


def test_a_table_as_pandas_splits_it_is_none_of_columns(tmp_path: Path):
    table = {"columns": ["p", "c"], "data": [["a", 1], ["b", 2]]}
    assert read(tmp_path / "f.json", table) == ("JSON object of columns", [{"p": "a", "c": 1}, {"p": "b", "c": 2}])


@pytest.mark.parametrize("index", [{}, {"index": [0, 1, 2]}])
def test_a_split_table_that_is_too_long_is_told_as_what_it_is(tmp_path: Path, index: dict[str, object]):
    path = tmp_path / "f.json"
    path.write_text(json.dumps({"columns": ["p", "c"], **index, "data": [["a" * 60, 1], ["b", 2], ["c", 3]]}))
    ((number, broken),) = containers.open_rows(path, containers.Limits(row_characters=50)).read()
    assert number == 0
    assert english(broken.text).startswith(
        "It is a table that pandas wrote with orient=split, longer than 50 characters"
    )


def test_more_text_after_the_columns_is_not_left_out(tmp_path: Path):
    path = tmp_path / "f.json"
    path.write_text('{"p": ["a", "b"]}\n{"p": ["c"]}\n', encoding="utf-8")
    assert [row for _, row in containers.open_rows(path).read()] == [{"p": ["a", "b"]}, {"p": ["c"]}]


def test_a_cell_that_cannot_be_stored_leaves_the_other_rows(tmp_path: Path):
    path = tmp_path / "f.json"
    path.write_text('{"p": ["a", "b", "c"], "c": [1, NaN, 3]}', encoding="utf-8")
    rows = [row for _, row in containers.open_rows(path).read()]
    assert [rows[0], rows[2]] == [{"p": "a", "c": 1}, {"p": "c", "c": 3}]
    assert isinstance(rows[1], containers.Broken)


@pytest.mark.slow
def test_memory_does_not_grow_with_the_columns(tmp_path: Path):
    path = tmp_path / "f.json"
    columns = {name: [f"{name} {number} " * 10 for number in range(40_000)] for name in "pc"}
    path.write_text(json.dumps(columns), encoding="utf-8")
    tracemalloc.start()
    count = sum(1 for _ in containers.open_rows(path).read())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 40_000
    assert peak < path.stat().st_size / 2
