"""Sources with bytes changed or cut anywhere: each is read, or refused in words; no other error, no endless loop."""

import random
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from storage.errors import StorageError
from storage.foreign_runs import event_writing
from storage.foreign_runs.find import find
from storage.foreign_runs.foreign_run import Point
from tests.storage.foreign_runs import sources

TIMES = 60
ROWS = [{"train/loss": 0.5, "train/global_step": step, "_timestamp": 5.0, "x": "NaN"} for step in range(4)]


def event_file(folder: Path) -> Path:
    path = folder / event_writing.file_name(1.0)
    event_writing.write(path, {"beta": 0.1}, [Point("loss", step, 0.5, 1.0) for step in range(8)], 1.0)
    return path


SOURCES: dict[str, Callable[[Path], Path]] = {
    "tensorboard": event_file,
    "trainer_state": lambda folder: sources.trainer_state(folder, [1, 2]),
    "completions": lambda folder: sources.completions(folder, 1, [("Why?", "So.", 0.5)] * 4),
    "trackio": lambda folder: sources.trackio(folder / "p.db", {"one": ROWS}, {"beta": 0.1}),
    "wandb": lambda folder: sources.wandb(folder, ROWS, {"beta": 0.1}),
}


def changed(content: bytes, chance: random.Random) -> bytes:
    """The bytes with some changed, some gone, or some doubled."""
    data = bytearray(content)
    at = chance.randrange(len(data))
    kind = chance.randrange(3)
    if kind == 0:
        for _ in range(chance.randint(1, 8)):
            data[chance.randrange(len(data))] = chance.randrange(256)
    elif kind == 1:
        del data[at : at + chance.randint(1, len(data) // 3)]
    else:
        data[at:at] = data[at : at + chance.randint(1, 60)]
    return bytes(data)


@pytest.mark.parametrize("kind", SOURCES)
def test_whatever_bytes_a_source_has_it_is_read_or_refused(kind: str, tmp_path: Path) -> None:
    path = SOURCES[kind](tmp_path)
    content = path.read_bytes()
    chance = random.Random(kind)
    for _ in range(TIMES):
        path.write_bytes(changed(content, chance))
        with suppress(StorageError):
            for run in find(path):
                list(run.records())
