"""Putting runs that were made elsewhere into the database: batch by batch, and nothing of one that cannot be read.

A run is filled under an id of its own, which is deleted where its source turns out damaged. More of a source that was
imported before takes the place of what there was, in one transaction at the end. Left out: reading sources
(`foreign_runs`) and what their metrics are called here, which the caller says.
"""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from storage import metrics, tables
from storage.attempt_writes import add_event_row
from storage.database import Database
from storage.errors import Invalid
from storage.foreign_runs.foreign_run import Completion, ForeignRun, Point, Rewind
from storage.records import NOTE
from storage.run_sources import LONGEST_KEY, ImportedRun, OwnKey, Vocabulary
from storage.run_writes import insert_foreign, new_id, searched_columns
from storage.runs import get
from words import N_, to_json

POINTS_AT_ONCE = 100_000
COMPLETIONS_AT_ONCE = 1_000
ADVANTAGE = "advantage"  # a column of TRL's tables that is no reward
ABANDONED_SECONDS = 600.0  # an import that wrote nothing for so long was killed
RESERVED = frozenset(
    ("data", "model", "reward", "optimizer", "sampling", "budget", "evaluation", "checkpoint", "resources", "kind")
)
"""Settings that mean something else in a run file of ours; another trainer's stand under `settings`."""
IMPORTING = N_("It is being read from its files.")
LEFT_OUT = N_("Values left out: {count}, whose steps lie outside 0 to {most} or whose names are too long.")
EMPTY = N_("There is no value of any metric in {file}, and no sampled answer. Nothing was imported.")
MODEL_NAMES = ("model_name_or_path", "_name_or_path", "model_name")
DATASET_NAMES = ("dataset_name",)


def import_run(
    db: Database,
    foreign: ForeignRun,
    vocabulary: Vocabulary,
    *,
    now: float,
    name: str | None = None,
    upload: str | None = None,
    requested_by: str | None = None,
) -> ImportedRun:
    """Import one run. `upload` is what a person calls files that lie in a temporary place.

    Raises Invalid where it is there already, or where a file is damaged; then nothing is changed.
    """
    digest = _digest(foreign)
    location = upload or str(foreign.location.resolve())
    key = "#".join(filter(None, (location, foreign.part, digest if upload else "")))
    source = {"kind": foreign.source, "location": location, "digest": digest}
    earlier = _earlier(db, foreign.source, key, digest, now)
    writer = _Writer(db, vocabulary.own_key, new_id(), now)
    try:
        writer.begin(name or foreign.name, {**source, "key": f"{key}#{writer.run_id}"}, requested_by)
        for record in foreign.records():
            writer.take(record)
        writer.flush()
        if not writer.points and not writer.completions:
            raise Invalid(EMPTY, file=foreign.location.name)
        values = _columns(foreign, writer, vocabulary, name or foreign.name)
        run_id = writer.finish(foreign, values, {**source, "key": key}, earlier)
    except BaseException:
        writer.abandon()
        raise
    stored = sum(series.count for series in metrics.series(db, [run_id]))
    return ImportedRun(get(db, run_id), stored, writer.completions, earlier is not None)


def _digest(foreign: ForeignRun) -> str:
    """The hash of the names and contents of a run's files, and of which part of them it is."""
    whole = hashlib.sha256(f"{foreign.source} {foreign.part}".encode())
    for file in (*foreign.files, *foreign.tables):
        whole.update(f"\0{file.name}\0".encode("utf-8", "surrogateescape"))
        with file.open("rb") as content:
            whole.update(hashlib.file_digest(content, "sha256").digest())
    return whole.hexdigest()


def _earlier(db: Database, kind: str, key: str, digest: str, now: float) -> str | None:
    """The run that was imported of the same place earlier. Raises Invalid where the content is the same, too."""
    source, run = tables.RunSource, tables.Run
    query = sa.select(source.run_id, source.key, source.digest, source.heard_at, run.name, run.state).join(run)
    same_place = sa.or_(source.key == key, source.key.startswith(f"{key}#", autoescape=True))
    matching = sa.or_(sa.and_(source.kind == kind, same_place), source.digest == digest)
    with db.write() as connection:
        rows = connection.execute(query.where(matching)).all()
        for row in rows:
            if row.state == "running" and row.heard_at < now - ABANDONED_SECONDS:
                connection.execute(sa.delete(run).where(run.id == row.run_id))
            elif row.state == "running":
                raise Invalid(N_("It is being imported just now."))
            elif row.digest == digest:
                raise Invalid(N_("This was imported already: it is the run {run}, {id}."), run=row.name, id=row.run_id)
    return next((row.run_id for row in rows if row.state != "running" and row.key == key), None)


@dataclass
class _Writer:
    """Takes the records of one run and commits them in batches."""

    db: Database
    own_key: OwnKey
    run_id: str
    now: float
    points: int = 0
    completions: int = 0
    left_out: int = 0
    first_at: float | None = None
    last_at: float | None = None
    last_step: int = 0
    keys: dict[str, str] = field(default_factory=dict)
    prompts: dict[str, int] = field(default_factory=dict)
    _pending: metrics.Points = field(default_factory=dict)
    _count: int = 0
    _samples: list[dict[str, Any]] = field(default_factory=list)
    _numbers: dict[tuple[int, int], int] = field(default_factory=dict)

    def begin(self, name: str, source: dict[str, Any], requested_by: str | None) -> None:
        """Make the row under which the run is filled."""
        importing = {"name": name, "reason": to_json((IMPORTING, {})), "requested_by": requested_by}
        columns: dict[str, Any] = {"algorithm": None, "spec": {}, **importing}
        with self.db.write() as connection:
            insert_foreign(connection, self.run_id, "imported", columns, self.now)
            source_row = {**source, "run_id": self.run_id, "dropped": 0, "heard_at": self.now}
            connection.execute(sa.insert(tables.RunSource).values(source_row))

    def take(self, record: Point | Rewind | Completion) -> None:
        """Take one record; now and then it is committed."""
        if isinstance(record, Point):
            self._take_point(record)
        elif isinstance(record, Completion):
            self._take_completion(record)
        else:
            self.flush()
            with self.db.write() as connection:
                metrics.delete_from(connection, self.run_id, record.step, self._key(record.key))

    def _take_point(self, point: Point) -> None:
        if not 0 <= point.step <= metrics.LAST_STEP or len(point.key) > LONGEST_KEY:
            self.left_out += 1
            return
        self._pending.setdefault(self._key(point.key), {})[point.step] = (point.value, point.wall_time)
        self._see(point.step, point.wall_time)
        self.points += 1
        self._count += 1
        if self._count >= POINTS_AT_ONCE:
            self.flush()

    def _take_completion(self, answer: Completion) -> None:
        if not 0 <= answer.step <= metrics.LAST_STEP:
            self.left_out += 1
            return
        prompt = self.prompts.setdefault(answer.prompt, len(self.prompts))
        number = self._numbers[answer.step, prompt] = self._numbers.get((answer.step, prompt), -1) + 1
        messages = [{"role": "user", "content": answer.prompt}]
        row = {"run_id": self.run_id, "step": answer.step, "prompt_index": prompt, "sample_index": number, "attempt": 1}
        scores = {name: score for name, score in answer.scores.items() if name != ADVANTAGE}
        # TRL's table tells neither how many tokens there are nor, of several rewards, their weights
        known = {"messages": messages, "text": answer.text, "scores": scores, "tokens": 0, "finished": True}
        reward = next(iter(scores.values())) if len(scores) == 1 else None
        taught = {"reward": reward, "advantage": answer.scores.get(ADVANTAGE), "trained": True}
        self._samples.append({**row, **known, **taught, "extra": {}, "checkpoint_hash": None})
        self.completions += 1
        self._see(answer.step, None)
        if len(self._samples) >= COMPLETIONS_AT_ONCE:
            self.flush()

    def _key(self, key: str) -> str:
        """Our name of a metric; of two that would get the same one, the later keeps its own."""
        if key not in self.keys:
            own = self.own_key(key)
            self.keys[key] = key if own in self.keys.values() else own
        return self.keys[key]

    def _see(self, step: int, at: float | None) -> None:
        self.last_step = max(self.last_step, step)
        if at:
            self.first_at = at if self.first_at is None else min(self.first_at, at)
            self.last_at = at if self.last_at is None else max(self.last_at, at)

    def flush(self) -> None:
        """Commit what was taken."""
        if not self._pending and not self._samples:
            return
        with self.db.write() as connection:
            metrics.put(connection, self.run_id, self._pending)
            if self._samples:
                connection.execute(sa.insert(tables.RolloutSample), self._samples)
        self._pending, self._count, self._samples = {}, 0, []

    def finish(self, foreign: ForeignRun, values: dict[str, Any], source: dict[str, Any], earlier: str | None) -> str:
        """Complete the row, or let it take the place of the earlier one; the id of the run."""
        run_id = earlier or self.run_id
        heard = {**source, "heard_at": self.now}
        with self.db.write() as connection:
            if earlier is not None:
                _replace(connection, earlier, self.run_id)
                values = {name: value for name, value in values.items() if name not in ("name", "words")}
            connection.execute(sa.update(tables.Run).where(tables.Run.id == run_id).values(values))
            connection.execute(sa.update(tables.RunSource).where(tables.RunSource.run_id == run_id).values(heard))
            left_out = [(LEFT_OUT, {"count": self.left_out, "most": metrics.LAST_STEP})] if self.left_out else []
            for note in [*foreign.notes, *left_out]:
                add_event_row(connection, run_id, 1, NOTE, self.now, text=note)
        return run_id

    def abandon(self) -> None:
        """Leave nothing."""
        with self.db.write() as connection:
            connection.execute(sa.delete(tables.Run).where(tables.Run.id == self.run_id))


def _columns(foreign: ForeignRun, writer: _Writer, vocabulary: Vocabulary, name: str) -> dict[str, Any]:
    """What the row of the run says once all has been read."""
    settings = foreign.settings
    algorithm = vocabulary.algorithm_of(writer.keys.values(), settings)
    return {
        **described(writer.run_id, name, algorithm, settings),
        "state": foreign.state,
        "reason": None,
        "ended_by": "person" if foreign.state == "stopped" else "engine",
        "step": writer.last_step,
        "fraction": foreign.fraction,
        # a source without times gives all points that of its file, which says when it ended
        "started_at": writer.first_at if writer.first_at != writer.last_at else None,
        "finished_at": writer.last_at,
    }


def described(run_id: str, name: str, algorithm: str | None, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that say what a run is whose settings are another trainer's."""
    named = {"model": {"name": _first(settings, MODEL_NAMES)}, "data": {"dataset": _first(settings, DATASET_NAMES)}}
    spec = {key: value for key, value in settings.items() if key not in RESERVED}
    reserved = {key: value for key, value in settings.items() if key in RESERVED}
    if reserved:
        spec["settings"] = reserved
    return {"name": name, "algorithm": algorithm, "spec": spec, **searched_columns(run_id, name, algorithm, named)}


def _first(settings: Mapping[str, Any], names: Collection[str]) -> str | None:
    """The first of these settings that is a text."""
    return next((settings[name] for name in names if isinstance(settings.get(name), str)), None)


def _replace(connection: sa.Connection, earlier: str, new: str) -> None:
    """Give the earlier run what the new one holds, and delete that row."""
    event = tables.Event
    for table in (tables.Series, tables.RolloutSample):
        connection.execute(sa.delete(table).where(table.run_id == earlier))
        connection.execute(sa.update(table).where(table.run_id == new).values(run_id=earlier))
    connection.execute(sa.delete(event).where(event.run_id == earlier, event.kind == NOTE))
    connection.execute(sa.delete(tables.Run).where(tables.Run.id == new))
