"""Rows out of files: every kind of broken file gives one clear sentence, with its line."""

import gzip
import json
from pathlib import Path

import pytest

from storage.errors import Invalid, NotFound
from storage.formats import files
from words import english


def read(folder: Path, data: bytes | str, name: str = "rows.jsonl") -> tuple[list[tuple[int, object]], list[str]]:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    rows, problems = files.read(path)
    return rows, [f"{line}: {english(text)}" for line, text in problems]


def test_lines_are_numbered_and_blank_ones_skipped(tmp_path: Path):
    assert read(tmp_path, '{"a": 1}\n\n  {"a": 2}\r\n') == ([(1, {"a": 1}), (3, {"a": 2})], [])


def test_rows_of_a_list_know_the_line_they_begin_at(tmp_path: Path):
    text = '\n[\n  {"a":\n    1},\n\n  {"a": 2}, {"a": 3}\n]\n'
    assert read(tmp_path, text) == ([(3, {"a": 1}), (6, {"a": 2}), (6, {"a": 3})], [])
    assert read(tmp_path, "[]") == ([], [])


@pytest.mark.parametrize("name", ["rows.json", "rows.jsonl", "rows.json.gz", "rows.jsonl.gz", "named.wrongly"])
def test_content_decides_and_not_the_name(tmp_path: Path, name: str):
    for text in ('{"a": "天气"}\n{"a": 2}\n', '[{"a": "天气"},\n{"a": 2}]'):
        rows = [(1, {"a": "天气"}), (2, {"a": 2})]
        assert read(tmp_path, text, name) == (rows, [])
        assert read(tmp_path, gzip.compress(text.encode()), name) == (rows, [])


def test_a_byte_order_mark_is_no_part_of_the_first_row(tmp_path: Path):
    assert read(tmp_path, b'\xef\xbb\xbf{"a": 1}\n') == ([(1, {"a": 1})], [])


def test_unicode_line_separators_inside_text_do_not_split_rows(tmp_path: Path):
    row = {"a": "one\u2028two\x85three\x0cfour"}
    assert read(tmp_path, json.dumps(row, ensure_ascii=False) + "\n") == ([(1, row)], [])


@pytest.mark.parametrize(
    ("data", "problems"),
    [
        (b"", ["0: The file is empty."]),
        (b"\xef\xbb\xbf \n\n", ["0: The file is empty."]),
        (b'{"a": 1}\n{"a": "\xff"}\n', ["2: It is not valid UTF-8 text."]),
        ('{"a": 1}\n{"a": \n{"b"}\n', ["2: Expecting value at column 7", "3: Expecting ':' delimiter"]),
        ('{"a": 1} {"a": 2}\n', ["1: Extra data at column 10"]),
        ('{"a": NaN}\n', ["1: NaN is no JSON number"]),
        ("天气\n", ["1: Expecting value"]),
        ('{\n  "data": [\n    {"a": 1}\n  ]\n}\n', ["1: The file is one object; rows belong in a list"]),
        ('[\n{"a": 1},\n{"a": }\n]', ["3: Expecting value at column 7"]),
        ('[\n{"a": 1}\n{"a": 2}\n]', ["3: Expecting ',' or ']' at column 1"]),
        ('[\n{"a": 1}', ["2: Expecting ',' or ']' at column 9"]),
        ('[{"a": 1},', ["1: Expecting value"]),
        ('[{"a": 1}]\nand more', ["1: Extra data after the list"]),
        ("[" * 100_000, ["1: not valid JSON"]),
        ('{"a": 1}\n' + "[" * 100_000, ["2: nested too deeply"]),
    ],
)
def test_a_broken_file_is_told_with_its_line(tmp_path: Path, data: bytes | str, problems: list[str]):
    found = read(tmp_path, data)[1]
    assert len(found) == len(problems)
    for said, wanted in zip(found, problems, strict=True):
        line, fragment = wanted.split(": ", 1)
        assert said.startswith(f"{line}: ")
        assert fragment in said


def test_rows_before_a_break_are_still_looked_at(tmp_path: Path):
    rows, problems = read(tmp_path, '[{"a": 1},\n{"a": }]')
    assert rows == [(1, {"a": 1})]
    assert len(problems) == 1


def test_a_broken_gzip_file_is_told_apart(tmp_path: Path):
    whole = gzip.compress(b'{"a": 1}\n' * 100)
    for data in (whole[:-20], whole[:12], b"\x1f\x8bnonsense"):
        with pytest.raises(Invalid, match=r"rows.jsonl is a gzip file that is broken or cut off"):
            read(tmp_path, data)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path):
    with pytest.raises(NotFound, match=r"absent.json cannot be read: No such file or directory"):
        files.read(tmp_path / "absent.json")


@pytest.mark.parametrize("name", ["out.json", "out.jsonl", "out.json.gz", "out.jsonl.gz", "out"])
def test_what_is_written_is_read_back(tmp_path: Path, name: str):
    rows = [{"a": "天气"}, {"a": "x\ny"}]
    assert files.write(tmp_path / name, rows) == 2
    assert [row for _, row in files.read(tmp_path / name)[0]] == rows
    data = (tmp_path / name).read_bytes()
    text = (gzip.decompress(data) if name.endswith(".gz") else data).decode()
    assert "天气" in text, "Chinese stays Chinese"
    assert text.startswith("[") == (".json" in name and ".jsonl" not in name)
