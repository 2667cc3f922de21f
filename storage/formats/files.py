"""Rows out of .json and .jsonl files, also gzipped, each with the line it begins at; and rows back into files."""

import gzip
import json
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NoReturn

from storage.errors import Invalid, NotFound
from words import N_, Text

Numbered = tuple[int, Any]
Problem = tuple[int, Text]
SPACE = " \t\r\n"


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


DECODER = json.JSONDecoder(parse_constant=_refuse)


def read(path: Path) -> tuple[list[Numbered], list[Problem]]:
    """(line, value) of every row, and (line, sentence) of everything that is no JSON. Lines count from 1."""
    data = _bytes(path)
    text, problems = _text(data)
    if problems:
        return [], problems
    if not text.strip():
        return [], [(0, (N_("The file is empty."), {}))]
    return _array(text) if text.lstrip().startswith("[") else _lines(text)


def write(path: Path, rows: Iterable[dict[str, Any]]) -> int:
    """Write a list to .json, else one row a line; gzipped where the name ends in .gz. Returns the number of rows."""
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    plain = path.name.removesuffix(".gz")
    text = "[\n" + ",\n".join(lines) + "\n]\n" if plain.endswith(".json") else "".join(line + "\n" for line in lines)
    data = text.encode()
    path.write_bytes(gzip.compress(data, mtime=0) if path.name.endswith(".gz") else data)
    return len(lines)


def _bytes(path: Path) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise NotFound(
            N_("The file {name} cannot be read: {cause}."), name=path.name, cause=error.strerror or ""
        ) from error
    if not data.startswith(b"\x1f\x8b"):
        return data
    try:
        return gzip.decompress(data)
    except (OSError, EOFError, zlib.error) as error:
        raise Invalid(N_("The file {name} is a gzip file that is broken or cut off."), name=path.name) from error


def _text(data: bytes) -> tuple[str, list[Problem]]:
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return "", [(line, (N_("It is not valid UTF-8 text."), {}))]


def _lines(text: str) -> tuple[list[Numbered], list[Problem]]:
    rows: list[Numbered] = []
    problems: list[Problem] = []
    # not splitlines(): JSON text may hold the other line separators
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            rows.append((number, _decode(line)))
        except ValueError as error:
            problems.append((number, _broken(error)))
    if problems and isinstance(_whole(text), dict):
        return [], [(1, (N_("The file is one object; rows belong in a list, or one on each line."), {}))]
    return rows, problems


def _array(text: str) -> tuple[list[Numbered], list[Problem]]:
    """The array's rows. What follows a broken one cannot be told apart, so it is the last to be reported."""
    rows: list[Numbered] = []
    line, counted, position = 1, 0, _skip(text, text.index("[") + 1)
    try:
        while text[position : position + 1] != "]":
            line, counted = line + text.count("\n", counted, position), position
            value, position = DECODER.raw_decode(text, position)
            rows.append((line, value))
            position = _skip(text, position)
            if text[position : position + 1] == ",":
                position = _skip(text, position + 1)
            elif text[position : position + 1] != "]":
                raise json.JSONDecodeError("Expecting ',' or ']'", text, position)
        if text[position + 1 :].strip():
            raise json.JSONDecodeError("Extra data after the list", text, position + 1)
    except json.JSONDecodeError as error:
        return rows, [(error.lineno, _broken(error))]
    except (ValueError, RecursionError) as error:
        return rows, [(line, _broken(error))]
    return rows, []


def _decode(text: str) -> Any:
    """One JSON value."""
    try:
        return DECODER.decode(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _whole(text: str) -> Any:
    try:
        return _decode(text)
    except ValueError:
        return None


def _skip(text: str, position: int) -> int:
    while text[position : position + 1] and text[position] in SPACE:
        position += 1
    return position


def _broken(error: Exception) -> Text:
    cause = f"{error.msg} at column {error.colno}" if isinstance(error, json.JSONDecodeError) else str(error)
    return N_("It is not valid JSON: {cause}."), {"cause": cause}
