"""Trackio's file of a project: an SQLite database whose table `metrics` has a row a step, its metrics as JSON text.

Runs are told apart by `run_id` where the version has that column, else by `run_name` (and `project_name`, which the
first versions had). Source: trackio/sqlite_storage.py. Left out: media, tables and system figures.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from storage.errors import Invalid
from storage.foreign_runs.foreign_run import TRAINER_STEP, ForeignRun, Point, Records, numbers
from words import N_

SOURCE = "trackio"
HEADER = b"SQLite format 3\0"
NEEDED = {"timestamp", "run_name", "step", "metrics"}
NO_FILE = N_("{file} is no file of Trackio: it has no table of metrics.")
DAMAGED = N_("{file} is damaged: {error}. Nothing was imported.")


def is_database(path: Path) -> bool:
    """Whether it is a file of SQLite."""
    with path.open("rb") as file:
        return file.read(len(HEADER)) == HEADER


def find(file: Path) -> list[ForeignRun]:
    """The runs of a project's file. Raises Invalid where it is none."""
    try:
        with closing(_opened(file)) as connection:
            names = _columns(connection, file)
            identity = _identity(names)
            query = f"SELECT {identity}, MAX(run_name) FROM metrics GROUP BY {identity} ORDER BY MIN(rowid)"
            return [_run(file, row[:-1], str(row[-1])) for row in connection.execute(query)]
    except sqlite3.Error as error:
        raise Invalid(DAMAGED, file=file.name, error=str(error)) from error


def _run(file: Path, identity: tuple[Any, ...], name: str) -> ForeignRun:
    part = "/".join(map(str, identity))
    return ForeignRun(SOURCE, name, file, (file,), lambda run: _read(run, identity), part)


def _read(run: ForeignRun, identity: tuple[Any, ...]) -> Records:
    (file,) = run.files
    try:
        with closing(_opened(file)) as connection:
            names = _columns(connection, file)
            condition = " AND ".join(f"{column} = ?" for column in _identity(names).split(", "))
            run.settings.update(_settings(connection, run.name))
            query = f"SELECT timestamp, step, metrics FROM metrics WHERE {condition} ORDER BY step, rowid"
            for timestamp, step, text in connection.execute(query, identity):
                yield from _points(timestamp, step, json.loads(text))
    except (sqlite3.Error, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise Invalid(DAMAGED, file=file.name, error=str(error)) from error


def _points(timestamp: Any, step: int, row: Any) -> Iterator[Point]:
    if not isinstance(row, dict):
        return
    trainer_step = row.pop(TRAINER_STEP, None)
    at = int(trainer_step if isinstance(trainer_step, int | float) else step)
    wall_time = _seconds(timestamp)
    yield from (Point(str(key), at, value, wall_time) for key, value in numbers(row.items()))


def _seconds(timestamp: Any) -> float:
    try:
        return datetime.fromisoformat(str(timestamp)).timestamp()
    except (ValueError, OverflowError, OSError):
        return 0.0


def _settings(connection: sqlite3.Connection, name: str) -> dict[str, Any]:
    """What Trackio keeps as the run's config; underscores begin its own entries."""
    columns = {row[1] for row in connection.execute("PRAGMA table_info(configs)")}
    if not {"run_name", "config"} <= columns:
        return {}
    row = connection.execute("SELECT config FROM configs WHERE run_name = ?", (name,)).fetchone()
    config = json.loads(row[0]) if row else {}
    return {key: value for key, value in config.items() if not key.startswith("_")} if isinstance(config, dict) else {}


def _columns(connection: sqlite3.Connection, file: Path) -> set[str]:
    names = {row[1] for row in connection.execute("PRAGMA table_info(metrics)")}
    if not names >= NEEDED:
        raise Invalid(NO_FILE, file=file.name)
    return names


def _identity(names: set[str]) -> str:
    """The columns that tell runs apart."""
    if "run_id" in names:
        return "COALESCE(run_id, run_name)"
    return "project_name, run_name" if "project_name" in names else "run_name"


def _opened(file: Path) -> sqlite3.Connection:
    """The database for reading alone; what its schema says is not trusted to call anything."""
    connection = sqlite3.connect(f"file:{quote(str(file.resolve()))}?mode=ro", uri=True)
    connection.execute("PRAGMA trusted_schema = OFF")
    return connection
