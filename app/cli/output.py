"""How a command answers: JSON alone on stdout, or words and a table; refusals are one line on stderr.

Everything is printed here, so that no name, log or file of others brings a sign that the terminal obeys.
"""

import json
import math
import sys
import time
from collections.abc import Iterable, Sequence
from typing import Any

from words.names import unseen_character, visible

LONGEST_ERROR = 5000


class Failure(Exception):
    """Something a command cannot do; the text is the whole sentence. Exit code 1."""

    exit_code = 1


class Refusal(Failure):
    """Bad input: the user has to change the command. Exit code 2."""

    exit_code = 2


def print_error(sentence: str, exit_code: int) -> int:
    """Print the sentence as one line on stderr, without its line breaks; print nothing for an empty one."""
    if sentence:
        line = " ".join(sentence.split())
        note(line if len(line) <= LONGEST_ERROR else f"{line[:LONGEST_ERROR]} ...")
    return exit_code


def note(sentence: str) -> None:
    """Progress for the person: on stderr, so that stdout holds the answer alone."""
    sys.stderr.write(visible(sentence) + "\n")
    sys.stderr.flush()


def write(text: str, end: str = "\n") -> None:
    """A line of the answer."""
    sys.stdout.write(visible(text) + end)


def write_json(payload: Any) -> None:
    """The answer as one line of JSON. NaN and infinities, which JSON lacks, become null."""
    write(_escaped(json.dumps(finite(payload), ensure_ascii=False, allow_nan=False)))


def _escaped(text: str) -> str:
    """JSON with the escapes of JSON for what a terminal would obey or not show."""
    if text.isprintable():
        return text
    return "".join(json.dumps(sign)[1:-1] if unseen_character(sign) else sign for sign in text)


def finite(value: Any) -> Any:
    """The payload with null where a float is not finite."""
    if isinstance(value, dict):
        return {key: finite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [finite(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def write_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a plain table; it has no head where no column has a name, and no limit of width outside a terminal."""
    from rich.console import Console
    from rich.table import Table

    table = Table(*columns, box=None, pad_edge=False, show_header=any(columns))
    for row in rows:
        table.add_row(*("" if cell is None else visible(str(cell), kept="") for cell in row))
    Console(width=None if sys.stdout.isatty() else 400, highlight=False, markup=False, soft_wrap=True).print(table)


def local_time(at: float | None) -> str:
    """A moment as the person's clock shows it."""
    return "" if at is None else time.strftime("%Y-%m-%d %H:%M", time.localtime(at))


def megabytes(count: int) -> str:
    """Bytes as a person reads them."""
    return f"{count / 1e6:,.1f} MB"
