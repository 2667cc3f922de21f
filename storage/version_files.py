"""Frozen versions as Parquet files named by the hash of their content.

Left out: which dataset has which version (`storage.datasets`).
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from storage.files import atomic_write
from storage.item_content import from_json, to_json
from storage.records import Item

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


def write(path: Path, items: Sequence[Item]) -> None:
    """Write all items, or no file at all."""
    rows = [_row(item) for item in items]
    with atomic_write(path) as unfinished:
        pq.write_table(pa.Table.from_pylist(rows, SCHEMA), unfinished, compression="zstd")


def read(path: Path) -> list[Item]:
    """The items, in the order of their ids."""
    return [_item(row) for row in pq.read_table(path, schema=SCHEMA).to_pylist()]


def _row(item: Item) -> dict[str, Any]:
    row = to_json(item)
    texts = {name: json.dumps(row[name], ensure_ascii=False) for name in JSON_FIELDS}
    return {**row, **texts, "flags": list(item.flags), "split": item.split}


def _item(row: dict[str, Any]) -> Item:
    content = {**row, **{name: json.loads(row[name]) for name in JSON_FIELDS}}
    return replace(from_json(content), flags=tuple(row["flags"]), split=row["split"])
