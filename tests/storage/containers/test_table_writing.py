"""Tables: what a cell or a column cannot hold stands as JSON text, and the rest comes back as it was."""

from pathlib import Path
from typing import Any

import pytest

from storage import containers

TURNS = [{"role": "user", "content": '天气?\r\n"yes", it is'}, {"role": "assistant", "content": "a", "name": "Ada"}]


def again(path: Path, rows: list[dict[str, Any]]) -> list[Any]:
    assert containers.write(path, iter(rows)) == len(rows)
    return [row for _, row in containers.open_rows(path).read()]


@pytest.mark.parametrize("name", ["out.csv", "out.tsv", "out.csv.gz", "out.parquet"])
def test_text_messages_scores_and_labels_come_back(tmp_path: Path, name: str):
    rows = [
        {"prompt": TURNS, "chosen": "a\rb", "score_chosen": 0.5, "label": True, "note": "07"},
        {"prompt": TURNS[:1], "chosen": "=1+1", "score_chosen": 2, "label": False, "note": "x,;\t|y"},
    ]
    assert again(tmp_path / name, rows) == rows


def test_a_table_has_a_column_for_each_field_of_any_row(tmp_path: Path):
    rows = again(tmp_path / "out.csv", [{"a": "x", "b": "y"}, {"a": "x", "c": "z"}])
    assert rows == [{"a": "x", "b": "y", "c": ""}, {"a": "x", "b": "", "c": "z"}]


@pytest.mark.parametrize("values", [[1, "x"], [{}, {}], [10**30, 1], [{"a": 1}, {"a": "x"}], [[1], {"a": 2}]])
def test_what_has_no_type_in_parquet_stands_as_json_text(tmp_path: Path, values: list[Any]):
    rows = again(tmp_path / "out.parquet", [{"p": "x", "v": value} for value in values])
    assert all(isinstance(row["v"], str) for row in rows)


def test_a_field_of_one_message_does_not_stand_in_its_fellows(tmp_path: Path):
    rows = [{"prompt": TURNS}]
    assert again(tmp_path / "out.parquet", rows) == rows


@pytest.mark.parametrize("cell", ['{"a": 1}', '["a"]', "{broken"])
def test_an_answer_that_happens_to_be_json_stays_text(tmp_path: Path, cell: str):
    rows = [{"prompt": "x", "chosen": cell, "input": cell}]
    assert again(tmp_path / "out.csv", rows) == rows
