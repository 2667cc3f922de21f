"""JSON values as they can be stored: no NaN, no number that no float holds, no name twice, no endless nesting.

Left out: where a value lies in a file (`json_text`, `json_rows`).
"""

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from storage.errors import Invalid
from words import N_, Text
from words.names import shortened

MOST_DEPTH = 100
MOST_DIGITS = 309
SHOWN_CHARACTERS = 40
MESSAGES = {
    "Expecting value": N_("Expecting value"),
    "Expecting property name enclosed in double quotes": N_("Expecting property name enclosed in double quotes"),
    "Expecting a name in quotes": N_("Expecting a name in quotes"),
    "Expecting ':' delimiter": N_("Expecting ':' delimiter"),
    "Expecting ',' delimiter": N_("Expecting ',' delimiter"),
    "Expecting ':'": N_("Expecting ':'"),
    "Expecting ',' or ']'": N_("Expecting ',' or ']'"),
    "Expecting ',' or '}'": N_("Expecting ',' or '}}'"),
    "Illegal trailing comma before end of object": N_("Illegal trailing comma before end of object"),
    "Illegal trailing comma before end of array": N_("Illegal trailing comma before end of array"),
    "Unterminated string starting": N_("Unterminated string starting"),
    "Invalid control character": N_("Invalid control character"),
    "Invalid \\escape": N_("Invalid \\escape"),
    "Invalid \\uXXXX escape": N_("Invalid \\uXXXX escape"),
    "Extra data": N_("Extra data"),
}
"""What decoders say, Python's and `json_text`, as sentences that are translated."""
OTHER_MISTAKE = N_("Not as JSON is written")
SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class Unstorable(ValueError):
    """A value that is JSON by its signs, and cannot be stored; `text` is the reason."""

    def __init__(self, msgid: str, **values: Any) -> None:
        super().__init__(msgid)
        self.text: Text = (msgid, values)


def _constant(name: str) -> Any:
    raise Unstorable(N_("{name} is no JSON number"), name=name)


def _integer(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise Unstorable(N_("a number has {count} digits, more than can be stored"), count=len(digits))
    finite(digits)
    return int(digits)


def finite(digits: str) -> float:
    """The number that these digits write. Raises Unstorable for one that no float holds."""
    number = float(digits)
    if not math.isfinite(number):
        raise Unstorable(
            N_("the number {number} is larger than can be stored"), number=shortened(digits, SHOWN_CHARACTERS)
        )
    return number


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    row = dict(members)
    if len(row) != len(members):
        name = repeated(name for name, _ in members)
        raise Unstorable(N_("the name {name} stands twice in one object"), name=shortened(name, SHOWN_CHARACTERS))
    return row


DECODER = json.JSONDecoder(parse_constant=_constant, parse_int=_integer, parse_float=finite, object_pairs_hook=_object)
ANY = json.JSONDecoder(parse_int=str, parse_float=str)
"""Decodes what `DECODER` refuses, to find where it ends."""


def decode(text: str) -> Any:
    """The one value of a text without space around it. Raises ValueError (JSONDecodeError, Unstorable)."""
    value, end = decode_at(text, 0)
    if end < len(text):
        raise json.JSONDecodeError("Extra data", text, len(text) - len(text[end:].lstrip(" \t\r\n")))
    return value


def decode_at(text: str, position: int) -> tuple[Any, int]:
    """The value that begins at a position, and where it ends. Raises ValueError (JSONDecodeError, Unstorable)."""
    try:
        value, end = DECODER.raw_decode(text, position)
    except RecursionError as error:
        raise Unstorable(N_("it is nested too deeply")) from error
    if text.count("[", position, end) + text.count("{", position, end) > MOST_DEPTH and _depth(value) > MOST_DEPTH:
        raise Unstorable(N_("it is nested too deeply"))
    if SURROGATE.search(text, position, end):
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            raise Unstorable(N_("it holds half of a surrogate pair, which is no character")) from error
    return value, end


def end_of(text: str, position: int) -> int | None:
    """Where a value ends that cannot be stored; None where that is not known. Raises json.JSONDecodeError."""
    try:
        return ANY.raw_decode(text, position)[1]
    except RecursionError:
        return None


def broken(error: ValueError, place: Text | None = None) -> Text:
    """Why the JSON cannot be read, and where, as a sentence."""
    if isinstance(error, Unstorable):
        return N_("It cannot be read as JSON: {cause}."), {"cause": error.text}
    if isinstance(error, json.JSONDecodeError):
        where = place or (N_("column {column}"), {"column": error.colno})
        cause = (N_("{error} at {place}"), {"error": message(error), "place": where})
        return N_("It is not valid JSON: {cause}."), {"cause": cause}
    return N_("It is not valid JSON: {cause}."), {"cause": (OTHER_MISTAKE, {})}


def message(error: json.JSONDecodeError) -> Text:
    """What a decoder says, without the place."""
    return MESSAGES.get(error.msg.partition(": ")[0].removesuffix(" at"), OTHER_MISTAKE), {}


def repeated(names: Iterable[str]) -> str:
    """The most frequent of the names if one stands more than once, else an empty text."""
    ((name, count),) = Counter(names).most_common(1) or [("", 0)]
    return name if count > 1 else ""


def check_columns(names: Sequence[str]) -> None:
    """Raise Invalid where two columns of a table have one name."""
    if name := repeated(names):
        raise Invalid(
            N_("Two columns of the table are named {name}: rename one."), name=shortened(name, SHOWN_CHARACTERS)
        )


def _depth(value: Any) -> int:
    """How many lists and objects stand inside each other; a walk without recursion."""
    depth, level = 0, [value]
    while level:
        inner: list[Any] = []
        for node in level:
            if isinstance(node, dict):
                inner.extend(node.values())
            elif isinstance(node, list):
                inner.extend(node)
        level, depth = [node for node in inner if isinstance(node, dict | list)], depth + 1
    return depth
