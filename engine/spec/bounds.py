"""Bounds of a run file that is plain data already, wherever it came from: JSON of a request, a form, a row.

Left out: its text (`yaml_text`), and what its settings take (`fields`).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from engine.spec.problems import SpecError, shown_key
from words import N_

MOST_DEPTH = 50
MOST_VALUES = 50_000

_UNWRITABLE = re.compile("[\0\ud800-\udfff]")  # what neither a database nor a file in UTF-8 holds


def check_bounds(data: object) -> None:
    """Raise SpecError for what is nested too deep, holds too much, or has text that no file could be written with."""
    waiting: list[tuple[str, object, int]] = [("", data, 1)]
    count = 0
    while waiting:
        path, value, depth = waiting.pop()
        count += len(value) if isinstance(value, Mapping | list | tuple) else 0
        if depth > MOST_DEPTH:
            text = N_("The run file is nested more than {most} deep at {path}; no setting is.")
            raise SpecError.at("", (text, {"most": MOST_DEPTH, "path": shown_key(path)}))
        if count > MOST_VALUES:
            text = N_("The run file holds more than {most} values: put data into a dataset.")
            raise SpecError.at("", (text, {"most": f"{MOST_VALUES:,}"}))
        if isinstance(value, str) and (wrong := _UNWRITABLE.search(value)):
            text = N_("{path} holds the character {character}, which no text has.")
            raise SpecError.at("", (text, {"path": shown_key(path), "character": f"U+{ord(wrong[0]):04X}"}))
        waiting += ((inner_path, inner, depth + 1) for inner_path, inner in _inner(path, value))


def _inner(path: str, value: object) -> Iterator[tuple[str, Any]]:
    """What stands within a value, each with its path; the keys of a block too, since they are text."""
    start = f"{path}." if path else ""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            name = start + shown_key(key)
            yield name, key
            yield name, inner
    elif isinstance(value, list | tuple):
        yield from ((f"{start}{number}", inner) for number, inner in enumerate(value, 1))
