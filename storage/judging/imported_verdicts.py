"""Verdicts that came with a file, as judgements: each under the name `imported:` and its annotator's.

Left out: reading them from a row (`storage.formats`), and those that are given here (`judgement_writes`).
"""

import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from storage import tables
from storage.records import ImportedVerdict, Item

PREFIX = "imported:"
TICK = 1e-6  # seconds between verdicts, so that they stay in the order of the file


def insert(connection: sa.Connection, dataset_id: int, items: Sequence[Item], now: float) -> None:
    """Store the verdicts of new items."""
    given = [(item, own) for item in items for own in item.verdicts]
    rows = [_row(dataset_id, item, own, now + place * TICK) for place, (item, own) in enumerate(given)]
    if rows:
        connection.execute(sa.insert(tables.Judgement), rows)


def remove(connection: sa.Connection, dataset_id: int) -> None:
    """Delete the verdicts of a dataset that nobody has seen."""
    connection.execute(sa.delete(tables.Judgement).where(tables.Judgement.dataset_id == dataset_id))


def _row(dataset_id: int, item: Item, own: ImportedVerdict, now: float) -> dict[str, Any]:
    ids = [response.id for response in item.responses]
    pair = ids if own.verdict != "ranking" else [None, None]
    return {
        "id": str(uuid.uuid4()),
        "question_id": None,
        "dataset_id": dataset_id,
        "item_id": item.id,
        "round": None,
        "response_a": pair[0],
        "response_b": pair[1],
        "shown": ids,
        "turn": 0,
        "verdict": own.verdict,
        "strength": own.strength,
        "criteria": {},
        "ranking": [list(group) for group in own.ranking] if own.verdict == "ranking" else None,
        "quality": {},
        "edits": {},
        "reasons": [],
        "comment": own.comment,
        "flag": None,
        "source": "human",
        "account": f"{PREFIX}{own.annotator}",
        "machine": None,
        "seconds": own.seconds,
        "guideline_version": None,
        "late": False,
        "supersedes": None,
        "created_at": now,
    }
