"""Which column of a file stands for which field, where a person says so: prompt=question,chosen=response_a.

Left out: what the fields mean (`storage.formats`), and which columns are understood without being named.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from storage.errors import Invalid
from words import N_
from words.names import listed

Columns = Mapping[str, str]
"""field -> column of the file. A column inside an object is written `data.prompt`, one in a list `answers.0.text`."""
TARGETS = (
    "prompt",
    "system",
    "messages",
    "chosen",
    "rejected",
    "score_chosen",
    "score_rejected",
    "response_a",
    "response_b",
    "preference",
    "completion",
    "label",
    "score",
)
NUMBERS = ("score_chosen", "score_rejected", "score")
DISPLACED = "{name} (file)"
"""How a column is called whose name another column takes; it is kept, unread."""
MISSING = object()
MOST_COLUMNS = 500  # that are offered


def parse(texts: Iterable[str]) -> dict[str, str]:
    """The mapping out of texts such as `prompt=question,chosen=response_a`. Raises Invalid."""
    columns: dict[str, str] = {}
    for part in _parts(texts):
        target, equals, source = (piece.strip() for piece in part.partition("="))
        if not (equals and target and source):
            raise Invalid(N_("{part} maps no column: write FIELD=COLUMN, such as prompt=question."), part=part or '""')
        if target in columns:
            raise Invalid(N_("The field {target} is mapped twice."), target=target)
        columns[target] = source
    check_targets(columns)
    return columns


def check_targets(columns: Columns) -> None:
    """Raise Invalid for a field that no column can stand for."""
    for target in columns:
        if target not in TARGETS:
            sentence = N_("There is no field {target} to map a column to; there are {known}.")
            raise Invalid(sentence, target=target, known=", ".join(TARGETS))


def check_sources(columns: Columns, rows: Sequence[Mapping[str, Any]]) -> None:
    """Raise Invalid for a column that none of the rows has."""
    for source in columns.values():
        if all(look(row, source) is MISSING for row in rows):
            sentence = N_("The file has no column {source}; it has {known}.")
            raise Invalid(sentence, source=source, known=listed(named_columns(rows)))


def named_columns(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """The columns that rows have, also those inside objects, in the order in which they come."""
    names: dict[str, None] = {}
    for row in rows:
        for name, value in row.items():
            names[name] = None
            if isinstance(value, dict):
                names.update({f"{name}.{inner}": None for inner in value})
    return list(names)[:MOST_COLUMNS]


def apply(columns: Columns, row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with its columns under the names of the fields that they stand for."""
    taken = set(columns.values())
    mapped = {DISPLACED.format(name=name) if name in columns else name: row[name] for name in row if name not in taken}
    for target, source in columns.items():
        value = look(row, source)
        if value is not MISSING:
            mapped[target] = _number(value) if target in NUMBERS else value
    return mapped


def look(row: Mapping[str, Any], source: str) -> Any:
    """The value of a column, MISSING where the row lacks it. A column of that very name goes before a path."""
    if source in row:
        return row[source]
    value: Any = row
    for name in source.split("."):
        if isinstance(value, Mapping) and name in value:
            value = value[name]
        elif (
            isinstance(value, list) and name.isascii() and name.isdigit() and len(name) < 10 and int(name) < len(value)
        ):
            value = value[int(name)]
        else:
            return MISSING
    return value


def _parts(texts: Iterable[str]) -> list[str]:
    """The texts cut at commas; a piece without `=` belongs to a column with a comma in its name."""
    parts: list[str] = []
    for text in texts:
        for index, piece in enumerate(text.split(",")):
            if index and "=" not in piece and piece.strip():
                parts[-1] += f",{piece}"
            elif piece.strip() or not index:
                parts.append(piece)
    return parts


def _number(value: Any) -> Any:
    """The number that a cell of a table holds as text, None for an empty cell, else the value as it is."""
    if not isinstance(value, str):
        return value
    try:
        number = float(value) if value.strip() else None
    except ValueError:
        return value
    return value if number is not None and not math.isfinite(number) else number
