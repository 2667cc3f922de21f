"""Where runs come from that no engine of this workspace ran, and what is known of them on their way in.

Left out: writing them (`run_import_writes`, `live_run_writes`).
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal, Protocol

import sqlalchemy as sa

from storage import tables
from storage.database import Database
from storage.records import Run

LIVE = "callback"
"""The kind of a run that its trainer sends."""
LONGEST_KEY = 300
"""Characters of a metric's name."""
TrainerState = Literal["running", "succeeded", "failed", "stopped"]


@dataclass(frozen=True)
class RunSource:
    """`kind` is a reader of `foreign_runs`, or LIVE. `location` is a path, or the trainer's machine.

    `heard_at`: when the trainer was heard of last, or the file read. `dropped` values could not be sent.
    """

    run_id: str
    kind: str
    location: str
    heard_at: float
    dropped: int


OwnKey = Callable[[str], str]


class AlgorithmOf(Protocol):
    """Which method has these metrics of ours and these settings, under a trainer of this name."""

    def __call__(self, keys: Collection[str], settings: Mapping[str, Any], trainer: str = "") -> str | None: ...


@dataclass(frozen=True)
class Vocabulary:
    """How metrics of others are called here, and which method logs them."""

    own_key: OwnKey
    algorithm_of: AlgorithmOf


@dataclass(frozen=True)
class ImportedRun:
    """The run, how many points and answers it has, and whether it was there before."""

    run: Run
    points: int
    completions: int
    updated: bool


@dataclass(frozen=True)
class Report:
    """What a trainer sends: `points` are (step, values, wall time).

    `key` is the run, `session` the trainer's process. One that went on from a checkpoint says in `rewind_to` from
    which step. `dropped` counts the values that it could not send.
    """

    key: str
    session: str
    name: str
    location: str
    state: TrainerState = "running"
    points: Sequence[tuple[int, Mapping[str, float], float]] = ()
    settings: Mapping[str, Any] | None = None
    trainer: str = ""
    total_steps: int | None = None
    rewind_to: int | None = None
    dropped: int = 0
    error: str | None = None


COLUMNS = tuple(tables.RunSource.__table__.columns[field.name] for field in fields(RunSource))


def get(db: Database, run_id: str) -> RunSource | None:
    """The source of a run; None of one of this workspace."""
    return by_run(db, [run_id]).get(run_id)


def by_run(db: Database, run_ids: Collection[str]) -> dict[str, RunSource]:
    """The sources of those of the runs that have one, by the id of the run."""
    query = sa.select(*COLUMNS).where(tables.RunSource.run_id.in_(run_ids))
    with db.read() as connection:
        return {row.run_id: RunSource(**row._mapping) for row in connection.execute(query)} if run_ids else {}
