"""Rows into files, and back."""

import gzip
import os
from pathlib import Path

import pytest

from storage import containers
from storage.errors import Invalid


@pytest.mark.parametrize("name", ["out.json", "out.jsonl", "out.json.gz", "out.jsonl.gz", "out"])
@pytest.mark.parametrize("rows", [[{"a": "天气"}, {"a": "x\ny"}], []])
def test_what_is_written_is_read_back(tmp_path: Path, name: str, rows: list[dict[str, str]]):
    assert containers.write(tmp_path / name, iter(rows)) == len(rows)
    data = (tmp_path / name).read_bytes()
    text = (gzip.decompress(data) if name.endswith(".gz") else data).decode()
    if rows:
        assert [row for _, row in containers.open_rows(tmp_path / name).read()] == rows
        assert "天气" in text, "Chinese stays Chinese"
    assert text.startswith("[") == (".json" in name and ".jsonl" not in name)


def test_a_row_that_json_cannot_hold_is_named_and_leaves_the_old_file(tmp_path: Path):
    path = tmp_path / "out.jsonl"
    path.write_text("old")
    with pytest.raises(Invalid, match="Item 2 holds a number"):
        containers.write(path, [{"a": 1}, {"a": float("inf")}])
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_and_its_target_is_written(tmp_path: Path):
    (tmp_path / "link.jsonl").symlink_to(tmp_path / "out.jsonl")
    containers.write(tmp_path / "link.jsonl", [{"a": 1}])
    assert (tmp_path / "link.jsonl").is_symlink()
    assert (tmp_path / "out.jsonl").read_text() == '{"a": 1}\n'


def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    containers.write(pipe, [{"a": 1}])
    assert os.read(reader, 100) == b'{"a": 1}\n'
    os.close(reader)
    assert pipe.is_fifo()


@pytest.mark.parametrize("name", ["out.xlsx", "out.CSV.zip", "out.arrow", "out.parquet.gz"])
def test_a_name_that_promises_another_type_is_refused(tmp_path: Path, name: str):
    with pytest.raises(Invalid, match=r"AlignLab writes \.jsonl, \.json, \.csv and \.tsv"):
        containers.check_writable(tmp_path / name)
