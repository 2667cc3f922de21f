"""JSON rows: every way in which they lie in a file, and one clear sentence for each that is broken."""

import json
from pathlib import Path

import pytest

from storage import containers
from tests.storage.containers.conftest import Read
from words import Text, english, is_text


def test_lines_are_numbered_and_blank_ones_skipped(read: Read):
    assert read('{"a": 1}\n\n  {"a": 2}\r\n') == ([(1, {"a": 1}), (3, {"a": 2})], [])


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_any_system_ends_them(read: Read, end: str):
    assert read(end.join(['{"a": 1}', '{"a": 2}', ""])) == ([(1, {"a": 1}), (2, {"a": 2})], [])


def test_rows_of_a_list_are_counted(read: Read):
    text = '\n[\n  {"a":\n    1},\n\n  {"a": 2}, {"a": 3}\n]\n'
    assert read(text) == ([(1, {"a": 1}), (2, {"a": 2}), (3, {"a": 3})], [])
    assert read("[]") == ([], [])


@pytest.mark.parametrize("name", ["rows.json", "rows.jsonl", "rows.csv", "named.wrongly"])
def test_content_decides_and_not_the_name(read: Read, name: str):
    for text in ('{"a": "天气"}\n{"a": 2}\n', '[{"a": "天气"},\n{"a": 2}]'):
        assert read(text, name) == ([(1, {"a": "天气"}), (2, {"a": 2})], [])


def test_unicode_line_separators_inside_text_do_not_split_rows(read: Read):
    row = {"a": "one\u2028two\x85three\x0cfour"}
    assert read(json.dumps(row, ensure_ascii=False) + "\n") == ([(1, row)], [])


ROWS = [(1, {"p": "a", "c": 1}), (2, {"p": "b", "c": 2})]


@pytest.mark.parametrize(
    ("value", "container"),
    [
        ({"p": ["a", "b"], "c": [1, 2]}, "JSON object of columns"),
        ({"p": {"0": "a", "1": "b"}, "c": {"0": 1, "1": 2}}, "JSON object of columns"),
        ({"train": [{"p": "a", "c": 1}], "test": [{"p": "b", "c": 2}]}, "JSON object of lists"),
        ({"version": "2", "data": [{"p": "a", "c": 1}, {"p": "b", "c": 2}]}, "JSON object of lists"),
        ({"rows": [{"row_idx": 0, "row": {"p": "a", "c": 1}}, {"row_idx": 1, "row": {"p": "b", "c": 2}}]}, None),
    ],
)
@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("small", [False, True])
def test_one_object_holds_many_rows(tmp_path: Path, value: object, container: str | None, indent: int, small: bool):
    path = tmp_path / "f.json"
    path.write_text(json.dumps(value, indent=indent))
    limits = containers.Limits(row_characters=90) if small else containers.Limits()
    source = containers.open_rows(path, limits)
    assert list(source.read()) == ROWS
    assert source.unit == "row"
    assert container in (None, source.container)


@pytest.mark.parametrize(
    "value",
    [
        {"0": {"p": "a", "c": 1}, "1": {"p": "b", "c": 2}},
        {"data": {"train": [{"p": "a", "c": 1}], "test": [{"p": "b", "c": 2}]}},
        {"columns": ["p", "c"], "index": [0, 1], "data": [["a", 1], ["b", 2]]},
    ],
)
def test_a_small_object_may_nest_its_rows_or_be_as_pandas_writes_it(read: Read, value: object):
    assert read(json.dumps(value)) == (ROWS, [])


def test_one_object_is_one_row_where_its_lists_are_a_dialogue(read: Read):
    messages = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]
    for row in (
        {"messages": messages},
        {"prompt": "x", "chosen": "y"},
        {"prompt": "x", "completions": [{"text": "y"}]},
    ):
        assert read(json.dumps(row, indent=1)) == ([(1, row)], [])


def test_objects_over_many_lines_may_follow_each_other(read: Read):
    assert read('{\n "a": 1\n}\n{\n "a": 2\n}\n') == ([(1, {"a": 1}), (2, {"a": 2})], [])


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("", ["0: The file is empty."]),
        ("\ufeff \n\n", ["0: The file is empty."]),
        ('{"a": 1}\n{"a": \n{"b"}\n', ["2: Expecting value at column 6", "3: Expecting ':' delimiter"]),
        ('{"a": 1} {"a": 2}\n', ["1: Extra data at column 10"]),
        ('{"a": NaN}\n', ["1: NaN is no JSON number"]),
        ("天气\n", ["1: Expecting value"]),
        ('[\n{"a": 1},\n{"a": }\n]', ["2: Expecting value at line 3, column 7"]),
        ('[\n{"a": 1}\n{"a": 2}\n]', ["2: Expecting ',' or ']' at line 3, column 1"]),
        ('[\n{"a": 1}', ["2: Expecting ',' or ']' at line 2, column 9"]),
        ('[{"a": 1},', ["2: Expecting value"]),
        ('[{"a": 1}]\nand more', ["0: After the list, in line 2"]),
        ('{"data": [{"a": 1}, {"a": 2}', ["3: Expecting ',' or ']' at line 1, column 29"]),
        ("[" * 100_000, ["1: nested too deeply"]),
        ('{"a":' * 100_000, ["1: nested too deeply"]),
        ('{"a": 1}\n' + "[" * 100_000, ["2: nested too deeply"]),
        ('{"a": ' + "[" * 200 + "]" * 200 + "}", ["1: nested too deeply"]),
        ('{"a": 1, "a": 2}\n{"a": 1}', ["1: the name a stands twice in one object"]),
        ('{"a": %s}\n{"a": 1}' % ("9" * 10_000), ["1: a number has 10000 digits"]),
        ('{"a": %s}\n{"a": 1}' % ("9" * 309), ["1: is larger than can be stored"]),
        ('{"a": -1e999}\n{"a": 1}', ["1: the number -1e999 is larger than can be stored"]),
        ('{"a": "\\ud800"}\n{"a": 1}', ["1: half of a surrogate pair"]),
    ],
)
def test_a_broken_file_is_told_with_its_place(read: Read, text: str, problems: list[str]):
    sentences = read(text)[1]
    assert len(sentences) == len(problems)
    for sentence, wanted in zip(sentences, problems, strict=True):
        number, fragment = wanted.split(": ", 1)
        assert sentence.startswith(f"{number}: ")
        assert fragment in sentence


def test_rows_before_the_end_of_a_cut_object_are_still_read(read: Read):
    rows, (problem,) = read('{"train": [{"a": 1}, {"a": 2}], "test": [{"a": 3}, {"a"')
    assert rows == [(1, {"a": 1}), (2, {"a": 2}), (3, {"a": 3})]
    assert problem.startswith("4: ")
    assert "Expecting value" in read('{"a": {"b": 1}, "c": }')[1][0]


def test_a_row_of_a_list_that_cannot_be_stored_leaves_the_others(read: Read):
    rows, problems = read('[{"a": 1}, {"a": NaN}, {"a": %s}, {"a": 4}]' % ("1" * 5000))
    assert rows == [(1, {"a": 1}), (4, {"a": 4})]
    assert [problem[:2] for problem in problems] == ["2:", "3:"]


def test_a_value_across_the_pieces_in_which_a_list_is_read_is_whole(read: Read):
    rows = [{"a": "天" * 40_000, "n": number} for number in range(5)]
    assert read(json.dumps(rows, ensure_ascii=False)) == (list(enumerate(rows, 1)), [])


def test_a_row_that_is_too_long_is_told_with_the_setting(read: Read):
    limits, rows = containers.Limits(row_characters=100), [{"a": "x" * 200}, {"a": 1}]
    for text in ("\n".join(map(json.dumps, rows)), json.dumps(rows)):
        good, (problem,) = read(text, limits=limits)
        assert good == [(2, {"a": 1})]
        assert "longer than 100 characters; ALIGNLAB_MAX_ROW_CHARACTERS" in problem
    assert "longer than 100 characters" in read('[{"a": "' + "x" * 200_000, limits=limits)[1][0]


@pytest.mark.parametrize(
    "text",
    [
        '{"a": }',
        "{a: 1}",
        '{"a" 1}',
        '{"a": 1 2}',
        '{"a": "x',
        '{"a": "x\ty"}',
        r'{"a": "\x"}',
        r'{"a": "\u12"}',
        '{"a": 1} 2',
        '{"a": 1,}',
        "{\n1: 2}\n",
        '[{"a": 1} 2]',
        '[{"a": 1}, x]',
        '{"train": [{"a": 1}],\n "test": [{"a": 1}\n',
    ],
)
def test_what_a_decoder_says_can_be_translated(tmp_path: Path, text: str):
    path = tmp_path / "f.json"
    path.write_text(text)
    broken = [row.text for _, row in containers.open_rows(path).read() if isinstance(row, containers.Broken)]
    assert broken
    for text in broken:
        assert not [value for value in strings(text) if value.startswith(("Expecting", "Invalid", "Unterminated"))]
        assert "Not as JSON is written" not in english(text)


def strings(text: Text) -> list[str]:
    """The values of a sentence that are no sentences themselves."""
    values = text[1].values()
    inner = [string for value in values if is_text(value) for string in strings(value)]
    return [*inner, *(value for value in values if isinstance(value, str))]
