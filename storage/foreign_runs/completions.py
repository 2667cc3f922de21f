"""TRL's tables of sampled answers: completions_00010.parquet, one for each step that was logged.

Columns: step, prompt, completion, one of each reward function, and advantage.
Left out: curves, which the trainer writes elsewhere (`trainer_state`, `event_files`).
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from storage.errors import Invalid
from storage.foreign_runs.foreign_run import Completion, ForeignRun, Records, numbers
from words import N_

SOURCE = "completions"
PATTERN = "completions_*.parquet"
NAMED = ("step", "prompt", "completion")
ROWS_AT_ONCE = 500
NO_TABLE = N_("{file} has no columns step, prompt and completion, as TRL's tables have.")


def files_in(folder: Path) -> list[Path]:
    """The tables of a trainer's output folder, in the order of their steps."""
    return sorted({*folder.glob(PATTERN), *folder.glob(f"completions/{PATTERN}")})


def find(folder: Path) -> list[ForeignRun]:
    """A run that has answers alone, where there are such tables."""
    files = files_in(folder)
    output = folder.resolve().parent if folder.name == SOURCE else folder.resolve()
    return [ForeignRun(SOURCE, output.name, output, tuple(files), _read)] if files else []


def _read(run: ForeignRun) -> Records:
    for file in run.files:
        yield from read(file)


def read(file: Path) -> Iterator[Completion]:
    """The answers of one table. Raises Invalid where it is none of TRL's."""
    try:
        with pq.ParquetFile(file) as table:
            schema = table.schema_arrow
            if not set(NAMED) <= set(schema.names):
                raise Invalid(NO_TABLE, file=file.name)
            columns = [field.name for field in schema if field.name in NAMED or not pa.types.is_nested(field.type)]
            for batch in table.iter_batches(ROWS_AT_ONCE, columns=columns):
                yield from map(_completion, batch.to_pylist())
    except (pa.ArrowException, OSError, TypeError, ValueError) as error:
        raise Invalid(N_("{file} cannot be read as Parquet. Nothing was imported."), file=file.name) from error


def _completion(row: dict[str, Any]) -> Completion:
    scores = dict(numbers((key, value) for key, value in row.items() if key not in NAMED))
    return Completion(int(row["step"]), _text(row["prompt"]), _text(row["completion"]), scores)


def _text(value: Any) -> str:
    """Plain text, or the contents of chat messages."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(message, dict) for message in value):
        return "\n\n".join(str(message.get("content") or "") for message in value)
    return json.dumps(value, ensure_ascii=False, default=str)
