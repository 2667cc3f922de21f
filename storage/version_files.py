"""Frozen versions as Parquet files named by the hash of their content.

Left out: which dataset has which version (`storage.datasets`).
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from storage.errors import Damaged
from storage.files import atomic_write
from storage.item_content import from_json, to_json
from storage.records import Item
from words import N_, Text

JSON_FIELDS = ("prompt", "responses", "preferences", "extra")
"""Written as JSON text: a message may hold any field, which a column type cannot."""
SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        *((name, pa.string()) for name in JSON_FIELDS),
        ("topic", pa.string()),
        ("tags", pa.list_(pa.string())),
        ("flags", pa.list_(pa.string())),
        ("split", pa.string()),
    ]
)
DAMAGED = N_(
    "The file of the frozen version {version} is damaged: put a copy of {path} in its place, or freeze the dataset "
    "again, which writes it anew where the content is still the same."
)
MISSING = N_("The file of the frozen version {version} is missing: {path}.")


def write(path: Path, items: Sequence[Item]) -> None:
    """Write all items, or no file at all."""
    rows = [_row(item) for item in items]
    with atomic_write(path) as unfinished:
        pq.write_table(pa.Table.from_pylist(rows, SCHEMA), unfinished, compression="zstd", write_page_checksum=True)


def read(path: Path, item_id: str | None = None) -> list[Item]:
    """The items, in the order of their ids, or the one with this id where there is one. Raises Damaged."""
    only = None if item_id is None else [("id", "=", item_id)]
    with _explained(path):
        table = pq.read_table(path, schema=SCHEMA, filters=only, page_checksum_verification=True)
        return [_item(row) for row in table.to_pylist()]


def damage(path: Path) -> Text | None:
    """Why the file cannot be read, as far as its beginning and end tell; None where it seems whole."""
    try:
        with _explained(path):
            pq.read_metadata(path)
    except Damaged as error:
        return error.text
    return None


def is_whole(path: Path) -> bool:
    """Whether every item of the file can be read."""
    try:
        read(path)
    except Damaged:
        return False
    return True


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Raise whatever reading a broken file raises as Damaged."""
    try:
        yield
    except FileNotFoundError as error:
        raise Damaged(MISSING, version=path.stem[:8], path=str(path)) from error
    except (pa.ArrowException, OSError, ValueError, LookupError, TypeError) as error:
        raise Damaged(DAMAGED, version=path.stem[:8], path=str(path)) from error


def _row(item: Item) -> dict[str, Any]:
    row = to_json(item)
    texts = {name: json.dumps(row[name], ensure_ascii=False) for name in JSON_FIELDS}
    return {**row, **texts, "flags": list(item.flags), "split": item.split}


def _item(row: dict[str, Any]) -> Item:
    content = {**row, **{name: json.loads(row[name]) for name in JSON_FIELDS}}
    return replace(from_json(content), flags=tuple(row["flags"]), split=row["split"])
