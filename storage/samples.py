"""Sampled responses of a model by run and step, and what the tokens of an evaluation were worth.

The responses are rows of a table, the values of tokens one file an evaluation: runs/<id>/evaluations/<step>.npz. Left
out: the layout of that file (`token_files`).
"""

import json
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from storage import tables, token_files
from storage.attempt_writes import require_lease
from storage.database import Database
from storage.errors import NotFound
from storage.files import atomic_write
from storage.records import Lease, Sample, TokenRow
from words import N_

COLUMNS = tuple(tables.Sample.__table__.columns[field.name] for field in fields(Sample))
DAMAGED = (OSError, EOFError, ValueError, TypeError, LookupError, zipfile.BadZipFile, zlib.error)


def add(
    db: Database,
    lease: Lease,
    samples: Sequence[Sample],
    tokens: Sequence[TokenRow] = (),
    *,
    step: int | None = None,
) -> None:
    """Store samples in place of earlier ones of the same run and step.

    `tokens` are those of one evaluation, at `step`; without one, at the step of the samples.
    """
    table = tables.Sample
    steps = {sample.step for sample in samples} if step is None else {step}
    with db.write() as connection:
        require_lease(connection, lease)
        connection.execute(sa.delete(table).where(table.run_id == lease.run_id, table.step.in_(steps)))
        if samples:
            connection.execute(sa.insert(table), [_row(lease, sample) for sample in samples])
        if tokens:
            (step,) = steps
            _write(_file(db, lease.run_id, step), tokens)  # here, where no other attempt can begin meanwhile


def forget(db: Database, connection: sa.Connection, run_id: str, step: int) -> None:
    """Delete what was sampled past `step`, and what a killed attempt left unfinished, in the caller's transaction."""
    for table in (tables.Sample, tables.RolloutSample, tables.FinalSample):
        connection.execute(sa.delete(table).where(table.run_id == run_id, table.step > step))
    for path in db.workspace.evaluations(run_id).glob("*"):
        if not path.stem.isdigit() or int(path.stem) > step:
            path.unlink()


def listing(db: Database, run_id: str, *, step: int | None = None) -> list[Sample]:
    """The run's samples by step, prompt and sample; `step` for those of one step only."""
    table = tables.Sample
    query = sa.select(*COLUMNS).where(table.run_id == run_id)
    if step is not None:
        query = query.where(table.step == step)
    with db.read() as connection:
        rows = connection.execute(query.order_by(table.step, table.prompt_index, table.sample_index)).mappings().all()
    return [from_row(row) for row in rows]


def from_row(row: Mapping[Any, Any]) -> Sample:
    """The record of a row that has the columns COLUMNS."""
    return Sample(**{**row, "messages": tuple(row["messages"])})


def steps(db: Database, run_id: str) -> list[int]:
    """The steps at which samples were taken."""
    table = tables.Sample
    query = sa.select(table.step).where(table.run_id == run_id).distinct().order_by(table.step)
    with db.read() as connection:
        return list(connection.execute(query).scalars())


def first_responses(db: Database, run_id: str, index: int) -> dict[str, Sample]:
    """The first response to each prompt, by prompt, at one of the run's evaluations: 0 is the first, -1 the last."""
    sampled_steps = steps(db, run_id)
    step_samples = listing(db, run_id, step=sampled_steps[index]) if sampled_steps else []
    return {json.dumps(sample.messages): sample for sample in step_samples if sample.sample_index == 0}


def token_steps(db: Database, run_id: str) -> list[int]:
    """The steps of which there is a file of tokens."""
    return sorted(int(path.stem) for path in db.workspace.evaluations(run_id).glob("*.npz") if path.stem.isdigit())


def token_rows(db: Database, run_id: str, step: int) -> list[TokenRow]:
    """What the tokens of an evaluation were worth, response by response. Raises NotFound."""
    try:
        with _file(db, run_id, step).open("rb") as file:
            return token_files.read(file)
    except DAMAGED as error:
        sentence = N_("The log-probabilities per token of the run {id} at step {step} are missing or damaged.")
        raise NotFound(sentence, id=run_id, step=step) from error


def _file(db: Database, run_id: str, step: int) -> Path:
    return db.workspace.evaluations(run_id) / f"{step}.npz"


def _write(path: Path, tokens: Sequence[TokenRow]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(path) as unfinished, unfinished.open("wb") as file:
        token_files.write(file, tokens)


def _row(lease: Lease, sample: Sample) -> dict[str, object]:
    values = {column.name: getattr(sample, column.name) for column in COLUMNS}
    return {**values, "run_id": lease.run_id, "attempt": lease.attempt, "messages": list(sample.messages)}
