"""A JSON text that is read value by value and never held whole. Left out: which values are rows (`json_rows`)."""

import json
from collections.abc import Iterator
from typing import Any, TextIO

from storage.containers import json_values, limits
from storage.containers.limits import ROW, Limits
from storage.containers.row_sources import Broken
from words import N_, Text

SPACE = " \t\r\n\ufeff"
CHUNK = 2**16


class JsonText:
    """The text, and the place in it at which the next value begins.

    `value` and `take` raise ValueError: json.JSONDecodeError, or Unstorable for one that is too long.
    """

    def __init__(self, stream: TextIO, row_limits: Limits) -> None:
        self._stream, self._limits = stream, row_limits
        self._text, self._position, self._ended = "", 0, False
        self._line, self._column = 1, 1  # of `_position`

    @property
    def line(self) -> int:
        return self._line

    def peek(self) -> str:
        """The next character that is no white space; empty at the end."""
        while True:
            position = self._position
            while position < len(self._text) and self._text[position] in SPACE:
                position += 1
            self._advance(position)
            if position < len(self._text):
                return self._text[position]
            if not self._fill():
                return ""

    def take(self, sign: str) -> None:
        """Step over this sign."""
        if self.peek() != sign:
            raise self.expecting(f"'{sign}'")
        self._advance(self._position + 1)

    def value(self) -> Any:
        """The next value, or Broken for one that ends and cannot be stored.

        Its text is held while it is read, and decoded again each time that it doubles.
        """
        self.peek()
        while True:
            held = len(self._text) - self._position
            try:
                value, end = self._decoded()
                if end < len(self._text) or not self._fill():  # a number may go on
                    too_long = end - self._position > self._limits.row_characters
                    self._advance(end)
                    return Broken(limits.too_long(self._limits)) if too_long else value
            except json.JSONDecodeError as error:
                if held > self._limits.row_characters:
                    raise self._too_long(error) from error
                if not self._fill():
                    raise

    def elements(self) -> Iterator[Any]:
        """The values of the list that begins here."""
        self.take("[")
        while self.peek() != "]":
            yield self.value()
            self._step("]")
        self.take("]")

    def members(self) -> Iterator[str]:
        """The names in the object that begins here; whoever takes one reads its value."""
        self.take("{")
        while self.peek() != "}":
            name = self.value()
            if not isinstance(name, str):
                raise self.expecting("a name in quotes")
            self.take(":")
            yield name
            self._step("}")
        self.take("}")

    def _place(self, error: json.JSONDecodeError) -> Text:
        before = self._text[self._position : error.pos]
        lines = before.count("\n")
        column = len(before) - before.rfind("\n") if lines else self._column + len(before)
        return N_("line {line}, column {column}"), {"line": self._line + lines, "column": column}

    def _step(self, end: str) -> None:
        if self.peek() == ",":
            self.take(",")
        elif self.peek() != end:
            raise self.expecting(f"',' or '{end}'")

    def _decoded(self) -> tuple[Any, int]:
        try:
            return json_values.decode_at(self._text, self._position)
        except json_values.Unstorable as error:
            end = json_values.end_of(self._text, self._position)
            if end is None:
                raise
            return Broken(json_values.broken(error)), end

    def _too_long(self, error: json.JSONDecodeError) -> json_values.Unstorable:
        return json_values.Unstorable(
            N_("a row is longer than {count} characters ({setting} sets how many are read), or broken: {cause}"),
            count=f"{self._limits.row_characters:,}",
            setting=ROW,
            cause=json_values.message(error),
        )

    def broken(self, error: ValueError) -> Broken:
        """Why the text cannot be read beyond here."""
        place = self._place(error) if isinstance(error, json.JSONDecodeError) else None
        return Broken((N_("{problem} What follows was not read."), {"problem": json_values.broken(error, place)}))

    def expecting(self, sign: str) -> json.JSONDecodeError:
        """The error of another sign than this."""
        return json.JSONDecodeError(f"Expecting {sign}", self._text, self._position)

    def _advance(self, position: int) -> None:
        lines = self._text.count("\n", self._position, position)
        if lines:
            self._line += lines
            self._column = position - self._text.rfind("\n", self._position, position)
        else:
            self._column += position - self._position
        self._position = position

    def _fill(self) -> bool:
        """Read on, about as much as is held but little beyond the longest row; False where nothing more comes."""
        if self._ended:
            return False
        held = len(self._text) - self._position
        more = self._stream.read(max(CHUNK, min(held, self._limits.row_characters - held + 1)))
        if more:  # else errors keep pointing into the text that is held
            self._text, self._position = self._text[self._position :] + more, 0
        self._ended = not more
        return bool(more)
