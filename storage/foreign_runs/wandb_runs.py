"""Runs of W&B from the folders that its client keeps: wandb/run-20260101_120000-abc/run-abc.wandb.

Read are the history, the settings and how the run ended. Left out: media, tables and system figures.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from storage.errors import Invalid
from storage.foreign_runs import wandb_log, wire
from storage.foreign_runs.foreign_run import CUT, TRAINER_STEP, ForeignRun, Point, Records, numbers

SOURCE = "wandb"
ENDING = ".wandb"
HISTORY, CONFIG, RUN, EXIT = 2, 4, 17, 18
ITEM, UPDATE, KEY, NESTED_KEY, VALUE_JSON = 1, 1, 1, 2, 16
PROJECT, RUN_CONFIG, DISPLAY_NAME, EXIT_CODE = 3, 4, 8, 1
STEP, TIME = "_step", "_timestamp"
NO_METRICS = (STEP, TIME, "_runtime", "_wandb", TRAINER_STEP)


def find(folder: Path) -> list[ForeignRun]:
    """A run for each log of W&B, here and below."""
    return [run(file) for file in sorted(folder.rglob(f"*{ENDING}")) if file.is_file()]


def run(file: Path) -> ForeignRun:
    """The run of one log; its own name stands in it."""
    return ForeignRun(SOURCE, file.stem, file.parent, (file,), _read)


def _read(run: ForeignRun) -> Records:
    (file,) = run.files
    run.state = "stopped"  # until the log says how it ended
    try:
        for message in wandb_log.messages(file, lambda: run.note((CUT, {"file": file.name}))):
            for number, _, data in wire.fields(message):
                if number == HISTORY:
                    yield from _points(dict(_items(data, ITEM)))
                elif number == CONFIG:
                    _keep_settings(run, data)
                elif number == RUN:
                    _describe(run, data)
                elif number == EXIT:
                    code = next((value for field, value, _ in wire.fields(data) if field == EXIT_CODE), 0)
                    run.state = "failed" if code else "succeeded"
    except (ValueError, OverflowError) as error:
        raise Invalid(wandb_log.NO_LOG, file=file.name) from error


def _points(row: dict[str, Any]) -> Iterator[Point]:
    step = row.get(TRAINER_STEP, row.get(STEP))
    wall_time = row.get(TIME)
    if not isinstance(step, int | float):
        return
    at = float(wall_time) if isinstance(wall_time, int | float) else 0.0
    for key, value in numbers((key, value) for key, value in row.items() if key not in NO_METRICS):
        yield Point(key, int(step), value, at)


def _items(message: bytes, field: int) -> Iterator[tuple[str, Any]]:
    """Key and value of each item of a record; a nested key with points between its parts."""
    for number, _, item in wire.fields(message):
        if number == field:
            keys, value = [], "null"
            for part, _, data in wire.fields(item):
                if part in (KEY, NESTED_KEY) and data:
                    keys.append(wire.text(data))
                elif part == VALUE_JSON:
                    value = wire.text(data)
            yield ".".join(keys), _value(value)


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError:
        return None


def _keep_settings(run: ForeignRun, config: bytes) -> None:
    run.settings.update((key, value) for key, value in _items(config, UPDATE) if not key.startswith("_wandb"))


def _describe(run: ForeignRun, message: bytes) -> None:
    for number, _, data in wire.fields(message):
        if number == DISPLAY_NAME and data:
            run.name = wire.text(data)
        elif number == RUN_CONFIG:
            _keep_settings(run, data)
