"""Rows out of CSV and TSV. A cell is text, unless its whole column holds scores, labels or chat messages.

Left out: what the columns mean (`storage.formats`).
"""

import ast
import csv
import io
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Self, TextIO

from storage.containers import json_values
from storage.containers.limits import Limits, too_long
from storage.containers.row_sources import Broken, Numbered, RowSource
from storage.errors import Invalid
from words import N_, Text

OpenText = Callable[[], TextIO]
csv.field_size_limit(sys.maxsize)  # it counts cells, for all readers of the process; `_Lines` counts records
DELIMITERS = {",": N_("CSV"), ";": N_("CSV with semicolons"), "\t": N_("TSV"), "|": N_("CSV with bars")}
SEPARATOR_LINE = re.compile(r"^sep=(.)\r?\n", re.I)
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
TRUTHS = {"true": True, "false": False}
VALUES = re.compile(r"score|rating|reward|rank|label|margin|strength|kto_tag|better|winner|preference", re.I)
"""Columns of these names hold numbers or truths where all their cells do; in any other a number is text."""
MESSAGES = re.compile(r"messages|conversation|dialog|history|completions|responses|prompt|chosen|rejected", re.I)
"""Columns of these names hold lists of objects where all their cells do, as JSON or as Python prints them."""
Parse = Callable[[str], Any]


def is_table(sample: str) -> bool:
    """Whether the beginning of a text is that of a table with at least two columns."""
    return _delimiter(sample) is not None


def source(open_text: OpenText, encoding: str, limits: Limits) -> RowSource:
    """The rows of a table whose first row names the columns. Raises Invalid for names that cannot be."""
    with open_text() as stream:
        delimiter = _delimiter(stream.read(2**16)) or ","
    with open_text() as stream:
        header = _header(next(_records(stream, delimiter, limits), (1, []))[1])
    parsers = _parsers(header, partial(_rows, open_text, delimiter, header, {}, limits))
    return RowSource(
        DELIMITERS[delimiter], encoding, "row", partial(_rows, open_text, delimiter, header, parsers, limits)
    )


def _delimiter(sample: str) -> str | None:
    """The sign that divides the first record into most cells, and the second into as many."""
    named = SEPARATOR_LINE.match(sample)
    if named:
        return named[1] if named[1] in DELIMITERS else None
    best, most = None, (False, 1)
    for delimiter in DELIMITERS:
        records = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
        try:
            first = next(records, [])
            second = next(records, [])
        except csv.Error:
            continue
        fit = (len(first) == len(second) and len(first) > 1, len(first) if second else 1)
        if fit > most:
            best, most = delimiter, fit
    return best


def _records(stream: TextIO, delimiter: str, limits: Limits) -> Iterator[tuple[int, list[str] | Broken]]:
    """(number, cells) of every record that is not blank; the header has the number 0."""
    number = -1
    lines = _Lines(stream, limits.row_characters)
    records = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        for cells in records:
            lines.held = 0
            if any(cells) or len(cells) > 1:
                number += 1
                yield number, cells
    except csv.Error:
        too_large = lines.held > limits.row_characters
        cause = too_long(limits) if too_large else _unmatched(records.line_num)
        yield number + 1, Broken((N_("{problem} What follows was not read."), {"problem": cause}))


class _Lines:
    """The lines of a table, without the one in which Excel names the delimiter.

    `held` counts the characters of the record that is being read. Raises csv.Error where it has too many.
    """

    def __init__(self, stream: TextIO, most_characters: int) -> None:
        self._stream, self._most_characters, self.held = stream, most_characters, 0
        first = self._next()
        self._first = "" if SEPARATOR_LINE.match(first) else first

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        line, self._first = self._first or self._next(), ""
        if not line:
            raise StopIteration
        self.held += len(line)
        if self.held > self._most_characters:
            raise csv.Error
        return line

    def _next(self) -> str:
        return self._stream.readline(self._most_characters + 1)


def _unmatched(line: int) -> Text:
    return N_("The quotes of the table do not match at line {line}."), {"line": line}


def _header(cells: list[str] | Broken) -> list[str]:
    if isinstance(cells, Broken):
        sentence, values = cells.text
        raise Invalid(sentence, **values)
    names = [name.strip() or f"column {number}" for number, name in enumerate(cells, 1)]
    json_values.check_columns(names)
    return names


def _rows(
    open_text: OpenText, delimiter: str, header: Sequence[str], parsers: Mapping[str, Parse], limits: Limits
) -> Iterator[Numbered]:
    with open_text() as stream:
        for number, cells in _records(stream, delimiter, limits):
            if number == 0:
                continue
            if isinstance(cells, Broken):
                yield number, cells
            elif len(cells) != len(header):
                sentence = N_("It has {count} cells, and the table has {columns} columns.")
                yield number, Broken((sentence, {"count": len(cells), "columns": len(header)}))
            else:
                row = zip(header, cells, strict=True)
                yield number, {name: parsers[name](cell) if name in parsers else cell for name, cell in row}


def _parsers(header: Sequence[str], rows: Callable[[], Iterator[Numbered]]) -> dict[str, Parse]:
    """How the cells of a column are read, by the column's name: the first way that fits every cell that is filled."""
    candidates: dict[str, list[Parse]] = {name: _possible(name) for name in header if _possible(name)}
    filled: set[str] = set()
    if not candidates:
        return {}
    for _, row in rows():
        if isinstance(row, Broken):
            continue
        for name, parsers in candidates.items():
            if row[name].strip():
                filled.add(name)
                parsers[:] = [parse for parse in parsers if _fits(parse, row[name])]
    return {name: parsers[0] for name, parsers in candidates.items() if parsers and name in filled}


def _possible(name: str) -> list[Parse]:
    return [_number, _truth] if VALUES.search(name) else [_objects] if MESSAGES.search(name) else []


def _fits(parse: Parse, cell: str) -> bool:
    try:
        parse(cell)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return False
    return True


def _number(cell: str) -> float | None:
    text = cell.strip()
    if not text:
        return None
    if not NUMBER.fullmatch(text):
        raise ValueError(text)
    return int(text) if text.lstrip("+-").isdigit() and json_values.finite(text) else json_values.finite(text)


def _truth(cell: str) -> bool | None:
    text = cell.strip().lower()
    if text and text not in TRUTHS:
        raise ValueError(text)
    return TRUTHS.get(text)


def _objects(cell: str) -> list[Any] | None:
    """A list of objects, as JSON or as Python prints it."""
    text = cell.strip()
    if not text:
        return None
    if not text.startswith("["):
        raise ValueError(text)
    try:
        value = json_values.decode(text)
    except json.JSONDecodeError:
        value = ast.literal_eval(text)
    if not isinstance(value, list) or not all(isinstance(element, dict) for element in value):
        raise ValueError(text)
    return value
