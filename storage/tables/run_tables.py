"""Runs and studies, and what runs leave behind: events, checkpoints, curves, samples."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base_table import Table


class Study(Table):
    __tablename__ = "studies"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    spec: Mapped[dict[str, Any]]
    requested_by: Mapped[str | None]
    created_at: Mapped[float]
    state: Mapped[str] = mapped_column(server_default=sa.text("'running'"), index=True)
    reason: Mapped[list[Any] | None]
    finished_at: Mapped[float | None]


class Run(Table):
    """The run row is the queue (ADR 0004)."""

    __tablename__ = "runs"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    algorithm: Mapped[str | None]
    origin: Mapped[str]
    spec: Mapped[dict[str, Any]]
    resolved: Mapped[dict[str, Any] | None]
    # of the settings, so that no list has to read these; `words` is what a search looks in
    dataset: Mapped[str | None]
    model: Mapped[str | None]
    words: Mapped[str] = mapped_column(server_default=sa.text("''"))
    requested_by: Mapped[str | None]
    # written before there was `run_links`, which says the same and more
    parent_run: Mapped[str | None] = mapped_column(ForeignKey("runs.id"))
    waits_for: Mapped[str | None] = mapped_column(ForeignKey("runs.id"), index=True)
    study_id: Mapped[str | None] = mapped_column(ForeignKey("studies.id"), index=True)
    # its place in the study's plan, and what it changes of the study's base; none in a study without a plan
    study_role: Mapped[str | None]
    study_trial: Mapped[int | None]
    study_seed: Mapped[int | None] = mapped_column(sa.BigInteger)
    study_changes: Mapped[dict[str, Any] | None]

    state: Mapped[str]
    request: Mapped[str | None]
    reason: Mapped[list[Any] | None]
    ended_by: Mapped[str | None]
    lane: Mapped[str]
    # a budget in seconds means nothing while another run shares the machine
    exclusive: Mapped[bool] = mapped_column("alone", key="exclusive")
    priority: Mapped[int]
    position: Mapped[int]
    slot: Mapped[str | None]
    light_slot: Mapped[str | None]
    attempt: Mapped[int]
    # the last attempt that wrote a new checkpoint; a run fails after ATTEMPTS_WITHOUT_CHECKPOINT later ones (`queue`)
    advanced_attempt: Mapped[int]
    pid: Mapped[int | None]
    lease_until: Mapped[float | None]
    # for who looks into the database: no code reads it
    beat_at: Mapped[float | None]

    step: Mapped[int]
    fraction: Mapped[float]
    eta_seconds: Mapped[float | None]
    created_at: Mapped[float]
    queued_at: Mapped[float]
    started_at: Mapped[float | None]
    finished_at: Mapped[float | None]
    archived_at: Mapped[float | None]  # lists leave it out from then on
    note: Mapped[str | None]

    __table_args__ = (
        # holds all that a search and a count read, in the order of the table of runs
        Index(
            "ix_runs_list",
            *("created_at", "position", "state", "archived_at", "kind", "algorithm", "dataset", "model"),
            *("requested_by", "words"),
        ),
        Index("ix_runs_queue", "state", "lane", "priority", "position"),
        # two engines that take the same step of a study write its runs once
        Index(
            "uq_runs_study_place",
            *("study_id", "study_role", "algorithm", "study_trial", "study_seed"),
            unique=True,
        ),
        Index(
            "uq_runs_slot",
            "slot",
            unique=True,
            sqlite_where=sa.text("state = 'running'"),
            postgresql_where=sa.text("state = 'running'"),
        ),
        Index(
            "uq_runs_light_slot",
            "light_slot",
            unique=True,
            sqlite_where=sa.text("state = 'running'"),
            postgresql_where=sa.text("state = 'running'"),
        ),
    )


class RunLink(Table):
    """What one run takes of another; read from settings when they are written, never changed.

    A parent cannot be deleted while a link names it.
    """

    __tablename__ = "run_links"
    id: Mapped[int] = mapped_column(primary_key=True)
    child: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), index=True)
    parent: Mapped[str] = mapped_column(ForeignKey("runs.id"), index=True)
    role: Mapped[str]
    step: Mapped[int | None]


class RunTag(Table):
    """A word by which a person finds a run again."""

    __tablename__ = "run_tags"
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    tag: Mapped[str] = mapped_column(primary_key=True, index=True)
    __table_args__ = {"sqlite_with_rowid": False}


class SavedView(Table):
    """What the address of the page Runs holds, under a name: search, filters, sort, columns and group."""

    __tablename__ = "saved_views"
    name: Mapped[str] = mapped_column(primary_key=True)
    query: Mapped[dict[str, Any]]
    created_by: Mapped[str | None]
    created_at: Mapped[float]


class Event(Table):
    __tablename__ = "events"
    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"))
    attempt: Mapped[int]
    step: Mapped[int | None]
    kind: Mapped[str]
    text: Mapped[list[Any] | None]
    at: Mapped[float]
    __table_args__ = (Index("ix_events_run", "run_id", "id"),)


class Checkpoint(Table):
    __tablename__ = "checkpoints"
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    step: Mapped[int] = mapped_column(primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True)
    path: Mapped[str]
    best: Mapped[bool]
    bytes: Mapped[int] = mapped_column(sa.BigInteger)
    at: Mapped[float]


class Series(Table):
    """One metric of one run: its number, and what a run table shows of it, kept with every write."""

    __tablename__ = "series"
    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"))
    key: Mapped[str]
    count: Mapped[int]
    first: Mapped[float | None]
    first_kind: Mapped[int]
    last: Mapped[float | None]
    last_kind: Mapped[int]
    last_step: Mapped[int]
    minimum: Mapped[float | None]
    minimum_step: Mapped[int | None]
    maximum: Mapped[float | None]
    maximum_step: Mapped[int | None]
    __table_args__ = (UniqueConstraint("run_id", "key"),)


class Point(Table):
    """One value of one metric; narrow and without a row id (ADR 0005). `kind` tells NaN and the infinities apart."""

    __tablename__ = "points"
    series_id: Mapped[int] = mapped_column(
        ForeignKey("series.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    step: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[int]
    value: Mapped[float | None]
    wall_time: Mapped[float]
    __table_args__ = {"sqlite_with_rowid": False}


class Interval(Table):
    """The 95 % interval of a point of a metric that is a mean over prompts; few points have one."""

    __tablename__ = "intervals"
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    step: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    low: Mapped[float]
    high: Mapped[float]
    prompts: Mapped[int]
    answers: Mapped[int]
    __table_args__ = {"sqlite_with_rowid": False}


class SampleColumns:
    """What is kept of a response: `reward` is the weighted sum of `scores`, `kl` log pi - log ref summed, in nats."""

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    step: Mapped[int] = mapped_column(primary_key=True)
    prompt_index: Mapped[int] = mapped_column(primary_key=True)
    sample_index: Mapped[int] = mapped_column(primary_key=True)
    attempt: Mapped[int]
    messages: Mapped[list[Any]]
    text: Mapped[str]
    scores: Mapped[dict[str, Any]]
    tokens: Mapped[int]
    finished: Mapped[bool]
    extra: Mapped[dict[str, Any]]
    reward: Mapped[float | None]
    kl: Mapped[float | None]


class Sample(SampleColumns, Table):
    """Responses to held-out prompts."""

    __tablename__ = "samples"
    checkpoint_hash: Mapped[str | None]
    # holds all that counts and pass rates read, and finds one prompt's samples at all steps
    __table_args__ = (Index("ix_samples_rewards", "run_id", "prompt_index", "step", "reward"),)


class RolloutSample(SampleColumns, Table):
    """Responses that were trained on, of a few groups of a rollout: `prompt_index` counts these groups."""

    __tablename__ = "rollout_samples"
    advantage: Mapped[float | None]
    trained: Mapped[bool]


class FinalSample(SampleColumns, Table):
    """Responses of the end evaluation, several to each of its prompts: of step 0 and of the run's last step."""

    __tablename__ = "final_samples"
