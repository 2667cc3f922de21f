"""Log-probabilities under the reference, cached in the workspace: no run computes the same one twice.

One SQLite file per (dataset, reference, truncation), filled lazily and keyed by the tokens that are scored: the same
item may have others tomorrow, under a template that writes the date. Each response is scored alone, so its value
depends neither on the seed nor on the batch it was needed in, nor on earlier entries. Every `get` commits what it
computed.
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

KEYED_BY = "tokens"  # files of earlier versions were keyed by item and response, and are not read again
Key = tuple[str, str]  # item id, response id


class ReferenceCache:
    """The reference's log-probs of one frozen dataset version."""

    def __init__(self, folder: Path, *key: object) -> None:
        """`key`: whatever else the values depend on (dataset hash, reference hash, precision, truncation)."""
        folder.mkdir(parents=True, exist_ok=True)
        self._file = folder / f"{hashlib.sha256(repr((*key, KEYED_BY)).encode()).hexdigest()[:32]}.sqlite"
        with closing(self._connect()) as connection, connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("CREATE TABLE IF NOT EXISTS logps (tokens BLOB PRIMARY KEY, value BLOB) WITHOUT ROWID")

    def get(self, policy: Policy, rows_by_key: Mapping[Key, Encoded]) -> dict[Key, Tensor]:
        """Log-probs of each response's tokens, float32 on the CPU. What is not kept yet is computed and kept."""
        digests = {key: _digest(encoded) for key, encoded in rows_by_key.items()}
        with closing(self._connect()) as connection:
            logps = {key: value for key in rows_by_key if (value := _read(connection, digests[key])) is not None}
            missing = {key: encoded for key, encoded in rows_by_key.items() if key not in logps}
            if missing:
                logps |= compute(policy, missing)
                rows = [(digests[key], logps[key].numpy().tobytes()) for key in missing]
                with connection:
                    connection.executemany("INSERT OR IGNORE INTO logps VALUES (?, ?)", rows)
        return logps

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self._file, timeout=60)


def compute(policy: Policy, rows_by_key: Mapping[Key, Encoded]) -> dict[Key, Tensor]:
    """Log-probs of each response under the reference, one response at a time."""
    with policy.reference() as model, policy.autocast():
        logps = score_one_by_one(model, list(rows_by_key.values())).logps.cpu()
    return {key: row[: len(rows_by_key[key].response)] for key, row in zip(rows_by_key, logps, strict=True)}


def _digest(encoded: Encoded) -> bytes:
    """Of the tokens of prompt and response, and of where one ends and the other begins."""
    return hashlib.sha256(repr((tuple(encoded.prompt), tuple(encoded.response))).encode()).digest()


def _read(connection: sqlite3.Connection, digest: bytes) -> Tensor | None:
    row = connection.execute("SELECT value FROM logps WHERE tokens = ?", (digest,)).fetchone()
    return None if row is None else torch.from_numpy(np.frombuffer(row[0], dtype=np.float32).copy())
