"""Rows out of a JSON text, whose first sign says how they lie in it: a list, an object, or one row a line.

Left out: decoding (`json_values`), and reading a text piece by piece (`json_text`).
"""

from collections.abc import Iterator

from storage.containers import json_lines, json_objects
from storage.containers.json_lines import OpenText
from storage.containers.json_text import JsonText
from storage.containers.limits import Limits
from storage.containers.row_sources import Broken, Numbered, RowSource
from words import N_


def source(open_text: OpenText, encoding: str, limits: Limits) -> RowSource:
    """The rows of a JSON text."""
    with open_text() as stream:
        first = JsonText(stream, limits).peek()
    if first == "[":
        return RowSource(N_("JSON list"), encoding, "row", lambda: _list(open_text, limits))
    if first == "{":
        return json_objects.source(open_text, encoding, limits)
    return json_lines.source(open_text, encoding, limits)


def _list(open_text: OpenText, limits: Limits) -> Iterator[Numbered]:
    """What follows a row that does not end cannot be told apart, so that row is the last."""
    with open_text() as stream:
        text = JsonText(stream, limits)
        number = 0
        try:
            for number, value in enumerate(text.elements(), 1):
                yield number, value
        except ValueError as error:
            yield number + 1, text.broken(error)
            return
        if text.peek():
            yield 0, Broken((N_("After the list, in line {line}, there is more."), {"line": text.line}))
