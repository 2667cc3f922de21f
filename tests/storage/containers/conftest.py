"""Reads bytes as the file of a given name would be read."""

from collections.abc import Callable
from pathlib import Path

import pytest

from storage import containers
from words import english

Read = Callable[..., tuple[list[tuple[int, object]], list[str]]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """(good rows, ["number: sentence" of the broken ones]), each row with its number."""

    def rows(
        data: bytes | str, name: str = "rows.jsonl", limits: containers.Limits | None = None
    ) -> tuple[list[tuple[int, object]], list[str]]:
        path = tmp_path / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        numbered = list(containers.open_rows(path, limits).read())
        good = [(number, row) for number, row in numbered if not isinstance(row, containers.Broken)]
        broken = [(number, row.text) for number, row in numbered if isinstance(row, containers.Broken)]
        return good, [f"{number}: {english(text)}" for number, text in broken]

    return rows
