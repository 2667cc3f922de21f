"""Rows out of JSON Lines: one value on each line, so that a broken line leaves the others whole.

Left out: lists and single objects (`json_rows`, `json_objects`).
"""

import json
from collections.abc import Callable, Iterator
from typing import Any, TextIO

from storage.containers import json_values
from storage.containers.json_text import SPACE
from storage.containers.limits import Limits, too_long
from storage.containers.row_sources import Broken, Numbered, RowSource
from words import N_

OpenText = Callable[[], TextIO]
LINES_TRIED = 20


def source(open_text: OpenText, encoding: str, limits: Limits) -> RowSource:
    """One row a line."""
    return RowSource(N_("JSON Lines"), encoding, "line", lambda: _rows(open_text, limits))


def are_lines(open_text: OpenText, limits: Limits) -> bool:
    """Whether one of the first lines is an object of its own."""
    with open_text() as stream:
        for _ in range(LINES_TRIED):
            line = stream.readline(limits.row_characters + 1).strip(SPACE)
            if line.startswith("{") and isinstance(_decoded(line, line), dict):
                return True
    return False


def _rows(open_text: OpenText, limits: Limits) -> Iterator[Numbered]:
    """Not splitlines(): JSON text may hold the other line separators."""
    with open_text() as stream:
        number = 0
        while line := stream.readline(limits.row_characters + 1):
            number += 1
            if len(line) > limits.row_characters and not line.endswith("\n"):
                _skip_line(stream, limits)
                yield number, Broken(too_long(limits))
                continue
            text = line.strip(SPACE)
            if text:
                yield number, _decoded(text, line)


def _decoded(text: str, line: str) -> Any:
    try:
        return json_values.decode(text)
    except json.JSONDecodeError as error:
        error.colno += len(line) - len(line.lstrip(SPACE))
        return Broken(json_values.broken(error))
    except ValueError as error:
        return Broken(json_values.broken(error))


def _skip_line(stream: TextIO, limits: Limits) -> None:
    while (rest := stream.readline(limits.row_characters)) and not rest.endswith("\n"):
        pass
