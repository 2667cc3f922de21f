"""Log-probabilities under the reference, cached in the workspace: no run computes the same one twice.

One SQLite file per (dataset, reference, truncation), filled lazily. Each response is scored alone, so its value depends
neither on the seed nor on the batch it was needed in, nor on earlier entries. Every `get` commits what it computed.
Left out: what the reference is (`load`).
"""

import hashlib
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engine.data.templates import Encoded
from engine.models.load import Policy
from engine.models.scoring import score_one_by_one

Key = tuple[str, str]  # item id, response id


class ReferenceCache:
    """The reference's log-probs of one frozen dataset version."""

    def __init__(self, folder: Path, *key: object) -> None:
        """`key`: whatever else the values depend on (dataset hash, reference hash, precision, truncation)."""
        folder.mkdir(parents=True, exist_ok=True)
        self._file = folder / f"{hashlib.sha256(repr(key).encode()).hexdigest()[:32]}.sqlite"
        with closing(self._connect()) as connection, connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(
                "CREATE TABLE IF NOT EXISTS logps (item TEXT, response TEXT, value BLOB, PRIMARY KEY (item, response))"
                " WITHOUT ROWID"
            )

    def get(self, policy: Policy, rows_by_key: Mapping[Key, Encoded]) -> dict[Key, Tensor]:
        """Log-probs of each response's tokens, float32 on the CPU. What is not kept yet is computed and kept."""
        with closing(self._connect()) as connection:
            logps = {key: value for key in rows_by_key if (value := _read(connection, key)) is not None}
            missing = {key: encoded for key, encoded in rows_by_key.items() if key not in logps}
            if missing:
                logps |= compute(policy, missing)
                rows = [(*key, logps[key].numpy().tobytes()) for key in missing]
                with connection:
                    connection.executemany("INSERT OR IGNORE INTO logps VALUES (?, ?, ?)", rows)
        return logps

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self._file, timeout=60)


def compute(policy: Policy, rows_by_key: Mapping[Key, Encoded]) -> dict[Key, Tensor]:
    """Log-probs of each response under the reference, one response at a time."""
    with policy.reference() as model, policy.autocast():
        logps = score_one_by_one(model, list(rows_by_key.values())).logps.cpu()
    return {key: row[: len(rows_by_key[key].response)] for key, row in zip(rows_by_key, logps, strict=True)}


def _read(connection: sqlite3.Connection, key: Key) -> Tensor | None:
    row = connection.execute("SELECT value FROM logps WHERE item = ? AND response = ?", key).fetchone()
    return None if row is None else torch.from_numpy(np.frombuffer(row[0], dtype=np.float32).copy())
