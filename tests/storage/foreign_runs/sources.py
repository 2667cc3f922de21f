"""Sources of runs as other programs write them, made without the code that reads them."""

import json
import sqlite3
import struct
import zlib
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

BLOCK = 32_768
TRL_DPO_LOG = {
    "loss": 0.6931,
    "grad_norm": 3.2,
    "learning_rate": 5e-07,
    "logits/chosen": -1.5,
    "logits/rejected": -1.4,
    "logps/chosen": -50.0,
    "logps/rejected": -60.0,
    "rewards/chosen": 0.1,
    "rewards/rejected": -0.1,
    "rewards/margins": 0.2,
    "rewards/accuracies": 0.75,
    "num_tokens": 1024.0,
    "epoch": 0.1,
}
"""What TRL's DPOTrainer logs at a step (TRL 1.16)."""
TRL_DPO_EVALUATION = {
    "eval_loss": 0.6,
    "eval_rewards/margins": 0.3,
    "eval_rewards/accuracies": 0.8,
    "eval_runtime": 2.0,
    "epoch": 0.1,
}


def trainer_state(folder: Path, steps: Iterable[int], *, planned: int = 20) -> Path:
    """A checkpoint folder of TRL with its state; returns the file."""
    log: list[dict[str, Any]] = [{**TRL_DPO_LOG, "loss": 0.6931 - 0.01 * step, "step": step} for step in steps]
    log.append({**TRL_DPO_EVALUATION, "step": log[-1]["step"]})
    state = {"global_step": log[-1]["step"], "max_steps": planned, "log_history": log, "train_batch_size": 4}
    checkpoint = folder / f"checkpoint-{log[-1]['step']}"
    checkpoint.mkdir(parents=True)
    (checkpoint / "adapter_config.json").write_text(json.dumps({"base_model_name_or_path": "org/base"}))
    file = checkpoint / "trainer_state.json"
    file.write_text(json.dumps(state))
    return file


def completions(folder: Path, step: int, rows: Iterable[tuple[str, str, float]]) -> Path:
    """A table of TRL's GRPOTrainer with (prompt, completion, reward) of one step."""
    prompts, texts, rewards = map(list, zip(*rows, strict=True))
    columns = {"step": [step] * len(prompts), "prompt": prompts, "completion": texts, "reward_len": rewards}
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"completions_{step:05d}.parquet"
    pq.write_table(pa.table({**columns, "advantage": [0.5] * len(prompts)}), path)
    return path


def trackio(path: Path, rows: Mapping[str, list[dict[str, Any]]], config: dict[str, Any]) -> Path:
    """A project of Trackio with the rows of each run, as transformers' TrackioCallback logs them."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "CREATE TABLE metrics (id INTEGER PRIMARY KEY, timestamp TEXT NOT NULL, run_name TEXT NOT NULL, "
            "step INTEGER NOT NULL, metrics TEXT NOT NULL)"
        )
        connection.execute("CREATE TABLE configs (id INTEGER PRIMARY KEY, run_name TEXT, config TEXT, created_at TEXT)")
        for run, metrics in rows.items():
            connection.execute("INSERT INTO configs (run_name, config) VALUES (?, ?)", (run, json.dumps(config)))
            for number, row in enumerate(metrics):
                values = ("2026-01-01T00:00:00+00:00", run, number, json.dumps(row))
                connection.execute(
                    "INSERT INTO metrics (timestamp, run_name, step, metrics) VALUES (?, ?, ?, ?)", values
                )
        connection.commit()
    return path


def wandb(folder: Path, rows: Iterable[dict[str, Any]], config: dict[str, Any], *, exit_code: int | None = 0) -> Path:
    """A folder of W&B's client in offline mode; returns the log in it."""
    run = _field(8, b"brisk-river-1") + _field(4, b"".join(_field(1, _item(*pair)) for pair in config.items()))
    messages = [_field(17, run)]
    messages += [_field(2, b"".join(_field(1, _item(*pair)) for pair in row.items())) for row in rows]
    if exit_code is not None:
        messages.append(_field(18, b"\x08" + bytes([exit_code])))
    place = folder / "wandb" / "offline-run-20260101_000000-abc"
    place.mkdir(parents=True)
    path = place / "run-abc.wandb"
    path.write_bytes(_framed(messages))
    return path


def _item(key: str, value: Any) -> bytes:
    return _field(2, key.encode()) + _field(16, json.dumps(value).encode())


def _field(number: int, data: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def _varint(value: int) -> bytes:
    parts = bytearray()
    while value > 127:
        parts.append(value % 128 + 128)
        value //= 128
    return bytes([*parts, value])


def _framed(messages: Iterable[bytes]) -> bytes:
    """The messages in blocks, cut where a block ends, as LevelDB's logs are."""
    log = bytearray(b":W&B" + struct.pack("<HB", 0xBEE1, 0))
    for message in messages:
        rest, first = message, True
        while True:
            room = BLOCK - len(log) % BLOCK
            if room < 7:
                log += bytes(room)
                room = BLOCK
            part, rest = rest[: room - 7], rest[room - 7 :]
            kind = (1 if not rest else 2) if first else (4 if not rest else 3)
            log += struct.pack("<IHB", zlib.crc32(bytes([kind]) + part), len(part), kind) + part
            first = False
            if not rest:
                break
    return bytes(log)
