"""CSV and TSV: cells, quotes, delimiters, and which cells are not text."""

import csv
import io
import json

import pytest

from storage import containers
from storage.errors import Invalid
from tests.storage.containers.conftest import Read


def table(rows: list[list[str]], delimiter: str = ",") -> str:
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter).writerows(rows)
    return file.getvalue()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_cells_keep_quotes_line_ends_and_delimiters(read: Read, delimiter: str):
    cells = ['two\nlines, "quoted"; and\tmore|', "天气", ""]
    text = table([["prompt", "chosen", "rejected"], cells, ["b", "c", "d"]], delimiter)
    assert read(text, "rows.txt") == (
        [
            (1, {"prompt": cells[0], "chosen": "天气", "rejected": ""}),
            (2, {"prompt": "b", "chosen": "c", "rejected": "d"}),
        ],
        [],
    )


def test_marks_and_lines_of_excel_are_no_part_of_the_table(read: Read):
    assert read("\ufeffsep=;\r\na;b\r\n1,2;3\r\n\r\n", "x.csv") == ([(1, {"a": "1,2", "b": "3"})], [])


def test_a_number_in_a_column_of_text_stays_text_and_scores_are_numbers(read: Read):
    header = ["prompt", "chosen", "rejected", "score_chosen", "label", "rating"]
    text = table([header, ["2+2?", "4", "5", "0.5", "True", "3"], ["1+1?", "2", "3", "", "false", "n/a"]])
    rows = [row for _, row in read(text)[0]]
    assert rows[0] == {
        "prompt": "2+2?",
        "chosen": "4",
        "rejected": "5",
        "score_chosen": 0.5,
        "label": True,
        "rating": "3",
    }
    assert (rows[1]["score_chosen"], rows[1]["label"], rows[1]["rating"]) == (None, False, "n/a")


def test_cells_that_hold_messages_are_read_as_such(read: Read):
    messages = [{"role": "user", "content": 'It\'s "fine"'}]
    for cell in (json.dumps(messages), repr(messages)):
        assert read(table([["messages", "note"], [cell, "[1]"]]))[0] == [(1, {"messages": messages, "note": "[1]"})]
    text = table([["messages", "note"], [json.dumps(messages), ""], ["[INST] Hi", ""]])
    assert [row["messages"] for _, row in read(text)[0]] == [json.dumps(messages), "[INST] Hi"], "one is no list"


def test_a_table_of_one_column_needs_a_name_that_says_so(read: Read):
    assert read("prompt\nHello\n", "x.csv") == ([(1, {"prompt": "Hello"})], [])
    assert "Expecting value" in read("prompt\nHello\n", "x.jsonl")[1][0]


def test_a_line_with_commas_alone_is_a_table_only_by_its_name(read: Read):
    assert read("prompt,chosen\n", "x.csv") == ([], [])
    assert "Expecting value" in read('\u00a0{"a": 1, "b": 2}\n')[1][0]


def test_lines_of_json_after_a_broken_one_are_no_table(read: Read):
    good, problems = read('oops, what\n{"a": 1}\n')
    assert (good, len(problems)) == ([(2, {"a": 1})], 1)


def test_rows_that_do_not_fit_are_told_by_number(read: Read):
    good, problems = read('a,b\n1,2,3\n4,5\n"6,7\n')
    assert good == [(2, {"a": "4", "b": "5"})]
    assert problems[0] == "1: It has 3 cells, and the table has 2 columns."
    assert problems[1].startswith("3: The quotes of the table do not match at line 4")


@pytest.mark.parametrize("text", ["a,a\n1,2\n", "a, a \n1,2\n"])
def test_columns_of_one_name_are_refused(read: Read, text: str):
    with pytest.raises(Invalid, match="Two columns of the table are named a"):
        read(text)


def test_a_cell_or_line_that_is_too_long_is_told(read: Read):
    limits = containers.Limits(row_characters=50)
    for text in ("a,b\n1," + "x" * 80 + "\n", 'a,b\n1,"' + "x\n" * 80 + '"\n'):
        assert "longer than 50 characters" in read(text, limits=limits)[1][0]


@pytest.mark.parametrize("name", ["ORCID", "PARENT_ID", "PAR1", "GIF87", "GGUF_file"])
def test_a_column_whose_name_begins_like_another_file_is_a_column(read: Read, name: str):
    assert read(f"{name},prompt\n1,Hi\n2,Ho\n".encode())[1] == []
