"""TensorBoard's event files: each folder that holds some is a run.

Scalars are read in both forms (`simple_value`, and a tensor of one number), and texts that are JSON as settings, which
is how transformers writes its arguments. Source of the numbers of fields: tensorflow/core/util/event.proto,
tensorflow/core/framework/summary.proto and tensor.proto. Left out: pictures, histograms and other media.
"""

import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from storage.errors import Invalid
from storage.foreign_runs import tf_records, wire
from storage.foreign_runs.foreign_run import CUT, ForeignRun, Point, Records, Rewind
from words import N_

SOURCE = "tensorboard"
MARK = "tfevents"
NO_EVENT = N_("{file} holds a record that is no event of TensorBoard. Nothing was imported.")
WALL_TIME, STEP, SUMMARY, FILE_VERSION = 1, 2, 5, 3
VALUE = 1
TAG, SIMPLE_VALUE, TENSOR, METADATA = 1, 2, 8, 9
DTYPE, CONTENT, FLOATS, DOUBLES, STRINGS = 1, 4, 5, 6, 8
FLOAT, DOUBLE, STRING = 1, 2, 7
TEXT = "/text_summary"  # what the writers of torch and tensorboardX add to the tag of a text
ARGUMENTS = "args"


def is_event_file(path: Path) -> bool:
    """Whether TensorBoard would read it, which asks the name alone."""
    return MARK in path.name and path.is_file()


def find(folder: Path) -> list[ForeignRun]:
    """A run for each folder, here and below, that holds event files."""
    by_folder: dict[Path, list[Path]] = {}
    for path in sorted(folder.rglob(f"*{MARK}*")):
        if path.is_file():
            by_folder.setdefault(path.parent, []).append(path)
    return [run(parent, files, folder) for parent, files in by_folder.items()]


def run(folder: Path, files: list[Path], root: Path) -> ForeignRun:
    """The run of the event files of one folder, in the order of their names, which begin with their time."""
    below = folder.relative_to(root).as_posix() if folder.is_relative_to(root) else "."
    name = folder.resolve().name if below == "." else below
    return ForeignRun(SOURCE, name, folder, tuple(files), _read)


def _read(run: ForeignRun) -> Records:
    last_steps: dict[str, int] = {}
    for file in run.files:
        seen: set[str] = set()
        for point in _points(run, file):
            # a trainer that went on from a checkpoint begins a new file; TensorBoard purges likewise
            if point.key not in seen and point.step <= last_steps.get(point.key, -1):
                yield Rewind(point.key, point.step)
            seen.add(point.key)
            last_steps[point.key] = point.step
            yield point


def _points(run: ForeignRun, file: Path) -> Iterator[Point]:
    for record in tf_records.records(file, lambda: run.note((CUT, {"file": file.name}))):
        try:
            wall_time, step, summaries = _event(record)
            for summary in summaries:
                for number, _, value in wire.fields(summary):
                    if number == VALUE:
                        tag, scalar = _value(run, value)
                        if scalar is not None:
                            yield Point(tag, step, scalar, wall_time)
        except (ValueError, struct.error) as error:
            raise Invalid(NO_EVENT, file=file.name) from error


def _event(record: bytes) -> tuple[float, int, list[bytes]]:
    wall_time, step, summaries = 0.0, 0, []
    for number, integer, data in wire.fields(record):
        if number == STEP:
            step = wire.signed(integer)
        elif number == WALL_TIME:
            wall_time = wire.double(data)
        elif number == SUMMARY:
            summaries.append(data)
    return wall_time, step, summaries


def _value(run: ForeignRun, message: bytes) -> tuple[str, float | None]:
    """Tag and number of a value of a summary; a text that says settings is kept with the run."""
    tag, scalar = "", None
    for number, _, data in wire.fields(message):
        if number == TAG:
            tag = wire.text(data)
        elif number == SIMPLE_VALUE:
            scalar = wire.single(data)
        elif number == TENSOR:
            scalar = _tensor(run, tag, data)
    return tag, scalar


def _tensor(run: ForeignRun, tag: str, message: bytes) -> float | None:
    """The number of a tensor that has just one."""
    dtype, content, strings = 0, b"", []
    for number, integer, data in wire.fields(message):
        if number == DTYPE:
            dtype = integer
        elif number in (CONTENT, FLOATS, DOUBLES):
            content = data
        elif number == STRINGS:
            strings.append(data)
    if dtype == STRING and len(strings) == 1:
        _keep_settings(run, tag.removesuffix(TEXT), strings[0])
    if dtype == FLOAT and len(content) == 4:
        return wire.single(content)
    return wire.double(content) if dtype == DOUBLE and len(content) == 8 else None


def _keep_settings(run: ForeignRun, tag: str, text: bytes) -> None:
    try:
        settings: Any = json.loads(text)
    except (ValueError, RecursionError):
        return
    if isinstance(settings, dict):
        run.settings.update(settings if tag == ARGUMENTS else {tag: settings})
