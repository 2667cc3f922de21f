"""Curves as an event file of TensorBoard. Written here since its writers load torch, which the dashboard never does.

Source: tensorflow/core/util/event.proto and tensorflow/core/framework/summary.proto. Left out: samples and pictures.
"""

import json
import os
import socket
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from storage.files import atomic_write
from storage.foreign_runs import event_files, tf_records, wire
from storage.foreign_runs.foreign_run import Point

VERSION = b"brain.Event:2"
PLUGIN_DATA, PLUGIN_NAME = 1, 1  # of SummaryMetadata
SHAPE, DIMENSION, SIZE = 2, 2, 1  # of TensorProto and its shape


def file_name(now: float) -> str:
    """A name that TensorBoard knows as that of an event file; it sorts by time."""
    return f"events.out.tfevents.{int(now):010d}.{socket.gethostname()}.{os.getpid()}.0"


def write(path: Path, settings: Mapping[str, Any], points: Iterable[Point], now: float) -> int:
    """Write the settings as a text and each point as a scalar; how many points there were. All of it or nothing."""
    count = 0
    with atomic_write(path) as unfinished, unfinished.open("wb") as file:
        _put(file, now, wire.bytes_field(event_files.FILE_VERSION, VERSION))
        _put(
            file, now, _summary(0, _text(event_files.ARGUMENTS, json.dumps(settings, ensure_ascii=False, default=str)))
        )
        for point in points:
            _put(file, point.wall_time, _summary(point.step, _scalar(point.key, point.value)))
            count += 1
    return count


def _put(file: BinaryIO, wall_time: float, content: bytes) -> None:
    file.write(tf_records.encoded(wire.double_field(event_files.WALL_TIME, wall_time) + content))


def _summary(step: int, value: bytes) -> bytes:
    summary = wire.bytes_field(event_files.VALUE, value)
    return wire.varint_field(event_files.STEP, step) + wire.bytes_field(event_files.SUMMARY, summary)


def _scalar(key: str, value: float) -> bytes:
    return wire.bytes_field(event_files.TAG, key.encode()) + wire.single_field(event_files.SIMPLE_VALUE, value)


def _text(tag: str, text: str) -> bytes:
    """A tensor of one string, under the plugin of texts."""
    shape = wire.bytes_field(SHAPE, wire.bytes_field(DIMENSION, wire.varint_field(SIZE, 1)))
    dtype = wire.varint_field(event_files.DTYPE, event_files.STRING)
    tensor = dtype + shape + wire.bytes_field(event_files.STRINGS, text.encode())
    plugin = wire.bytes_field(PLUGIN_DATA, wire.bytes_field(PLUGIN_NAME, b"text"))
    return (
        wire.bytes_field(event_files.TAG, f"{tag}{event_files.TEXT}".encode())
        + wire.bytes_field(event_files.TENSOR, tensor)
        + wire.bytes_field(event_files.METADATA, plugin)
    )
